"""The page as one object: turns places into desks and regions, for the first load and for every patch after it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from zlib import crc32

from playground.page.backstage import Backstage
from playground.page.channel import draw_composer, draw_head, draw_main
from playground.page.desk import Desk, actors, names_for
from playground.page.guide import Guide
from playground.page.html import Html
from playground.page.modal import draw_modal
from playground.page.panels import draw_panel
from playground.page.place import Place
from playground.page.practice import Practice
from playground.page.rail import draw_faces, draw_rail
from playground.page.reading import Reading
from playground.page.thread import draw_thread

Regions = Mapping[str, Html]

_DRAW: Mapping[str, Callable[[Desk], Html]] = {
    "head": draw_head,
    "main": draw_main,
    "foot": draw_composer,
    "thread": draw_thread,
    "rail": draw_rail,
    "faces": draw_faces,
    "modal": draw_modal,
}
PANEL = "panel"
REGIONS = frozenset({*_DRAW, PANEL})
"""The parts of the page that are drawn and compared as a whole, by the id of their element."""

EDGES = frozenset({"rail", "faces", "modal", PANEL})
"""Those that may change without the open conversation changing."""


@dataclass(slots=True)
class Page:
    """Shared by all panes: what has been read, what the demo handed in."""

    slack: Practice
    backstage: Backstage
    guide: Guide = field(default_factory=Guide)
    reading: Reading = field(default_factory=Reading)

    def settle(self, place: Place) -> Place:
        """Fill in and correct what a URL left open or got wrong: a person one can be, a channel that person may see."""
        workspace = self.slack.workspace
        people = actors(workspace)
        asked = workspace.person(place.person)
        person = (asked if asked in people else people[0]).id
        channel = workspace.channel(place.channel)
        if channel is None or not workspace.may_read(person, channel):
            mine = workspace.channels_of(person)
            channel = mine[0] if mine else workspace.open_im(person, workspace.bot_user)
        home = place.home and workspace.bot_user in channel.members and not channel.name
        return replace(place, person=person, channel=channel.id, home=home)

    def desk(self, place: Place) -> Desk:
        """Lay out what drawing *place* needs."""
        workspace = self.slack.workspace
        names = names_for(workspace.people[place.person], workspace)
        return Desk(workspace, self.slack.manifest, self.guide, self.reading, place, names)

    def read(self, place: Place) -> None:
        """Note that everything in the open conversation was seen."""
        newest = next(reversed(self.slack.workspace.messages.get(place.channel, {})), None)
        if newest is not None:
            self.reading.mark(place.person, place.channel, newest)

    def regions(self, place: Place, names: Iterable[str] = REGIONS) -> Regions:
        """Draw the named regions of *place*, or all of them."""
        self.guide.tick(self.slack.workspace)
        desk = self.desk(place)
        drawn = {name: _DRAW[name](desk) for name in names if name in _DRAW}
        if PANEL in names:
            drawn[PANEL] = draw_panel(desk, self.backstage.inspection, self.backstage.faults())
        return drawn


def digest(drawn: Html) -> str:
    """A short fingerprint of a region, to tell whether an open page has it already."""
    return f"{crc32(drawn.encode()):x}"
