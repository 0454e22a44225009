"""Two copies of the real bot on one database, one practice Slack and one practice cluster."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import aiohttp

from playground.demo.bot_process import BotProcess
from playground.demo.clusters import practice_cluster
from playground.demo.folder import passing_folder
from playground.demo.servers import database, valkey
from playground.demo.workspace import practice_slack
from playground.demo.world import World
from playground.storage.node import PracticeStorage
from tests.free_ports import free_ports
from tests.journeys.stand import SPEED, Stand

SOCKETS = 2
"""Per copy."""
SETTLE_S = "5"
"""How long something must run again before its incident ends; the least that the bot takes."""
PATIENCE_S = 240.0


@dataclass(frozen=True)
class Copy:
    """One of the two processes, and its own word on how it stands."""

    process: BotProcess
    port: int
    http: aiohttp.ClientSession

    async def health(self) -> dict[str, Any]:
        """What it says at /health; nothing while it is not there."""
        try:
            async with self.http.get(f"http://127.0.0.1:{self.port}/health") as answer:
                found: dict[str, Any] = await answer.json()
                return found
        except aiohttp.ClientError:
            return {}

    async def ready(self) -> bool:
        return bool((await self.health()).get("ready"))

    async def watches(self) -> bool:
        """Whether it holds the Lease, and has seen everything once."""
        kinds = (await self.health()).get("watched", [])
        return bool(kinds) and all(kind["events"] for kind in kinds)

    async def taken(self) -> int:
        """How many envelopes it took in."""
        return int((await self.health())["slack"]["counts"].get("taken", 0))


@dataclass(frozen=True)
class Pair:
    """The world with two bots; `stand` acts in it and looks at it."""

    world: World
    copies: tuple[Copy, Copy]

    @cached_property
    def stand(self) -> Stand:
        return Stand(self.world)

    async def ready(self) -> None:
        """Return when both take work and one watches."""
        await self.until_all(ready=2, watching=1)

    async def until_all(self, *, ready: int, watching: int) -> None:
        """Wait until exactly so many copies are ready and watch."""
        seen: list[tuple[bool, bool]] = []
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not seen or (sum(r for r, _ in seen), sum(w for _, w in seen)) != (ready, watching):
                    await asyncio.sleep(0.05)
                    seen = [(await copy.ready(), await copy.watches()) for copy in self.copies]
        except TimeoutError:
            logs = "\n".join(copy.process.log.read_text()[-2000:] for copy in self.copies)
            raise AssertionError(f"(ready, watches): {seen}\n{logs}") from None

    async def leader(self) -> Copy:
        """The one that watches."""
        (found,) = [copy for copy in self.copies if await copy.watches()]
        return found

    def other(self, copy: Copy) -> Copy:
        return self.copies[1 - self.copies.index(copy)]

    async def taken_over(self, dead: Copy) -> None:
        """Return when the other one watches. How soon it may, tests/k8s/test_lease.py tells in virtual time."""
        other = self.other(dead)
        async with asyncio.timeout(PATIENCE_S):
            while not await other.watches():  # noqa: ASYNC110 - another process sets no event for us
                await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def open_pair() -> AsyncIterator[Pair]:
    """Run both until the block ends."""
    async with (
        passing_folder() as folder,
        practice_slack() as slack,
        practice_cluster(folder / "kubeconfig", speed=SPEED) as cluster,
        PracticeStorage(folder / "storage") as storage,
        valkey(os.environ) as redis_url,
        database(os.environ, folder, None) as stored,
        aiohttp.ClientSession() as http,
        contextlib.AsyncExitStack() as stack,
    ):
        settings = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "KUBECONFIG": str(folder / "kubeconfig"),
            "DATABASE_URL": stored.dsn,
            "REDIS_URL": redis_url,
            "INCIDENT_SETTLE_S": SETTLE_S,
        }

        async def copy(number: int) -> Copy:
            own, port = folder / f"copy-{number}", free_ports()
            own.mkdir()
            process = BotProcess(own, settings | {"HEALTH_PORT": str(port)}, tell=lambda _: None)
            return Copy(await stack.enter_async_context(process.running()), port, http)

        copies = await copy(1), await copy(2)
        pair = Pair(World(slack, cluster, stored, copies[0].process, storage), copies)
        await pair.ready()
        yield pair
