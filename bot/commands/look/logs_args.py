"""What `logs` is asked: whose lines, and which; and the same line once more, with a part of it changed."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator, model_validator

from bot.commands import names
from bot.commands.names import Namespace, check_name, namespace_flag, resource_called
from bot.commands.spans import check_span, span
from bot.model.logs import LogQuery, LogSource
from bot.model.resources import DAEMON_SET, DEPLOYMENT, JOB, POD, STATEFUL_SET
from bot.spec import Args, flag, positional

KINDS = (POD, DEPLOYMENT, STATEFUL_SET, DAEMON_SET, JOB)
MOST_LINES = 5_000
"""As a file, about a megabyte: more is a matter for a log store."""
NEWEST = 40
"""Lines without `--tail`: what a message shows at a glance."""

SEARCHED = MOST_LINES
"""Lines of each container that `--grep` looks through."""


class LogsArgs(Args):
    """Whose lines, and which."""

    target: str = positional("`POD`, or KIND/NAME of a workload or job", default="", metavar="TARGET", completes="pod")
    selector: str = flag("of all pods that match", default="", short="l", metavar="SELECTOR")
    container: str = flag(
        "container, where there are several", default="", short="c", metavar="NAME", completes="container"
    )
    tail: Annotated[int, Field(ge=1, le=MOST_LINES)] = flag("so many of the newest lines", default=NEWEST, metavar="N")
    since: Annotated[str, AfterValidator(check_span)] = flag("only lines as new as this", default="", metavar="10m")
    previous: bool = flag("of the container before its last restart", default=False, short="p")
    follow: bool = flag("go on with new lines, in the thread", default=False, short="f")
    grep: str = flag("only lines that contain this", default="", metavar="TEXT")
    namespace: Namespace = namespace_flag()

    @field_validator("target")
    @classmethod
    def _known(cls, target: str) -> str:
        kind, slash, name = target.rpartition("/")
        resource = resource_called(kind, KINDS) if slash else POD
        return f"{resource.singular}/{check_name(name)}" if target else ""

    @field_validator("container")
    @classmethod
    def _named(cls, container: str) -> str:
        return check_name(container) if container else ""

    @model_validator(mode="after")
    def _either(self) -> "LogsArgs":
        if bool(self.target) == bool(self.selector):
            raise ValueError("TARGET or -l SELECTOR says whose logs, and only one of them")
        if self.follow and self.previous:
            raise ValueError("what is --previous has ended: there is nothing to --follow")
        return self

    @property
    def whose(self) -> str:
        """The target or selector, as people wrote it."""
        return self.target or self.selector

    @property
    def limits(self) -> str:
        """What is asked of the lines, to be said after whose they are."""
        return f" containing “{self.grep[:60]}”" if self.grep else ""


def query(args: LogsArgs, sources: Sequence[LogSource], namespace: str) -> LogQuery:
    """The lines of *sources* that are asked for, and those that are searched for them."""
    return LogQuery(
        namespace=namespace,
        sources=tuple(sources),
        tail=SEARCHED if args.grep else args.tail,
        since=span(args.since),
        previous=args.previous,
    )


def line(
    args: LogsArgs, namespace: str, *, tail: int | None = None, previous: bool = False, follow: bool = False
) -> str:
    """The same line again with another length or container, or going on."""
    return names.line(
        "logs",
        *([args.target] if args.target else ["-l", args.selector]),
        *(["-c", args.container] if args.container else []),
        *(["--tail", str(tail or args.tail)]),
        *(["--since", args.since] if args.since else []),
        *(["--grep", args.grep] if args.grep else []),
        *(["--previous"] if args.previous or previous else []),
        *(["--follow"] if follow else []),
        namespace=namespace,
    )
