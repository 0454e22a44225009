"""What a feature declares: a command is a Query or a Change;
parser, help, docs, RBAC and policy are derived from it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.model.actor import Actor
from bot.model.kube.meta import KubeObject
from bot.model.pattern import Pattern
from bot.model.plan import Effect, Mark, Observed, Plan, Progress, Step
from bot.model.refs import ObjectRef
from bot.model.reply import Reply
from bot.model.symptom import Fault, Finding
from bot.ports import Backends, Operations, Permissions, ReadOnly
from bot.ports_favourites import Favourites
from bot.ports_incidents import IncidentReads
from bot.ports_live import Screen
from bot.ports_slack import OutboxReads

CHANNEL_NAMESPACE = ""
"""Default of a namespace flag: dispatch puts the channel's own namespace in its place."""


class Args(BaseModel):
    """Arguments of one command, each field made by `positional` or `flag`;
    validators raise ValueError with one sentence.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


def positional(
    help: str,
    *,
    default: Any = ...,
    metavar: str = "",
    title: str = "",
    completes: str = "",
    verbatim: bool = False,
) -> Any:
    """Declare a word of the command line by its place; a `tuple[str, ...]` field takes all that are left.

    *title*: over its field in a form, where the argument's own name says too little.
    *verbatim*: those that begin with a dash too, for they are flags of something else.
    """
    return Field(
        default,
        description=help,
        json_schema_extra={
            "place": "positional",
            "metavar": metavar,
            "title": title,
            "completes": completes,
            "verbatim": "yes" if verbatim else "",
        },
    )


def flag(
    help: str,
    *,
    default: Any = ...,
    short: str = "",
    metavar: str = "",
    title: str = "",
    completes: str = "",
    hidden: bool = False,
) -> Any:
    """Declare `--name VALUE` (a bool field takes no value); *title* as for `positional`;
    *completes* names what to offer: namespace, workload, pod, revision, kind…
    *hidden*: understood, but offered nowhere.
    """
    return Field(
        default,
        description=help,
        json_schema_extra={
            "place": "flag",
            "short": short,
            "metavar": metavar,
            "title": title,
            "completes": completes,
            "hidden": "yes" if hidden else "",
        },
    )


class Filter(Args):
    """What of an answer is shown; goes with every query that has no such flag of its own."""

    grep: str = flag("only rows and lines that hold this text, or match this /expression/", default="", metavar="TEXT")

    @field_validator("grep")
    @classmethod
    def _a_pattern(cls, grep: str) -> str:
        Pattern(grep)
        return grep


EVERYTHING = Filter()
"""All of an answer."""


class Paged(Filter):
    """Which page of its longer tables an answer of several parts shows."""

    page: Annotated[int, Field(ge=1)] = flag("page of a long table", default=1, metavar="N")


class Listing(Paged):
    """How a list is shown, on top of what."""

    output: Literal["", "name", "wide", "json", "yaml", "csv"] = flag(
        "how rows are written: name, wide, json, yaml or csv", default="", short="o", metavar="FORMAT"
    )


@dataclass(frozen=True, slots=True)
class Access:
    """One line of RBAC: these verbs on these resources of one API group."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]


def access(group: str, resources: list[str], verbs: list[str]) -> Access:
    """Declare one line of RBAC; subresources as in a Role: "deployments/scale"."""
    return Access(group, tuple(resources), tuple(verbs))


class Risk(StrEnum):
    """The gate of platform.md's table: what policy is asked with."""

    READ = "read"
    CHANGE = "change"
    DESTROY = "destroy"


@dataclass(frozen=True)
class Context:
    """What a query, or the planning half of a change, may use: it can read, never write."""

    actor: Actor
    now: datetime
    namespace: str
    """The channel's own namespace."""
    on: ReadOnly
    """Backends without their writing half."""
    permissions: Permissions
    operations: Operations
    incidents: IncidentReads
    outbox: OutboxReads
    favourites: Favourites
    """The asker's own lines: all that a query may write, for it is nobody else's."""
    channel: str = ""
    """Slack channel it is asked in."""


A = TypeVar("A", bound=Args)


@dataclass(frozen=True, kw_only=True)
class Command(Generic[A]):
    """What a query and a change have in common."""

    name: str
    """kubectl's verb, or two words: "rollout status"."""
    summary: str
    """One imperative sentence."""
    args: type[A]
    access: tuple[Access, ...]
    """All that the command may need of Kubernetes for the *person*;
    the bot's own ClusterRole is the union over all commands.
    """
    needs: Callable[[A], tuple[Access, ...]] | None = None
    """What this very call needs of it (`get pods` needs only pods); default: all of `access`."""
    reads: tuple[Access, ...] = ()
    """Further reads that the bot does on its own account for previews; not asked of the person."""
    examples: tuple[str, ...]
    """Command lines without `/saas`; the first is the best. Each is parsed by the contract test."""
    area: str
    """Heading in help: Look, Change, Storage, Backups, Access."""


@dataclass(frozen=True, kw_only=True)
class Query(Command[A]):
    """Reads and answers."""

    run: Callable[[A, Context], Awaitable[Reply]]
    """Answer whole: what of it is shown, and how, is the engine's concern."""
    options: type[Filter] = Filter
    """`Listing` where the answer is a table of which people want this row or that format; `Paged` where some part of it
    may be a long one."""


@dataclass(frozen=True, kw_only=True)
class Live(Query[A]):
    """A query whose answer may go on: its card follows what is so, until that ends, somebody stops it or time is up."""

    goes_on: Callable[[A], bool]
    """Whether this very call does; the others are answered by `run`."""
    follow: Callable[[A, Context, Screen], Awaitable[Reply]]
    """Show on the screen what is so, as it changes; give what remains when that has ended by itself. Raises as `run`.

    What cannot be followed any more raises too; it is cancelled when nobody wants it any more.
    """
    lasts: timedelta = timedelta(minutes=10)
    """The longest: nobody remembers to stop it."""


@dataclass(frozen=True, kw_only=True)
class Change(Command[A]):
    """Proposes a plan; the engine alone hands the plan's steps to `apply`, after permission, approval and drift check.

    Every function but `plan` is asked step by step and must not depend on memory: after a crash another process goes
    on.
    """

    risk: Risk
    plan: Callable[[A, Context], Awaitable[Plan]]
    """Read and propose. Raises NotFound, AlreadySo, BadArguments."""
    observe: Callable[[Step, ReadOnly], Awaitable[Observed]]
    """Read what `step.observed` compares. Raises NotFound when the target is gone."""
    apply: Callable[[Step, Backends, Mark], Awaitable[Progress | None]]
    """Write `step.desired` in one request that carries the mark; give how it ended where that can be seen only now.

    Raises Conflict when the version moved, Denied, Rejected, Unreachable.
    """
    effect: Callable[[Step, ReadOnly, Mark], Awaitable[Effect]]
    """Look for the mark on the target: asked after a crash or an Unreachable, instead of writing twice."""
    progress: Callable[[Step, ReadOnly, datetime], Awaitable[Progress]]
    """One look at the outcome, given the time now."""
    stop: Callable[[Step, Backends, Progress], Awaitable[Progress]] | None = None
    """Stop what a stalled step has started, before anybody is told that it stalled: nothing goes on behind a card.

    Gives what is to be told. May be called twice; raises Unreachable, and is called again.
    """
    watches: Callable[[Step], tuple[ObjectRef, ...]] = lambda step: (step.target,)
    """Objects whose changes make another look worth while."""


AnyCommand = Query[Any] | Change[Any]

W = TypeVar("W", bound=KubeObject)


@dataclass(frozen=True, kw_only=True)
class Watcher(Generic[W]):
    """Describes what is wrong with objects of one kind; opening, editing and ending incidents is the engine's."""

    name: str
    summary: str
    """One sentence for people: when it speaks up."""
    kind: type[W]
    symptoms: Callable[[W, datetime], Sequence[Finding]]
    """What is wrong with the object now. Pure: called again with the same state, it says the same."""
    tells: tuple[Fault, ...] = ()
    """Every fault that it may find: incidents of these end only while objects of the kind can be seen."""


AnyWatcher = Watcher[Any]
