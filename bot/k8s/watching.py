"""Reads one kind of object from the API server into a Reflection: the whole of it, and then what changes."""

import asyncio
import random
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from bot.k8s.kinds import Page, page_decoder_of
from bot.k8s.pages import decoded
from bot.k8s.reflection import Again, Reflection
from bot.k8s.request import Request
from bot.k8s.session import Session
from bot.k8s.splitter import Line, Splitter
from bot.k8s.watch_events import EVENT_OF_ANY, event_decoder
from bot.model.kube.meta import KubeObject, Metadata

K = TypeVar("K", bound=KubeObject)

EVENTS_AT_A_TIME = 128
"""After so many events, which take about 2 ms, others get their turn."""


@dataclass(frozen=True)
class Limits:
    """Of one stream, in seconds; tests run at another pace."""

    watch: float = 3600.0
    silence: float = 70.0
    """Before a stream counts as dead: bookmarks come about each 60 s, and 75 s of history are kept to resume from."""
    initial: float = 60.0
    """How long a WatchList may take until its initial state is complete: some servers never say that it is."""
    page: int = 100
    """Objects a page; the memory that a page takes is freed before the next."""


class Watching(Generic[K]):
    """One kind in one namespace, or in all. Each method ends, or raises what went wrong, when a connection does."""

    def __init__(self, session: Session, kind: type[K], known: Reflection[K], request: Request, limits: Limits) -> None:
        """Aim at what *request* lists."""
        self._session = session
        self._known = known
        self._freshness = known.freshness
        self._request = request
        self._limits = limits
        self._decode = event_decoder(kind).decode
        self._pages: msgspec.json.Decoder[Page[K]] = page_decoder_of(kind)

    async def stream_everything(self) -> None:
        """Have the server stream all that exists, then what changes (a WatchList)."""
        self._known.begin()
        await self._follow({"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan"})

    async def list_and_watch(self) -> None:
        """Read all that exists page by page, then watch what changes."""
        self._known.begin()
        self._known.finish(await self._list())
        await self.resume()

    async def resume(self) -> None:
        """Watch what changes from where we are."""
        await self._follow({"resourceVersion": self._known.version})

    async def list_beside_watch(self) -> None:
        """Watch from now on, and read all that exists meanwhile: for when reading takes longer than history is kept."""
        self._known.begin_beside_watch((await self._page(limit="1")).metadata.resource_version)
        watching = asyncio.ensure_future(self.resume())
        listing = asyncio.ensure_future(self._list())
        try:
            await asyncio.wait((watching, listing), return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                await watching
                raise Again("the watch ended while everything was read")
            self._known.finish(await listing)
            await watching
        finally:
            watching.cancel()
            listing.cancel()
            await asyncio.gather(watching, listing, return_exceptions=True)

    async def _list(self) -> str:
        """Hand on all items; give the version that they are of."""
        token, version = "", ""
        while True:
            page = await self._page(**{"limit": str(self._limits.page), "continue": token})
            for item in page.items or ():
                self._known.item(item)
            self._freshness.heard(0)
            token, version = page.metadata.continue_token, page.metadata.resource_version
            if not token:
                return version

    async def _page(self, **query: str) -> Page[K]:
        request = self._request.asking(**query)
        return decoded(request, await self._session.send(request), self._pages)

    async def _follow(self, query: dict[str, str]) -> None:
        """Take what a stream says until it ends. Raises Again when it ends where it should not."""
        known, freshness = self._known, self._freshness
        splitter = Splitter()
        async with (
            asyncio.timeout(self._limits.initial if known.syncing else None) as limit,
            self._session.open(self._stream(query), silence_s=self._limits.silence) as response,
        ):
            freshness.opened()
            async for chunk in response.content.iter_any():
                lines = splitter.feed(chunk)
                for number, line in enumerate(lines, 1):
                    self._take(line)
                    if not number % EVENTS_AT_A_TIME:
                        await asyncio.sleep(0)
                freshness.heard(len(lines))
                if not known.syncing and limit.when() is not None:
                    limit.reschedule(None)
        if splitter.rest:
            raise Again("cut within a line")
        if known.syncing:
            raise Again("ended before everything was told")

    def _stream(self, query: dict[str, str]) -> Request:
        seconds = int(self._limits.watch * random.uniform(0.9, 1))  # noqa: S311  # so that not all end at once
        base = {"watch": "true", "allowWatchBookmarks": "true", "timeoutSeconds": str(seconds)}
        return self._request.watching(**base, **query)

    def _take(self, line: Line) -> None:
        try:
            event = self._decode(line)
        except msgspec.ValidationError:
            self._known.follow(self._metadata(line))
        except msgspec.DecodeError as error:
            raise Again("not a watch's words") from error
        else:
            self._known.apply(event)

    def _metadata(self, line: Line) -> Metadata:
        """Read at least the metadata of an event that does not fit its Struct. Raises Again for an unknown event."""
        self._freshness.undecodable += 1
        try:
            metadata: Metadata = EVENT_OF_ANY.decode(line).object.metadata
        except (msgspec.ValidationError, AttributeError) as error:
            raise Again("an event of an unknown kind") from error
        return metadata
