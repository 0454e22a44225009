"""A real CephFS whose metadata server stands still: named in time, and used again when it goes on."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.errors import Unreachable
from tests.ceph.conftest import CephLab, real

pytestmark = pytest.mark.ceph
NAMED_WITHIN_S = 12.0
"""The helper says so after 8 s, and the bot gives the node up at 12."""


@contextmanager
def standing_still(lab: CephLab) -> Iterator[None]:
    """Stop the metadata server; whatever happens, let it go on."""
    mds = int((lab.folder / "run" / "mds.a.pid").read_text())
    os.kill(mds, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(mds, signal.SIGCONT)


async def test_a_hung_mount_is_named_within_twelve_seconds_and_used_again_later(cephlab: CephLab) -> None:
    async with real(cephlab) as target:
        target.make("hung")
        assert (await target.storage.usage("hung")).quota_bytes == 0
    async with real(cephlab) as target:
        with standing_still(cephlab):
            began = time.monotonic()
            with pytest.raises(Unreachable, match="hangs on storage node node-1"):
                await target.storage.set_quota("hung", 2**30)
            assert time.monotonic() - began < NAMED_WITHIN_S
    async with asyncio.timeout(240), real(cephlab) as target:
        while True:
            try:
                assert (await target.storage.usage("hung")).quota_bytes in (0, 2**30)
                break
            except Unreachable:
                await asyncio.sleep(0)
