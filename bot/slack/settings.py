"""What the Slack side is told when it starts."""

from dataclasses import dataclass, field

from bot.errors import BadArguments

MODAL_ACTIONS = frozenset({"approve", "deny", "details", "form", "open_console"})
"""Actions of our messages that open a modal."""
REQUEST_PATH = "/slack/events"
"""Where Slack sends everything over HTTP; the manifest names it too."""


@dataclass(frozen=True, kw_only=True)
class SocketSettings:
    """How Socket Mode is held up; the defaults are for the real Slack."""

    sockets: int = 2
    """Per replica; two, so that one is left when Slack drops the other without a word."""
    replicas: int = 2
    """Replicas of the bot; Slack counts all their sockets against its cap of 10."""
    ping_interval_s: float = 10.0
    """A peer that answers nothing is given up after one and a half of these."""
    hello_s: float = 10.0
    """For handshake and hello together."""
    drain_s: float = 4.0
    """How long a replaced socket still answers: Slack waits 3 s for an ack."""


@dataclass(frozen=True, kw_only=True)
class HttpSettings:
    """Requests from Slack over HTTP in place of Socket Mode."""

    signing_secret: str = field(repr=False)
    host: str = "0.0.0.0"  # noqa: S104 - a pod is reached through its service
    port: int = 3000
    path: str = REQUEST_PATH

    def __post_init__(self) -> None:
        """Refuse to listen to just anybody. Raises BadArguments."""
        if not self.signing_secret:
            raise BadArguments(
                "Requests over HTTP need the signing secret of the Slack app: anybody could send them else."
            )


@dataclass(frozen=True, kw_only=True)
class SlackSettings:
    """Tokens and addresses of one installation."""

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    api_url: str = "https://slack.com/api/"
    command: str = "/saas"
    modal_actions: frozenset[str] = MODAL_ACTIONS
    """Actions and shortcuts for which a placeholder modal opens at once."""
    deeds_per_minute: int = 120
    """Of one person: more than anybody types or clicks, less than keeps a replica busy."""
    ack_within_s: float = 0.4
    """What a request asks of database, cluster and Slack before its ack gets so long together; people notice 0.5 s."""
    socket: SocketSettings = SocketSettings()
    http: HttpSettings | None = None
    """Set: no socket is opened, Slack calls us."""
