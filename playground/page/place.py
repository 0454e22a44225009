"""Where a reader is: as whom, in which conversation, with which thread, tab and panel open. It is the page's URL."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlencode


class Panel(StrEnum):
    """What the column at the right edge shows."""

    NONE = ""
    TRY = "try"
    BREAK = "break"
    INSPECT = "inspect"


@dataclass(frozen=True, slots=True)
class Place:
    """One pane's place; *since* is when the page was loaded: ephemerals from before are gone."""

    person: str
    channel: str = ""
    thread: str = ""
    home: bool = False
    panel: Panel = Panel.NONE
    pane: str = ""
    since: str = ""

    @property
    def url(self) -> str:
        parts = {
            "as": self.person,
            "c": self.channel,
            "t": self.thread,
            "home": "1" if self.home else "",
            "panel": self.panel.value,
            "pane": self.pane,
        }
        return "/?" + urlencode({name: value for name, value in parts.items() if value})

    def in_channel(self, channel: str, *, home: bool = False) -> "Place":
        return replace(self, channel=channel, thread="", home=home)


def read_place(query: Mapping[str, str], *, since: str) -> Place:
    """Read a place from a URL's query; what is not known is left to the page to choose."""
    panel = query.get("panel", "")
    return Place(
        person=query.get("as", ""),
        channel=query.get("c", ""),
        thread=query.get("t", ""),
        home=query.get("home") == "1",
        panel=Panel(panel) if panel in list(Panel) else Panel.NONE,
        pane=query.get("pane", ""),
        since=since,
    )
