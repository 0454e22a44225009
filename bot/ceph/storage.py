"""bot.ports.Storage over the links: reads and writes go to the first node that answers."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

from bot.ceph.helper import Backups, Change, Space, Usage, Usages, backups_of, decode, near
from bot.ceph.link import Link, NodeAddress, NotReached
from bot.errors import BadArguments, BotError, NotFound, Unreachable
from bot.model.backup import Backup
from bot.model.storage import InstanceUsage, NodeStorage

log = logging.getLogger(__name__)

T = TypeVar("T")

HEAD_START_S = 0.5
"""How long one node is waited for before the next is asked as well."""


class NodeStorageSide:
    """The shared file system through its nodes; all see the same, so any of them will do."""

    def __init__(self, links: Sequence[Link], namespace: str) -> None:
        """Ask *links*, of which there is at least one, in this order."""
        self._links = links
        self.namespace = namespace

    async def usage(self, instance: str) -> InstanceUsage:
        """One instance. Raises NotFound with near misses."""
        try:
            return usage_of(await self._read(Usage, "get", instance, instance=instance))
        except NotFound as error:
            known = [row.name for row in await self.usages()]
            suggestions = tuple(f"quota get {name}" for name in near(instance, known))
            raise NotFound(str(error), hint="`quota list` shows every instance.", suggestions=suggestions) from None

    async def usages(self) -> Sequence[InstanceUsage]:
        """Every instance, by name."""
        answer = await self._read(Usages, "list")
        return [InstanceUsage(name, quota, used, files) for name, quota, _, used, files in answer.rows]

    async def backups(self) -> Sequence[Backup]:
        """Every finished backup, the newest first (raises as the port says); no folder yet means none."""
        try:
            return backups_of(await self._read(Backups, "backups"))
        except NotFound:
            return []
        except BadArguments as error:
            told = "The storage nodes were not told where backups lie. Nothing was read."
            raise BadArguments(told, hint="docs/backups.md has the line for their authorized_keys.") from error

    async def set_quota(self, instance: str, quota_bytes: int, *, below_usage: bool = False) -> None:
        """Set the limit and read it back (raises as the port says)."""
        words = ("set", instance, str(quota_bytes), *(() if below_usage else ("noshrink",)))
        answer = await self._write(Change, *words, instance=instance)
        if answer.after.max_bytes != quota_bytes:
            raise Unreachable(f"The quota of {instance} was set, but reads back as another. Look before trying again.")

    async def nodes(self) -> Sequence[NodeStorage]:
        """How each node sees the file system; a node that does not answer is in it with its fault."""
        return await asyncio.gather(*(self._look(link) for link in self._links))

    async def _look(self, link: Link) -> NodeStorage:
        name = link.address.name
        try:
            space = decode(await link.ask(("df",)), Space, node=name)
        except BotError as error:
            return NodeStorage(node=name, fault=str(error))
        return NodeStorage(node=name, total_bytes=space.total, available_bytes=space.avail, mount=space.mount)

    async def _read(self, kind: type[T], *words: str, instance: str = "") -> T:
        """Ask all nodes, the later ones a little later, and take the first answer.

        A node whose mount hangs takes 8 s to say so; nobody waits for that while another can answer. Raises what the
        first node says when none has an answer.
        """
        asked = [asyncio.ensure_future(self._later(place, kind, words, instance)) for place in range(len(self._links))]
        faults: list[Unreachable] = []
        try:
            for task in asyncio.as_completed(asked):
                try:
                    return await task
                except Unreachable as error:
                    faults.append(error)
        finally:
            for task in asked:
                task.cancel()
        raise faults[0]

    async def _later(self, place: int, kind: type[T], words: Sequence[str], instance: str) -> T:
        await asyncio.sleep(place * HEAD_START_S)
        link = self._links[place]
        return decode(await link.ask(words), kind, node=link.address.name, instance=instance)

    async def _write(self, kind: type[T], *words: str, instance: str) -> T:
        """Ask the first node that takes the request.

        One that took it and fell silent may still do it, late: no other is asked then (raises Unreachable).
        """
        for link in self._links[:-1]:
            try:
                return decode(await link.ask(words), kind, node=link.address.name, instance=instance)
            except NotReached as error:
                log.info("asking the next node: %s", error)
        last = self._links[-1]
        return decode(await last.ask(words), kind, node=last.address.name, instance=instance)


def usage_of(answer: Usage) -> InstanceUsage:
    """As the rest of the bot knows it."""
    return InstanceUsage(answer.name, answer.max_bytes, answer.rbytes, answer.rfiles)


@asynccontextmanager
async def open_storage(nodes: Sequence[NodeAddress], *, namespace: str) -> AsyncIterator[NodeStorageSide]:
    """Storage over links to *nodes* of the instances in *namespace*, closed at the end. Connects when first asked."""
    async with AsyncExitStack() as stack:
        yield NodeStorageSide([await stack.enter_async_context(Link(node)) for node in nodes], namespace)
