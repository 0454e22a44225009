"""The demo's folder for what must lie in files: it goes with us, however we go."""

import contextlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path

from playground.servers.supervised import Server, new_folder, supervised

HOLDING_ON = ("tail", "-f", "/dev/null")
"""Does nothing for ever: the supervisor that waits for it removes the folder when we are gone."""


@contextlib.asynccontextmanager
async def passing_folder() -> AsyncIterator[Path]:
    """Make a folder that exists while the block runs (raises CannotStart)."""
    folder = new_folder("saas-demo")

    async def made() -> bool:
        return (folder / "log").exists()

    async with supervised(Server("The demo's folder", folder, HOLDING_ON, stop=signal.SIGTERM), ready=made):
        yield folder
