"""One open pane: hears what changes for its person and patches the page; takes the person's gestures.

The pane tells at the start which regions it has, by digest, and gets only those that differ: so a pane that was
cut off for a while is right again as soon as it is back.
"""

import asyncio
import contextlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from aiohttp import WSMsgType, web

from playground.page.assets import VERSION
from playground.page.blockkit.choices import option_items
from playground.page.completion import draw_proposals, propose
from playground.page.gestures import Gesture, perform
from playground.page.moves import moved
from playground.page.page import EDGES, REGIONS, Page, digest
from playground.page.patches import Patch, notice, patches_for
from playground.page.place import Place
from playground.slack.changes import Change, ChannelsChanged, HomeChanged, Notice, Reset, Subscription

# Changes that come together are drawn together: at most twenty patches a second, whatever the app does.
_BREATH_S = 0.05
# Even without a change, panels and the other people's badges are looked at this often.
_TICK_S = 2.0


class Pane:
    """The server's end of one open pane."""

    def __init__(self, page: Page, socket: web.WebSocketResponse, place: Place) -> None:
        self._page = page
        self._socket = socket
        self._place = place
        self._has: dict[str, str] = {}
        self._last_notice = ""

    async def run(self) -> None:
        """Serve the pane until it goes away."""
        with self._page.slack.workspace.subscribe(self._place.person) as changes:
            async with asyncio.TaskGroup() as group:
                pump = group.create_task(self._pump(changes))
                async for frame in self._socket:
                    if frame.type is WSMsgType.TEXT:
                        group.create_task(self._hear(frame.json(), changes))
                pump.cancel()

    # What changes

    async def _pump(self, changes: Subscription) -> None:
        while (batch := await _batch(changes)) is not None:
            await self._tell(batch)
            await asyncio.sleep(_BREATH_S)
        await self._socket.close()

    async def _tell(self, batch: Sequence[Change]) -> None:
        if any(isinstance(change, Reset) for change in batch):
            self._place = replace(self._place, since=f"{self._page.slack.workspace.clock.now():.6f}")
            await self._show_all()
            return
        if any(isinstance(change, ChannelsChanged) for change in batch):
            self._place = self._page.settle(self._place)
            await self._fill({"head", "foot"})
        if self._place.home and any(isinstance(change, HomeChanged) for change in batch):
            await self._fill({"main"})
        self._page.read(self._place)
        desk = self._page.desk(self._place)
        await self._send([*patches_for(batch, desk), *self._notices(batch)])
        await self._fill(EDGES)

    def _notices(self, batch: Iterable[Change]) -> list[Patch]:
        """Show what Slack itself says; a failure that is told and returned is said once."""
        drawn = []
        for change in batch:
            if isinstance(change, Notice) and change.text != self._last_notice:
                self._last_notice = change.text
                drawn.append(notice(change, self._page.desk(self._place)))
        return drawn

    # What the person does

    async def _hear(self, gesture: Gesture, changes: Subscription) -> None:
        match gesture.get("do"):
            case "have" if gesture.get("version", VERSION) != VERSION:
                await self._send([{"op": "reload"}])
            case "have":
                self._has = {str(name): str(known) for name, known in gesture["regions"].items()}
                await self._show_all()
            case "go":
                await self._go(gesture)
            case "seek":
                await self._seek(gesture)
            case "complete":
                proposals = await propose(str(gesture["text"]), self._page.desk(self._place))
                await self._send([{"op": "proposed", "n": gesture["n"], "html": draw_proposals(proposals)}])
            case _:
                await self._perform(gesture, changes)

    async def _perform(self, gesture: Gesture, changes: Subscription) -> None:
        self._last_notice = ""
        outcome = await perform(self._page, self._place, gesture)
        if outcome.failure:
            changes.offer(Notice(self._place.person, None, outcome.failure))
        await self._send([{"op": "idle", "n": gesture.get("n"), "failed": not outcome.ok}])

    async def _go(self, gesture: Gesture) -> None:
        before = self._place
        self._place = place = await moved(before, gesture, self._page)
        self._page.read(place)
        elsewhere = (before.channel, before.home) != (place.channel, place.home)
        desk = self._page.desk(place)
        await self._send([{"op": "place", "url": place.url, "title": desk.title_of(desk.channel), "fresh": elsewhere}])
        anew = {"head", "main", "foot"} if elsewhere else set()
        if elsewhere or before.thread != place.thread:
            anew.add("thread")
        await self._fill(EDGES | anew, anew=anew)

    async def _seek(self, gesture: Gesture) -> None:
        workspace, person = self._page.slack.workspace, self._place.person
        view = workspace.view(str(gesture.get("view")))
        where = view or workspace.message(str(gesture.get("channel")), str(gesture.get("ts")), seen_by=person)
        if where is None:
            return
        found = await self._page.slack.people.suggest(
            person, where, str(gesture["block"]), str(gesture["action"]), str(gesture["query"])
        )
        flat = [option for one in found for option in one.get("options", [one])]
        await self._send([{"op": "listed", "n": gesture["n"], "html": option_items(flat)}])

    # Patching

    async def _show_all(self) -> None:
        self._place = self._page.settle(self._place)
        self._page.read(self._place)
        await self._fill(REGIONS)

    async def _fill(self, names: Collection[str], *, anew: Collection[str] = ()) -> None:
        """Send those of the named regions that the pane does not have as they are now, and *anew* in any case."""
        regions = self._page.regions(self._place, names)
        known = {name: digest(drawn) for name, drawn in regions.items()}
        stale = [name for name in regions if name in anew or self._has.get(name) != known[name]]
        self._has.update(known)
        await self._send([{"op": "fill", "id": name, "html": regions[name], "digest": known[name]} for name in stale])

    async def _send(self, patches: list[dict[str, Any]]) -> None:
        """Send; a pane that goes away meanwhile is no reason to give up what its person did."""
        if patches and not self._socket.closed:
            with contextlib.suppress(ConnectionError):
                await self._socket.send_json(patches)


async def _batch(changes: Subscription) -> Sequence[Change] | None:
    """Wait for a change, or a tick; take what came with it. None when the workspace is closed."""
    try:
        first = await asyncio.wait_for(changes.next(), _TICK_S)
    except TimeoutError:
        return []
    return None if first is None else [first, *changes.waiting()]
