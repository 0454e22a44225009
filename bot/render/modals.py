"""Modals of an operation, drawn from the database's operation and never from the message that was clicked."""

from collections.abc import Sequence

from bot.model.operation import Operation
from bot.model.plan import Json, Plan
from bot.render import blocks, people, progress, rich
from bot.render.blocks import Block
from bot.render.cards import headline
from bot.render.escape import head, inline
from bot.render.limits import DIFF_CHARACTERS, LINE_CHARACTERS, PLAN_LINES, TITLE_CHARACTERS

View = dict[str, Json]

NAME_FIELD = "name"
"""Input in which the approver types the target's name."""

REASON_FIELD = "reason"
"""Input for why something is denied."""


def approval_modal(operation: Operation) -> View:
    """The plan whole: what is approved is what stands here."""
    asks = [_name_input(operation)] if operation.requirements.type_name else []
    return _modal("Approve", [*_plan(operation), *asks], submit="Approve", callback="approve", about=operation.id)


def deny_modal(operation: Operation) -> View:
    """Why not: the requester reads it."""
    asks = _input(REASON_FIELD, "Why not", hint="The requester reads this.", optional=True)
    return _modal("Deny", [*_head(operation), asks], submit="Deny", callback="deny", about=operation.id)


def details_modal(operation: Operation) -> View:
    """Everything that is rare on a card: plan, decisions, undo, command line, hash."""
    ended = [operation.outcome] if operation.outcome else []
    said = dict.fromkeys([*progress.step_lines(operation)[:10], *ended])
    more = [
        *([blocks.lines(people.decided(decision) for decision in operation.decisions)] if operation.decisions else []),
        *([blocks.lines(rich.spans(line) for line in said)] if said else []),
        blocks.lines(
            [
                [rich.bold("Asked with"), rich.glue("  "), rich.code(operation.plan.line)],
                *(
                    [[rich.bold("Undo"), rich.glue("  "), rich.code(operation.plan.undo)]]
                    if operation.plan.undo
                    else []
                ),
                [rich.bold("Plan"), rich.glue("  "), rich.code(operation.plan.hash[:12])],
                [rich.bold("Operation"), rich.glue("  "), rich.code(f"{operation.number} · {operation.id}")],
            ]
        ),
    ]
    return _modal("Details", [*_plan(operation), *more])


def message_modal(title: str, sentence: str) -> View:
    """One sentence in a modal that is open already: a stale click, a refusal."""
    return _modal(title, [blocks.paragraph(*rich.spans(sentence))])


def _head(operation: Operation) -> list[Block]:
    after = [rich.glue("  "), rich.code(operation.plan.namespace)] if operation.plan.namespace else []
    return [blocks.headline(headline(operation), after=after), blocks.paragraph(*people.asked(operation))]


def _plan(operation: Operation) -> list[Block]:
    return [*_head(operation), *plan_body(operation.plan)]


def plan_body(plan: Plan) -> list[Block]:
    """What a plan means, whole: facts, warnings, diff."""
    return [
        *([blocks.facts(plan.facts, at_most=PLAN_LINES)] if plan.facts else []),
        *([blocks.warnings(plan.warnings, at_most=PLAN_LINES)] if plan.warnings else []),
        *([blocks.preformatted(head(plan.diff, DIFF_CHARACTERS, LINE_CHARACTERS))] if plan.diff else []),
    ]


def _name_input(operation: Operation) -> Block:
    return _input(
        NAME_FIELD,
        f"Type {operation.plan.names} to approve",
        hint="Exactly as written, so that nobody approves by reflex.",
    )


def _input(name: str, label: str, *, hint: str, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": {"type": "plain_text", "text": inline(label, 2000), "emoji": False},
        "hint": {"type": "plain_text", "text": hint},
        "optional": optional,
        "element": {"type": "plain_text_input", "action_id": name, "max_length": 300},
    }


def _modal(title: str, body: Sequence[Block], *, submit: str = "", callback: str = "", about: str = "") -> View:
    view: View = {
        "type": "modal",
        "title": {"type": "plain_text", "text": inline(title, TITLE_CHARACTERS)},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": list(body),
    }
    if submit:
        view["submit"] = {"type": "plain_text", "text": inline(submit, TITLE_CHARACTERS)}
        view |= {"callback_id": callback, "private_metadata": about}
    return view
