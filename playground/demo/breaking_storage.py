"""What can be broken of the practice storage: an instance at its quota's end, a file system without space."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from playground.page.guide import Fault
from playground.storage.folders import Folders

FULL_S = 120.0
"""Long enough to ask for a backup, have it approved, and see it fail."""

HUNGRY = "acme"

Begin = Callable[[Callable[[], Coroutine[Any, Any, None]], str], Callable[[], Awaitable[str]]]
"""Begins what takes a while, and says a sentence at once."""


def storage_faults(folders: Folders, begin: Begin) -> tuple[Fault, ...]:
    """Both of them."""
    volume = begin(partial(fill_volume, folders), f"No byte is free for {FULL_S:g} s: `/saas backup create globex`.")
    return (
        Fault("Full quota", f"{HUNGRY} uses all that it may.", partial(fill_quota, folders)),
        Fault("Backup volume is full", f"For {FULL_S:g} s. A backup that is made meanwhile fails.", volume),
    )


async def fill_quota(folders: Folders) -> str:
    """Let an instance use what its quota gives, and a little more, as on a real CephFS."""
    quota_bytes = folders.quotas.get(HUNGRY, 0)
    if not quota_bytes:
        return f"{HUNGRY} has no quota, so it cannot be full. Nothing was broken."
    folders.pretended_bytes[HUNGRY] = quota_bytes + 2**20
    return f"{HUNGRY} is full: every write fails. Look at `/saas quota list`, then set it higher."


async def fill_volume(folders: Folders) -> None:
    """Leave no space for a while."""
    folders.is_full = True
    await asyncio.sleep(FULL_S)
    folders.is_full = False
