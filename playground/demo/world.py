"""The practice world as one piece: Slack with its page, a cluster, the servers, and the real bot in the middle."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playground.demo.bot_process import BotProcess
from playground.demo.clusters import Cluster
from playground.demo.folder import passing_folder
from playground.demo.servers import Database, database, valkey
from playground.demo.welcome import greet
from playground.demo.workspace import practice_slack
from playground.slack.server import PracticeSlack
from playground.storage.instances import furnish
from playground.storage.jobs import jobs_of
from playground.storage.node import USER, PracticeStorage

Clusters = Callable[[Path], AbstractAsyncContextManager[Cluster]]
"""Runs or reaches a cluster, and writes the bot's kubeconfig to the path."""


@dataclass(frozen=True)
class Kept:
    """Where conversations and database stay for the next start; both None when they do not."""

    workspace: Path | None = None
    database: Path | None = None


@dataclass(frozen=True)
class World:
    """Everything that runs."""

    slack: PracticeSlack
    cluster: Cluster
    database: Database
    bot: BotProcess
    storage: PracticeStorage

    async def connected(self) -> None:
        """Return when Slack reaches the bot: from then on it answers. Raises CannotStart."""
        await self.database.up()
        while not await self.slack.reaches_the_app():  # noqa: ASYNC110 - the practice Slack sets no event for it
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def practice_world(
    clusters: Clusters,
    *,
    port: int = 0,
    kept: Kept = Kept(),
    tell: Callable[[str], None] = print,
    called_at: str = "",
    other: Mapping[str, str] | None = None,
) -> AsyncIterator[World]:
    """Run everything while the block runs; *called_at* as for `practice_slack`, *other* settings of the bot.

    Raises CannotStart, Trouble.

    The bot starts before its database does: it imports for two seconds, and then waits at the relay.
    """
    async with (
        passing_folder() as folder,
        practice_slack(port=port, kept=kept.workspace, called_at=called_at) as slack,
        clusters(folder / "kubeconfig") as cluster,
        PracticeStorage(folder / "storage") as storage,
        valkey(os.environ) as redis_url,
        database(os.environ, folder, kept.database) as stored,
    ):
        settings = {
            **slack.settings,
            **_listening(called_at),
            **(other or {}),
            "KUBECONFIG": str(folder / "kubeconfig"),
            "DATABASE_URL": stored.dsn,
            "REDIS_URL": redis_url,
        }
        greet(slack.workspace, cluster.told)
        if cluster.practice is not None:
            furnish(storage.folders)
            cluster.practice.kubelets.programs |= jobs_of(storage.folders)
            settings |= _reached(storage)
        async with BotProcess(folder, settings, tell=_telling(slack, tell)).running() as bot:
            yield World(slack, cluster, stored, bot, storage)


def _listening(called_at: str) -> dict[str, str]:
    """The bot's settings for being called there."""
    address = urlsplit(called_at)
    return {"SLACK_HTTP_HOST": address.hostname, "SLACK_HTTP_PORT": str(address.port)} if address.hostname else {}


def _reached(storage: PracticeStorage) -> dict[str, str]:
    """The bot's settings for the practice storage; on somebody's own cluster, his own storage nodes serve."""
    return {
        "STORAGE_NAMESPACE": "saasodoo",
        "STORAGE_NODES": f"node-1=127.0.0.1:{storage.port}",
        "STORAGE_USER": USER,
        "STORAGE_KEY_FILE": str(storage.key_file),
        "STORAGE_KNOWN_HOSTS": str(storage.known_hosts),
    }


def _telling(slack: PracticeSlack, tell: Callable[[str], None]) -> Callable[[str], None]:
    """Tell the terminal and everybody at the page."""

    def told(sentence: str) -> None:
        tell(sentence)
        for person in slack.workspace.people:
            slack.workspace.notice(person, None, sentence)

    return told
