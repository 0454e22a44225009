"""Who asked, who decided, who may: the lines of a card that name people."""

from collections.abc import Sequence

from bot.model.operation import Decision, Operation, State, Verdict
from bot.model.quoting import quoted
from bot.render import rich
from bot.render.escape import inline
from bot.render.limits import REASON_CHARACTERS
from bot.render.rich import Element


def asked(operation: Operation) -> list[Element]:
    """`Asked by @maya 14:02 · “stuck queue”`."""
    who = [rich.glue("Asked by "), rich.person(operation.requester.person), rich.glue(" ")]
    return [*who, rich.moment(operation.created_at), *_because(operation.reason)]


def decided(decision: Decision) -> list[Element]:
    """`Approved by @jon 14:03`, with the reason where one was given."""
    verb = "Approved" if decision.verdict is Verdict.APPROVE else "Denied"
    who = [rich.glue(f"{verb} by "), rich.person(decision.actor.person), rich.glue(" ")]
    return [*who, rich.moment(decision.at), *_because(decision.reason)]


def needed(operation: Operation) -> list[Element]:
    """`Needs 1 of @sre, not @maya · until 15:02 · rule “workers in saasodoo”`."""
    groups = " and ".join(f"{wanted.count} of @{wanted.group}" for wanted in operation.requirements.approvals)
    rule = operation.requirements.rule
    return [
        rich.glue("Needs "),
        rich.text(groups or "nobody"),
        rich.glue(", not "),
        rich.person(operation.requester.person),
        rich.glue(" · until "),
        rich.moment(operation.approve_by),
        *([rich.glue(" · rule "), rich.text(f"“{rule}”", limit=REASON_CHARACTERS)] if rule else []),
    ]


def by_whom(operation: Operation) -> list[Element]:
    """`@maya asked, @jon approved · “stuck queue”`: who answers for what happened."""
    parts = [rich.person(operation.requester.person), rich.glue(" asked")]
    for decision in approvals(operation.decisions):
        parts += [rich.glue(", "), rich.person(decision.actor.person), rich.glue(" approved")]
    return [*parts, *_because(operation.reason)]


def approvals(decisions: Sequence[Decision]) -> list[Decision]:
    """Those who said yes, in order."""
    return [decision for decision in decisions if decision.verdict is Verdict.APPROVE]


def denial(operation: Operation) -> Decision | None:
    """Who denied it, where somebody did."""
    if operation.state is not State.DENIED:
        return None
    return next((decision for decision in reversed(operation.decisions) if decision.verdict is Verdict.DENY), None)


def _because(reason: str) -> list[Element]:
    return [rich.glue(" · "), rich.text(quoted(inline(reason, REASON_CHARACTERS)))] if reason.strip() else []
