"""A process that executes one operation and kills itself at a given point: `python -m tests.engine.doomed`.

Arguments: DSN, file of the cluster, name of the point, how often to pass it before.
"""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.store import opened_ledger
from tests.engine.desk import Desk
from tests.fakes.filed import FiledCluster
from tests.fakes.tripwire import TrippingLedger, Tripwire, tripping


@dataclass
class Fuse(Tripwire):
    """Kills the process, as the kernel or a node's end would, at the point *name* once it was passed *at* times."""

    name: str = ""

    async def step(self, name: str) -> None:
        """Pass, or be gone."""
        self.passed.append(name)
        if name == self.name and self.passed.count(name) > self.at:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(dsn: str, file: str, name: str, passes: str) -> None:
    """Execute whatever is approved."""
    fuse = Fuse(at=int(passes), name=name)
    async with opened_ledger(dsn, lease=timedelta(0)) as ledger:
        cluster = tripping(FiledCluster.load(Path(file)), fuse)
        desk = Desk(TrippingLedger(ledger, fuse), cluster)  # type: ignore[arg-type]  # a stand-in for it
        while lease := await desk.executor.claim():
            await desk.executor.hold(lease)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
