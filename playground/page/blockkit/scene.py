"""What drawing blocks needs to know beside the blocks: for whom, where, and what was filled in so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.page.html import Html
from playground.page.mrkdwn import mrkdwn, plain
from playground.page.names import Names

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """One message or view as one reader sees it; *key* is unique on the page and names groups of fields."""

    names: Names
    key: str
    state: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    in_view: bool = False
    label: str = ""
    """Of the field that is being drawn; what a screen reader calls it."""
    hint: str = ""
    """And what it says after that."""

    def filled(self, block_id: str, action_id: str) -> Json | None:
        """What the person has put into a field, or None while it is untouched."""
        return self.state.get(block_id, {}).get(action_id)


def text_object(value: Json | str | None, scene: Scene) -> Html:
    """Draw a text object; a bare string counts as plain_text, as `task_card` titles are."""
    match value:
        case None:
            return Html()
        case str():
            return plain(value)
        case {"type": "mrkdwn"}:
            return mrkdwn(str(value.get("text", "")), scene.names, verbatim=bool(value.get("verbatim")))
        case _:
            return plain(str(value.get("text", "")), emoji=value.get("emoji") is not False)


def text_of(value: Json | str | None) -> str:
    """Give the bare words of a text object, for labels that take no markup."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value.get("text", ""))
