"""operation show: one operation whole: what was asked, what was shown, who decided, and each step from the audit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from bot.commands.names import Namespace, namespace_flag
from bot.commands.numbered import numbered
from bot.model.durations import age, spoken
from bot.model.event import Event, EventKind, Noted
from bot.model.operation import OPEN, Operation, State, Verdict
from bot.model.plan import Fact
from bot.model.quoting import code, quoted
from bot.model.reply import Code, Facts, Part, Reply, Table, Text, Tone
from bot.spec import Args, Context, Paged, Query, positional

TONES: dict[State, Tone] = {
    State.PENDING: Tone.WAITING,
    State.APPROVED: Tone.RUNNING,
    State.EXECUTING: Tone.RUNNING,
    State.APPLIED: Tone.RUNNING,
    State.SUCCEEDED: Tone.GOOD,
    State.DEGRADED: Tone.WARNING,
    State.UNKNOWN: Tone.WARNING,
    State.FAILED: Tone.BAD,
    State.DENIED: Tone.DENIED,
    State.CANCELLED: Tone.PLAIN,
    State.EXPIRED: Tone.PLAIN,
    State.STALE: Tone.PLAIN,
}


class OperationShowArgs(Args):
    """Which one."""

    number: Annotated[int, Field(ge=1)] = positional("as `operations` lists it", metavar="NO")
    namespace: Namespace = namespace_flag()


async def run(args: OperationShowArgs, ctx: Context) -> Reply:
    """Read it and its audit rows. Raises NotFound, also where it is of another namespace."""
    namespace = args.namespace or ctx.namespace
    operation = await numbered(
        ctx.operations.numbered(args.number),
        lambda one: one.plan.namespace in ("", namespace),
        named=f"operation {args.number} in {namespace}",
        hint="`operations` lists them.",
    )
    story = await ctx.operations.story(operation.id)
    headline = f"Operation {operation.number}, {operation.state.value}: {operation.plan.title}"
    return Reply(
        headline=headline,
        parts=(*_shown(operation, ctx.now), _told(story, _people_of(operation))),
        tone=TONES[operation.state],
    )


def _shown(operation: Operation, now: datetime) -> list[Part]:
    """What a decision was made on."""
    plan = operation.plan
    warnings = [Text(warning) for warning in plan.warnings]
    diff: list[Part] = [Code(plan.diff, title="Diff", file_name="diff.txt")] if plan.diff else []
    return [Facts((*_people(operation, now), *plan.facts)), *warnings, *diff]


def _people(operation: Operation, now: datetime) -> list[Fact]:
    asked = f"{operation.requester.called}, {spoken(now - operation.created_at)} ago"
    facts = [Fact("Asked by", f"{asked}: {quoted(operation.reason)}" if operation.reason else asked)]
    facts += [Fact(_verdict(one.verdict), _because(one.actor.called, one.reason)) for one in operation.decisions]
    if operation.started_at:
        ended = operation.finished_at or (now if operation.state in OPEN else operation.started_at)
        facts.append(Fact("Took", spoken(ended - operation.started_at)))
    facts += [Fact("Outcome", operation.outcome)] if operation.outcome else []
    facts += [Fact("Needs", _needed(operation, now))] if operation.state is State.PENDING else []
    return [*facts, Fact("Asked with", code(operation.plan.line))]


def _needed(operation: Operation, now: datetime) -> str:
    """Whose approval it waits for, and for how long."""
    groups = " and ".join(f"{wanted.count} of @{wanted.group}" for wanted in operation.requirements.approvals)
    left = f"{spoken(operation.approve_by - now)} left" if operation.approve_by > now else "too late now"
    return f"{groups}, not {operation.requester.called} · {left}"


def _verdict(verdict: Verdict) -> str:
    return "Approved by" if verdict is Verdict.APPROVE else "Denied by"


def _because(who: str, reason: str) -> str:
    return f"{who}: {quoted(reason)}" if reason else who


def _told(story: Sequence[Noted], names: Mapping[str, str]) -> Table:
    """Each row of the audit, with the time since the first."""
    rows = tuple(
        (f"{one.at:%Y-%m-%d %H:%M:%S} UTC", f"+{age(one.at - story[0].at)}", _who(one.event, names), *_what(one.event))
        for one in story
    )
    return Table(("WHEN", "AFTER", "WHO", "WHAT", "SAID"), rows, file_name="story.txt")


def _people_of(operation: Operation) -> dict[str, str]:
    """What people call those who had to do with it, by Slack id."""
    actors = (operation.requester, *(one.actor for one in operation.decisions))
    return {actor.person.user_id: actor.called for actor in actors}


def _who(event: Event, names: Mapping[str, str]) -> str:
    """Who was refused may be nobody that the policy knows: then his id is all there is."""
    if event.actor:
        return event.actor.called
    user = str(event.detail.get("user", ""))
    return names.get(user, user) or "the bot"


def _what(event: Event) -> tuple[str, str]:
    """The event, and its sentence; a verdict is told by its word, a write with its target."""
    match event.kind:
        case EventKind.DECIDED:
            return f"decided: {event.detail.get('verdict', 'not known')}", event.text
        case EventKind.INTENDED | EventKind.WRITTEN:
            return event.kind.value, str(event.detail.get("target", ""))
        case _:
            return event.kind.value, event.text


COMMAND = Query(
    name="operation show",
    summary="Show one operation whole: what was asked, what was shown, who decided, and each step.",
    args=OperationShowArgs,
    run=run,
    options=Paged,
    access=(),
    examples=("operation show 142",),
    area="Look",
)
