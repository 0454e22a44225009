"""The demo and the bot in it: how soon they are there, how fast a command is acknowledged, what they weigh."""

import asyncio
import gzip
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from playground.demo.clusters import practice_cluster
from playground.demo.people import OPS
from playground.demo.workspace import practice_slack
from playground.demo.world import World, practice_world
from playground.slack.server import PracticeSlack

ROOT = Path(__file__).parents[1]
MAYA = "U0MAYA0001"
COMMANDS = 1_000
COMMANDS_WAITING = 50
ENDLESS = {"DEEDS_PER_MINUTE": "1000000"}
"""One person sends them all."""
LINE = "/saas can-i get pods"

Milliseconds = list[float]


def start_s() -> float:
    """Seconds from `python -m playground` to its address: the bot is connected then."""
    began = time.monotonic()
    command = [sys.executable, "-P", "-m", "playground", "--no-open"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "://" in line:
                break
        taken = time.monotonic() - began
        process.terminate()
        process.stdout.read()
    return taken


async def bot_figures() -> tuple[Milliseconds, Milliseconds, float]:
    """Acknowledgements of the real bot, which keeps every deed in its database first; the same while that hangs;
    and its memory while idle.
    """
    async with practice_world(practice_cluster, other=ENDLESS) as world:
        await world.connected()
        await asyncio.sleep(2)  # caches and sockets of the start
        memory_mb = resident_mb(world)
        answering = await acknowledged(world.slack, COMMANDS)
        async with hanging(world.database.dsn):
            return answering, await acknowledged(world.slack, COMMANDS_WAITING), memory_mb


@asynccontextmanager
async def hanging(dsn: str) -> AsyncIterator[None]:
    """Let nobody else read or write what Slack told the bot."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


async def bolt_figures() -> Milliseconds:
    """Acknowledgements of an app of slack_bolt that does nothing else."""
    async with practice_slack() as slack:
        app = AsyncApp(client=AsyncWebClient(token=slack.bot_token, base_url=slack.api_url), signing_secret="unused")  # noqa: S106 - a socket needs none
        app.command("/saas")(acknowledge)
        handler: Any = AsyncSocketModeHandler(app, slack.app_token)
        await handler.connect_async()
        try:
            return await acknowledged(slack, COMMANDS)
        finally:
            await handler.close_async()


async def acknowledge(ack: AsyncAck) -> None:
    await ack()


async def acknowledged(slack: PracticeSlack, commands: int) -> Milliseconds:
    """Send so many one after another; each ends with its acknowledgement."""
    slack.journal.deliveries.clear()
    for _ in range(commands):
        await slack.people.say(MAYA, OPS, LINE)
    taken = [entry.ack_ms for entry in slack.journal.deliveries if entry.ack_ms is not None]
    assert len(taken) == commands, "some were not acknowledged"
    return sorted(taken)


def resident_mb(world: World) -> float:
    """What the bot's process holds."""
    status = Path(f"/proc/{world.bot.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else float("nan")


async def page_bytes() -> tuple[int, int]:
    """Size of script and style as they are sent, and of the page itself, compressed alike."""
    async with practice_slack() as slack:
        page = await asyncio.to_thread(fetched, slack.page_url)
        paths = re.findall(rb'(?:href|src)="(/_page/page\.(?:css|js)[^"]*)"', page)
        assets = [await asyncio.to_thread(fetched, slack.url + path.decode()) for path in paths]
        return sum(map(len, assets)), len(gzip.compress(page))


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own server
        content: bytes = answer.read()
        return content
