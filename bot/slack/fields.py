"""The inputs of a submitted modal: name, block and text of each; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """One input as it was submitted."""

    name: str
    """The first part of its action_id."""
    block_id: str
    """Where an error about it is shown."""
    text: str
    """As typed or chosen; several choices are joined by commas."""


def read_fields(view: Mapping[str, Any]) -> Iterator[Field]:
    """Yield the inputs of *view* in the order in which they stand."""
    for block_id, elements in ((view.get("state") or {}).get("values") or {}).items():
        for action_id, element in elements.items():
            yield Field(action_id.split(":", 1)[0], block_id, _text(element))


def errors_under_blocks(view: Mapping[str, Any], errors: Mapping[str, str]) -> dict[str, str]:
    """Errors by field → errors by block, as Slack wants them; one without its field goes under the first."""
    fields = list(read_fields(view))
    blocks = {field.name: field.block_id for field in fields}
    if not fields:
        return {}
    return {blocks.get(name, fields[0].block_id): sentence for name, sentence in errors.items()}


def _text(element: Mapping[str, Any]) -> str:
    for single in (
        "value",
        "selected_date",
        "selected_time",
        "selected_user",
        "selected_channel",
        "selected_conversation",
    ):
        if element.get(single) is not None:
            return str(element[single])
    if element.get("selected_date_time") is not None:
        return str(element["selected_date_time"])
    if element.get("selected_option"):
        return str(element["selected_option"]["value"])
    for several in ("selected_users", "selected_channels", "selected_conversations"):
        if element.get(several):
            return ",".join(element[several])
    return ",".join(option["value"] for option in element.get("selected_options") or ())
