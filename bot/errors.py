"""Everything that can go wrong, in words that may be shown.

BotError                      str(error) is safe to show: no secret, no traceback, no response body
├── UserError                 the asker can mend it; not an incident
│   ├── BadArguments          the words or flags do not fit
│   ├── NotFound              no such object, command, revision
│   ├── Denied                a layer of permission said no
│   ├── Conflict              somebody else holds or changes the target now
│   │   └── Held              an open operation has the target
│   ├── Drifted               the target is no longer what was planned or approved
│   ├── AlreadySo             nothing to do
│   ├── Fenced                another process has taken this over
│   └── Frozen                a freeze window forbids changes now
└── UpstreamError             another system failed; the asker may try again
    ├── Unreachable           no answer, or none in time: the effect of a write is not known
    ├── Throttled             told to wait `retry_after_s`
    └── Rejected              the other system refused the request as it stands

Adapters raise these from the library's exception; no library exception crosses a port.
"""


class BotError(Exception):
    """One sentence on what happened and what did not, plus what to do next."""

    def __init__(
        self, message: str, *, hint: str = "", suggestions: tuple[str, ...] = (), unfinished: str = ""
    ) -> None:
        """Keep *message* (a sentence), *hint* (the next step), *suggestions* (command lines to offer as buttons)
        and *unfinished* (a line that a form can complete).
        """
        super().__init__(message)
        self.hint = hint
        self.suggestions = suggestions
        self.unfinished = unfinished


class UserError(BotError):
    """The asker can mend this."""


class BadArguments(UserError):
    """The words or flags do not fit the command."""


class NotFound(UserError):
    """There is no such thing."""


class Denied(UserError):
    """A layer of permission said no."""


class Conflict(UserError):
    """Somebody else holds or changes the target now."""


class Held(Conflict):
    """An open operation has the target."""

    def __init__(self, message: str, *, hint: str, suggestions: tuple[str, ...], channel: str) -> None:
        """Keep the *channel* in which the operation has its card."""
        super().__init__(message, hint=hint, suggestions=suggestions)
        self.channel = channel


class Drifted(UserError):
    """The target is no longer what was planned or approved."""


class AlreadySo(UserError):
    """What was asked is so already."""


class Fenced(UserError):
    """Another process has taken this over; whatever was not committed is its business now."""


class Frozen(UserError):
    """A freeze window forbids changes now."""


class UpstreamError(BotError):
    """Another system failed."""


class Unreachable(UpstreamError):
    """No answer, or none in time; whether a write took effect is not known."""


class Throttled(UpstreamError):
    """The other system asked for a pause."""

    def __init__(self, message: str, *, retry_after_s: float, hint: str = "") -> None:
        """Keep how long to wait, in seconds."""
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


class Rejected(UpstreamError):
    """The other system refused the request as it stands; sending it again changes nothing."""


class Misspelt(ValueError):
    """A word that an argument does not know: raised where it is read, told as BadArguments with the mended lines."""

    def __init__(self, message: str, *, typed: str, meant: tuple[str, ...]) -> None:
        """Keep what was *typed* and what it may stand for."""
        super().__init__(message)
        self.typed = typed
        self.meant = meant
