"""A process that tests kill, and that is started again at once."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Killed:
    """A counting bot that is killed now and then, and started again at once."""

    command: tuple[str, ...]
    kills: int = 0
    process: asyncio.subprocess.Process | None = field(default=None)

    async def run(self) -> None:
        """Keep it running until cancelled."""
        try:
            while True:
                self.process = await asyncio.create_subprocess_exec(*self.command, cwd=ROOT)
                await self.process.wait()
        finally:
            if self.process is not None and self.process.returncode is None:
                self.process.kill()
                await self.process.wait()

    def kill(self) -> None:
        """SIGKILL, if it runs."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            self.kills += 1
