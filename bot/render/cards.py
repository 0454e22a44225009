"""The card of an operation: one message, edited in place from asking to done."""

import re
import shlex
from collections.abc import Iterator
from datetime import timedelta
from typing import assert_never

from bot.model.durations import spoken
from bot.model.operation import Operation, State
from bot.model.outgoing import Message
from bot.model.plan import Phase
from bot.model.reply import Button
from bot.render import blocks, people, progress, rich, tone
from bot.render.blocks import Block
from bot.render.escape import cut, head, inline, mrkdwn
from bot.render.limits import FACT_CHARACTERS, LINE_CHARACTERS, NOTIFICATION_CHARACTERS, PREFORMATTED_CHARACTERS
from bot.render.rich import Element
from bot.render.run_buttons import lines_behind, run_button

_UNDONE = {
    State.DENIED: "Denied",
    State.CANCELLED: "Cancelled",
    State.EXPIRED: "Expired",
    State.STALE: "Outdated",
    State.FAILED: "Failed",
    State.UNKNOWN: "Not sure whether it happened",
}

SECOND = timedelta(seconds=1)
"""What took less is not told as `0 s`, which reads as a fault."""

STEPS_SHOWN = 10
"""Of an operation under way: nobody follows more at once."""

_STATUS = {Phase.RUNNING: "in_progress", Phase.DONE: "complete", Phase.STALLED: "error"}
"""Slack's words for the states of a task."""

WITH_LOGS = frozenset({"deployment", "statefulset", "daemonset", "job"})
"""Kinds whose pods have logs to look at."""


def operation_card(operation: Operation) -> Message:
    """Draw *operation* as it stands; what a person may press follows from its state alone."""
    buttons = run_choices(operation)
    first = blocks.headline(headline(operation), emoji=_look(operation).emoji, after=_beside(operation))
    controls = [*_deciding(operation), *_running(buttons), _details(operation)]
    return Message(
        text=notification(operation),
        blocks=[first, *_body(operation), blocks.actions(*controls, *_cancelling(operation))],
        color=_look(operation).color,
        lines=lines_behind(buttons),
    )


def operation_dm(operation: Operation) -> Message:
    """How it ended, for the requester: first line, who, outcome, and what can be done next."""
    buttons = run_choices(operation)
    first = blocks.headline(headline(operation), emoji=_look(operation).emoji, after=_beside(operation))
    controls = [*_running(buttons), _details(operation)]
    return Message(
        text=notification(operation),
        blocks=[first, *_ended(operation), blocks.actions(*controls)],
        color=_look(operation).color,
        lines=lines_behind(buttons),
    )


def notification(operation: Operation) -> str:
    """The first line for a phone's lock screen, escaped."""
    words = f"{_look(operation).emoji} {headline(operation)} ({operation.plan.namespace})"
    return mrkdwn(cut(inline(words, NOTIFICATION_CHARACTERS), NOTIFICATION_CHARACTERS))


def headline(operation: Operation) -> str:
    """State, verb, object: the line that alone must do."""
    plan = operation.plan
    match operation.state:
        case State.PENDING | State.APPROVED:
            return plan.title
        case State.EXECUTING | State.APPLIED:
            return plan.doing
        case State.SUCCEEDED:
            return f"{plan.done}{_took(operation, 'in')}"
        case State.DEGRADED:
            at = f" at {progress.counts(operation)}" if progress.counts(operation) else ""
            return f"{plan.doing} {progress.verdict(operation)}{at}{_took(operation, 'after')}"
        case State.DENIED | State.CANCELLED | State.EXPIRED | State.STALE | State.FAILED | State.UNKNOWN:
            return f"{_UNDONE[operation.state]}: {plan.title}"
        case _:
            assert_never(operation.state)


def run_choices(operation: Operation) -> list[Button]:
    """Command lines to offer: the way out of a stalled rollout, the way back from a done one, logs, another try."""
    plan = operation.plan
    match operation.state:
        case State.DEGRADED:
            line = progress.way_out(operation) or plan.undo
            return [*([Button(_way_back(line), line)] if line else []), *_logs(operation)]
        case State.SUCCEEDED:
            return [*([Button("Undo…", plan.undo)] if plan.undo else []), *_logs(operation)]
        case State.APPLIED:
            return _logs(operation)
        case State.DENIED | State.EXPIRED | State.CANCELLED:
            return [Button("Ask again", plan.line)]
        case State.STALE | State.FAILED:
            return [Button("Look again", plan.line)]
        case _:
            return []


def _logs(operation: Operation) -> list[Button]:
    """The logs of what was changed; of several, the first that has not become ready."""
    steps = operation.plan.steps
    unready = [
        step
        for step, look in zip(steps, operation.progress, strict=False)
        if look is not None and look.phase is not Phase.DONE
    ]
    target = (unready or list(steps))[0].target
    if target.kind not in WITH_LOGS:
        return []
    return [Button("Logs", shlex.join(["logs", str(target), "-n", target.namespace]))]


def _way_back(line: str) -> str:
    """`Roll back to 11…`; the dots say that somebody approves first."""
    if not line.startswith("rollback "):
        return "Undo…"
    revision = re.search(r"--to-revision[ =](\d+)", line)
    return f"Roll back to {revision[1]}…" if revision else "Roll back…"


def _look(operation: Operation) -> tone.Look:
    return tone.STATES[operation.state]


def _took(operation: Operation, word: str) -> str:
    if operation.started_at is None or operation.finished_at is None:
        return ""
    took = operation.finished_at - operation.started_at
    return f" {word} {spoken(took) if took >= SECOND else 'less than 1 s'}"


def _beside(operation: Operation) -> list[Element]:
    """What stands right of the headline: the namespace, and since when it runs."""
    namespace = [rich.glue("  "), rich.code(operation.plan.namespace)] if operation.plan.namespace else []
    if operation.state in (State.EXECUTING, State.APPLIED) and operation.started_at is not None:
        return [*namespace, rich.glue("  since "), rich.moment(operation.started_at)]
    return namespace


def _body(operation: Operation) -> list[Block]:
    match operation.state:
        case State.PENDING | State.APPROVED:
            return _proposal(operation)
        case State.EXECUTING | State.APPLIED:
            return _under_way(operation)
        case _:
            return _ended(operation)


def _proposal(operation: Operation) -> list[Block]:
    plan = operation.plan
    said = [people.asked(operation), *(people.decided(decision) for decision in operation.decisions)]
    last = people.needed(operation) if operation.state is State.PENDING else [rich.glue("Starts at once.")]
    return [
        blocks.lines(said),
        *([blocks.facts(plan.facts)] if plan.facts else []),
        *([blocks.warnings(plan.warnings)] if plan.warnings else []),
        blocks.paragraph(*last),
    ]


def _under_way(operation: Operation) -> list[Block]:
    said = [people.asked(operation), *(people.decided(decision) for decision in operation.decisions)]
    bar = progress.bar(operation)
    if len(operation.plan.steps) > 1:
        counted = [blocks.paragraph(rich.glue(f"{bar} {progress.counts(operation)} ready"))] if bar else []
        return [blocks.lines(said), *counted, blocks.plan("Steps", _steps(operation))]
    [line] = progress.step_lines(operation) or ["Writing the change."]
    return [blocks.lines(said), blocks.lines([[rich.glue(f"{bar} "), *_words(line)] if bar else _words(line)])]


def _steps(operation: Operation) -> Iterator[tuple[str, str, list[Element]]]:
    """Each step with its state; what was not looked at yet is still to come."""
    looks = [*operation.progress, *[None] * len(operation.plan.steps)]
    for step, look in zip(operation.plan.steps[:STEPS_SHOWN], looks, strict=False):
        status = "pending" if look is None else _STATUS[look.phase]
        yield str(step.target), status, _words(look.line) if look and look.line else []


def _ended(operation: Operation) -> list[Block]:
    denial = people.denial(operation)
    outcome = "" if denial else operation.outcome  # who denied it stands there with the reason
    told = [line for line in (outcome, *(why for why in progress.reasons(operation) if why not in outcome)) if line]
    return [
        blocks.lines([people.by_whom(operation), *([people.decided(denial)] if denial else [])]),
        *([blocks.lines([_words(line) for line in dict.fromkeys(told)][:5])] if told else []),
        *map(_output, progress.outputs(operation)),
    ]


def _output(text: str) -> Block:
    return blocks.preformatted(head(text, PREFORMATTED_CHARACTERS, LINE_CHARACTERS))


def _words(line: str) -> list[Element]:
    return rich.spans(line, limit=FACT_CHARACTERS)


def _deciding(operation: Operation) -> list[Element]:
    match operation.state:
        case State.PENDING:
            return [
                blocks.button("Approve", "approve", operation.id, style="primary"),
                blocks.button("Deny", "deny", operation.id),
            ]
        case State.UNKNOWN:
            return [
                blocks.button("It happened", "happened", operation.id),
                blocks.button("It did not", "did_not_happen", operation.id),
            ]
        case _:
            return []


def _running(buttons: list[Button]) -> list[Element]:
    return [run_button(button, place) for place, button in enumerate(buttons)]


def _details(operation: Operation) -> Element:
    return blocks.button("Details", "details", operation.id)


def _cancelling(operation: Operation) -> list[Element]:
    """Rare, so in the overflow menu; has an effect for the requester only."""
    if operation.state not in (State.PENDING, State.APPROVED):
        return []
    option = {"text": {"type": "plain_text", "text": "Cancel the request"}, "value": operation.id}
    return [{"type": "overflow", "action_id": "cancel", "options": [option]}]
