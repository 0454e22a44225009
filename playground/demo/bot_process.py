"""The real bot as a child: started, watched, started again with a pause that grows, gone when we are."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

from bot.settings import ENVIRONMENT
from playground.servers.supervised import Server, new_folder, supervised

ROOT = Path(__file__).parents[2]
SETTINGS = Path(__file__).with_name("bot.yaml")

NOT_INHERITED = {*ENVIRONMENT, "BOT_CONFIG"} - {"LOG_LEVEL"}
"""What would tell the bot of somebody's own Slack, cluster, database or policy."""

LAUNCH = 'echo $$ >"$0/bot.pid"; exec "$@" >>"$0/bot.log" 2>&1'
"""Leaves the pid for whoever wants to kill it, and becomes the bot."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 20.0
LIVED_S = 30.0
"""A bot that ran this long was well: the next pause is the first again."""

Told = Callable[[str], None]


class BotProcess:
    """`python -m bot run`, again and again."""

    def __init__(self, folder: Path, settings: Mapping[str, str], tell: Told) -> None:
        """Run the bot with *settings*, by their names; *tell* hears a sentence about each unasked end."""
        self._folder = folder
        self._environment = environment_with({**settings, "TMPDIR": str(folder)})
        self._tell = tell
        self.starts = 0

    @property
    def log(self) -> Path:
        return self._folder / "bot.log"

    @property
    def pid(self) -> int | None:
        """The running bot's."""
        try:
            return int((self._folder / "bot.pid").read_text())
        except (OSError, ValueError):
            return None

    def kill(self) -> None:
        """End it as the kernel would."""
        if (pid := self.pid) is not None:
            os.kill(pid, signal.SIGKILL)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["BotProcess"]:
        """Keep it running while the block runs."""
        task = asyncio.create_task(self._keep_running())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def _keep_running(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            started = time.monotonic()
            status = await self._once()
            if time.monotonic() - started > LIVED_S:
                pause_s = FIRST_PAUSE_S
            self._tell(f"The bot {_ended(status)}. It is started again in {pause_s:g} s; nothing is lost.")
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _once(self) -> int:
        self.starts += 1
        bot = (sys.executable, "-P", "-m", "bot", "run")
        command = ("sh", "-c", LAUNCH, self._folder, *bot)
        folder = new_folder("saas-bot")
        server = Server("The bot", folder, command, stop=signal.SIGTERM, environment=self._environment)
        async with supervised(server, ready=_at_once) as process:
            status = await process.wait()
        (self._folder / "bot.pid").unlink(missing_ok=True)
        return status


def environment_with(settings: Mapping[str, str]) -> dict[str, str]:
    """Our environment without any setting of the bot's, and *settings*."""
    ours = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    return {**ours, "PYTHONPATH": str(ROOT), "BOT_CONFIG": str(SETTINGS), **settings}


def _ended(status: int) -> str:
    if status > 128:
        return f"was ended by {signal.Signals(status - 128).name}"
    return f"ended with status {status}"


async def _at_once() -> bool:
    return True
