"""kill -9: a process that is really gone leaves nothing half done."""

import asyncio
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model.operation import State
from bot.store import PostgresLedger
from tests.engine.desk import Desk
from tests.fakes.filed import FiledCluster

POINTS = {
    "after the claim": ("after commit", 0, 0),
    "after the intent": ("before write web", 0, 0),
    "after the write": ("after write web", 0, 1),
    "before the last commit": ("before commit", 6, 2),
}


@pytest.mark.parametrize(("name", "passes", "effects"), list(POINTS.values()), ids=list(POINTS))
async def test_another_process_ends_what_a_killed_one_began(
    ledger: PostgresLedger, ledger_dsn: str, tmp_path: Path, name: str, passes: int, effects: int
) -> None:
    cluster = FiledCluster(file=tmp_path / "cluster.json")
    desk = Desk(replace(ledger, lease=timedelta(0)), cluster)
    operation = await desk.approved("web", "api")
    cluster.save()
    doomed = [sys.executable, "-m", "tests.engine.doomed", ledger_dsn, str(cluster.file), name, str(passes)]
    process = await asyncio.create_subprocess_exec(*doomed, cwd=Path(__file__).parents[2])
    assert await process.wait() == -signal.SIGKILL
    assert await desk.state(operation) is State.EXECUTING

    left = FiledCluster.load(cluster.file)
    assert left.effects.total() == effects
    successor = Desk(desk.ledger, left)
    assert (await successor.execute(operation)).state is State.APPLIED
    assert sorted(left.effects.values()) == [1, 1]
    assert not (await ledger.verify_audit()).faults
