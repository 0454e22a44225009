"""The practice world as one piece: Slack with its page, a cluster, the servers, and the real bot in the middle."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from playground.demo.bot_process import BotProcess
from playground.demo.clusters import Cluster
from playground.demo.folder import passing_folder
from playground.demo.servers import Database, database, valkey
from playground.demo.workspace import practice_slack
from playground.slack.server import PracticeSlack

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

    async def connected(self) -> None:
        """Return when the bot has a socket to Slack: from then on it answers. Raises CannotStart."""
        await self.database.up()
        while not self.slack.sockets.connections:  # noqa: ASYNC110 - the practice Slack sets no event for it
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def practice_world(
    clusters: Clusters, *, port: int = 0, kept: Kept = Kept(), tell: Callable[[str], None] = print
) -> AsyncIterator[World]:
    """Run everything while the block runs. Raises CannotStart, Trouble.

    The bot starts before its database does: it imports for two seconds, and then waits at the relay.
    """
    async with (
        passing_folder() as folder,
        practice_slack(port=port, kept=kept.workspace) as slack,
        clusters(folder / "kubeconfig") as cluster,
        valkey(os.environ) as redis_url,
        database(os.environ, folder, kept.database) as stored,
    ):
        settings = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "KUBECONFIG": str(folder / "kubeconfig"),
            "DATABASE_URL": stored.dsn,
            "REDIS_URL": redis_url,
        }
        async with BotProcess(folder, settings, tell=_telling(slack, tell)).running() as bot:
            yield World(slack, cluster, stored, bot)


def _telling(slack: PracticeSlack, tell: Callable[[str], None]) -> Callable[[str], None]:
    """Tell the terminal and everybody at the page."""

    def told(sentence: str) -> None:
        tell(sentence)
        for person in slack.workspace.people:
            slack.workspace.notice(person, None, sentence)

    return told
