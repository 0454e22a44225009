"""A command's declaration → the form that asks for its arguments; nothing here is written for one command."""

from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le

from bot.engine.completions import COMPLETED
from bot.engine.dependent_completions import DEPENDENT
from bot.engine.draft import Draft
from bot.engine.line import join
from bot.engine.parameters import Parameter, all_parameters, parameters
from bot.engine.policy import Channel
from bot.model.form import Field, FieldKind, Form
from bot.spec import AnyCommand, Change, Listing, Query

REASON = "reason"
"""The field of every change that says why."""

PAGE = "page"
"""Never asked for: the answer's own buttons turn its pages."""

NAMESPACE = "namespace"
EVERYWHERE = "all_namespaces"

_WHY = "Shown to whoever approves, and kept in the audit."


def form_for(draft: Draft, channel: Channel, channel_id: str, *, reason_characters: int = 0) -> Form:
    """The form that completes *draft* in a channel; *reason_characters*: how long a reason must be, 0 for none."""
    asked = [parameter for parameter in offered(draft.command) if _is_asked(parameter, channel)]
    leading = _leading(asked)
    fields = tuple(_field(one, draft.values.get(one.name), leads=one.name in leading) for one in asked)
    is_change = isinstance(draft.command, Change)
    return Form(
        command=draft.command.name,
        summary=draft.command.summary,
        channel=channel_id,
        namespace=channel.home,
        fields=(*fields, _reason(draft, reason_characters)) if is_change else fields,
        is_change=is_change,
    )


def offered(command: AnyCommand) -> list[Parameter]:
    """What its form may ask: its arguments, and of a list how it is shown; elsewhere who wants `--grep` types it."""
    is_list = isinstance(command, Query) and issubclass(command.options, Listing)
    return all_parameters(command) if is_list else parameters(command.args)


def asks_for_reason(command: AnyCommand) -> bool:
    """Whether its form has the field `reason`."""
    return isinstance(command, Change)


def _is_asked(parameter: Parameter, channel: Channel) -> bool:
    """Whether there is anything to choose: a channel of one namespace has none."""
    if parameter.name == NAMESPACE:
        return len(channel.namespaces) > 1 or "*" in channel.namespaces[0]
    if parameter.name == EVERYWHERE:
        return channel.covers("*")
    return parameter.name != PAGE and not parameter.is_hidden


def _leading(asked: list[Parameter]) -> set[str]:
    """The fields on which the names offered in another hang: its namespace, its workload, its kind, its pod."""
    completed = {one.name: one.meta.get("completes", "") for one in asked}
    live = {name for name, word in completed.items() if word in COMPLETED or word in DEPENDENT}
    hung_on = {DEPENDENT[word].on for word in completed.values() if word in DEPENDENT}
    leading = {name for name, word in completed.items() if word in hung_on}
    return leading | ({NAMESPACE} if live > {NAMESPACE} else set())


def _reason(draft: Draft, characters: int) -> Field:
    values = (draft.reason,) if draft.reason else ()
    least = str(characters) if characters else ""
    return Field(name=REASON, label="Reason", help=_WHY, is_required=characters > 0, values=values, least=least)


def _field(parameter: Parameter, value: Any, *, leads: bool) -> Field:
    bounds, kind = parameter.info.metadata, _kind(parameter)
    return Field(
        name=parameter.name,
        label=parameter.title,
        help=(parameter.info.description or "").replace("`", ""),
        kind=kind,
        is_required=parameter.info.is_required(),
        values=_given(value, kind),
        choices=_choices(parameter),
        least=next((str(bound.ge) for bound in bounds if isinstance(bound, Ge)), ""),
        most=next((str(bound.le) for bound in bounds if isinstance(bound, Le)), ""),
        default=_default(parameter),
        leads=leads,
    )


def _kind(parameter: Parameter) -> FieldKind:
    if (word := parameter.meta.get("completes", "")) in COMPLETED or word in DEPENDENT:
        return FieldKind.LIVE_MANY if parameter.is_many else FieldKind.LIVE
    if parameter.is_switch:
        return FieldKind.SWITCH
    if _choices(parameter):
        return FieldKind.CHOICE
    if int in parameter.types:
        return FieldKind.NUMBER
    return FieldKind.DECIMAL if float in parameter.types else FieldKind.TEXT


def _choices(parameter: Parameter) -> tuple[str, ...]:
    """The words of a Literal, the empty one left out: an empty field says that."""
    annotation = parameter.info.annotation
    words = get_args(annotation) if get_origin(annotation) is Literal else ()
    return tuple(str(word) for word in words if word != "")


def _default(parameter: Parameter) -> str:
    default = parameter.info.default
    return "" if parameter.info.is_required() or default in ("", (), None, False, 0) else str(default)


def _given(value: Any, kind: FieldKind) -> tuple[str, ...]:
    """What a line has given already; a switch is there or not, and words that nobody chooses are typed in one field."""
    if value in (None, False):
        return ()
    if isinstance(value, tuple) and kind is FieldKind.TEXT:
        return (join(list(value)),)
    return tuple(str(one) for one in value) if isinstance(value, tuple) else (str(value),)
