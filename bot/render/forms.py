"""A command's form as a modal: one input per argument, named as the declaration names it."""

from typing import assert_never

from bot.errors import BotError
from bot.model.form import Field, FieldKind, Form, Preview
from bot.model.operation import Requirements
from bot.model.plan import Json
from bot.render import blocks, rich
from bot.render.blocks import Block
from bot.render.escape import inline
from bot.render.limits import (
    OPTION_CHARACTERS,
    OPTION_VALUE_CHARACTERS,
    PLACEHOLDER_CHARACTERS,
    REASON_CHARACTERS,
    TITLE_CHARACTERS,
)
from bot.render.modals import View, plan_body
from bot.render.refusal import card_of
from bot.render.rich import Element

INPUT_CHARACTERS = 500
"""One typed field; with all others it stays under the longest line."""

LABEL_CHARACTERS = 2000
ON = "on"
"""Value of a ticked switch."""


def form_modal(form: Form, *, about: str, previewed: Preview | BotError | None = None) -> View:
    """Draw *form*; *about* is the id of its opening. *previewed*: what the change in it would do, or why not."""
    meaning = [{"type": "divider"}, *_meaning(previewed)] if previewed else []
    return {
        "type": "modal",
        "callback_id": "form",
        "private_metadata": about,
        "title": _plain(form.command.capitalize(), TITLE_CHARACTERS),
        "submit": _plain("Ask" if form.is_change else "Run", TITLE_CHARACTERS),
        "close": _plain("Close", TITLE_CHARACTERS),
        "blocks": [_head(form), *(_input(field) for field in form.fields), *_previewing(form, about), *meaning],
    }


def _head(form: Form) -> Block:
    place: list[Element] = [rich.glue("a direct message")]
    if form.channel.startswith(("C", "G")):
        place = [{"type": "channel", "channel_id": form.channel}]
    namespace = [rich.glue(" · "), rich.code(form.namespace)]
    return blocks.lines([rich.spans(form.summary), [rich.glue("Answered in "), *place, *namespace]])


def _previewing(form: Form, about: str) -> list[Block]:
    return [blocks.actions(blocks.button("Preview", "preview", about))] if form.is_change else []


def _meaning(previewed: Preview | BotError) -> list[Block]:
    if isinstance(previewed, BotError):
        hint = "" if previewed.unfinished else previewed.hint  # how to write the line that this form writes
        return [_in_the_way(previewed, hint)]
    return [
        blocks.headline(previewed.plan.title),
        *([_in_the_way(previewed.held, previewed.held.hint)] if previewed.held else []),
        *plan_body(previewed.plan),
        blocks.paragraph(*_demanded(previewed.requirements)),
    ]


def _in_the_way(error: BotError, hint: str) -> Block:
    return blocks.paragraph(rich.glue("⚠️ "), *rich.spans(f"{error} {hint}".strip()), *card_of(error))


def _demanded(requirements: Requirements) -> list[Element]:
    wanted = " and ".join(f"{one.count} of @{one.group}" for one in requirements.approvals)
    if not wanted:
        return [rich.glue("Starts at once.")]
    rule = [rich.glue(" · rule "), rich.text(f"“{requirements.rule}”", limit=REASON_CHARACTERS)]
    return [rich.glue("Needs "), rich.text(wanted), *(rule if requirements.rule else [])]


def _input(field: Field) -> Block:
    return {
        "type": "input",
        "block_id": field.name,
        "label": _plain(field.label, LABEL_CHARACTERS),
        **({"hint": _plain(hint, LABEL_CHARACTERS)} if (hint := _hint(field)) else {}),
        "optional": not field.is_required,
        **({"dispatch_action": True} if field.leads else {}),
        "element": {**_element(field), "action_id": field.name},
    }


def _hint(field: Field) -> str:
    """What the label does not say."""
    default = f"Empty means {field.default}." if field.default else ""
    help = field.help[:1].upper() + field.help[1:].rstrip(".")
    if help in ("", field.label):
        return default
    return f"{help}{'' if help.endswith('…') else '.'} {default}".rstrip()


def _element(field: Field) -> Element:
    match field.kind:
        case FieldKind.TEXT:
            least = {"min_length": int(field.least)} if field.least else {}
            return {"type": "plain_text_input", "max_length": INPUT_CHARACTERS, **least, **_typed(field)}
        case FieldKind.NUMBER | FieldKind.DECIMAL:
            return _number(field)
        case FieldKind.SWITCH:
            return _options("checkboxes", field, (ON,), texts=("Yes",))
        case FieldKind.CHOICE:
            return _options("static_select", field, field.choices)
        case FieldKind.LIVE:
            return {**_live("external_select"), **_first(field)}
        case FieldKind.LIVE_MANY:
            chosen = [_option(value) for value in field.values]
            return {**_live("multi_external_select"), **({"initial_options": chosen} if chosen else {})}
        case _:
            assert_never(field.kind)


def _typed(field: Field) -> Element:
    return {"initial_value": inline(field.values[0], INPUT_CHARACTERS)} if field.values else {}


def _number(field: Field) -> Element:
    bounds = {name: value for name, value in (("min_value", field.least), ("max_value", field.most)) if value}
    given = _typed(field) if field.values and _is_number(field.values[0]) else {}
    is_decimal = field.kind is FieldKind.DECIMAL
    return {"type": "number_input", "is_decimal_allowed": is_decimal, **bounds, **given}


def _is_number(text: str) -> bool:
    """Slack refuses a view whose initial number is none."""
    return text.lstrip("-").replace(".", "", 1).isdecimal() and text.isascii()


def _options(kind: str, field: Field, values: tuple[str, ...], *, texts: tuple[str, ...] = ()) -> Element:
    options = [_option(value, text) for value, text in zip(values, texts or values, strict=True)]
    element: Element = {"type": kind, "options": options}
    if kind == "checkboxes":
        return {**element, **({"initial_options": options} if field.values else {})}
    given = [option for option in options if option["value"] in field.values]
    return {**element, **({"initial_option": given[0]} if given else {})}


def _live(kind: str) -> Element:
    placeholder = _plain("Type a part of the name", PLACEHOLDER_CHARACTERS)
    return {"type": kind, "min_query_length": 0, "placeholder": placeholder}


def _first(field: Field) -> Element:
    return {"initial_option": _option(field.values[0])} if field.values else {}


def _option(value: str, text: str = "") -> dict[str, Json]:
    return {"text": _plain(text or value, OPTION_CHARACTERS), "value": value[:OPTION_VALUE_CHARACTERS]}


def _plain(text: str, limit: int) -> dict[str, Json]:
    return {"type": "plain_text", "text": inline(text, limit) or "…", "emoji": False}
