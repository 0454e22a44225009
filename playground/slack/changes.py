"""What a page hears: changes as one person may see them, through a bounded subscription."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessageChanged:
    """A message (or an ephemeral of this person) is new or different: look it up by Workspace.message."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class MessageRemoved:
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class ViewsChanged:
    """The stack of modals of this person changed."""

    person: str


@dataclass(frozen=True, slots=True)
class HomeChanged:
    person: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What Slack itself tells one person, e.g. that the app did not respond. Not a message; never stored."""

    person: str
    channel: str | None
    text: str


@dataclass(frozen=True, slots=True)
class ChannelsChanged:
    """Channels, their members, topics, or people changed."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Too much was missed, or the workspace was restored: draw everything anew."""


Change = MessageChanged | MessageRemoved | ViewsChanged | HomeChanged | Notice | ChannelsChanged | Reset

# A page that falls this far behind is drawn anew from state: cheaper than replaying the changes one by one.
BACKLOG = 500


class Subscription:
    """The changes that one person may see, in order; falling behind yields one Reset instead of the missed ones."""

    def __init__(self, person: str) -> None:
        self.person = person
        self._queue: asyncio.Queue[Change | None] = asyncio.Queue(BACKLOG)

    def offer(self, change: Change) -> None:
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            change = Reset()
        self._queue.put_nowait(change)

    def end(self) -> None:
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def next(self) -> Change | None:
        """Wait for the next change; None when the workspace is closed."""
        return await self._queue.get()

    def waiting(self) -> list[Change]:
        """Take the changes that are here already, so that a page draws them together."""
        here: list[Change] = []
        while not self._queue.empty():
            change = self._queue.get_nowait()
            if change is None:
                self.end()
                break
            here.append(change)
        return here

    async def __aiter__(self) -> AsyncIterator[Change]:
        while (change := await self.next()) is not None:
            yield change
