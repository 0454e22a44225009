"""Looking: what has stalled is stopped before anybody is told so."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.engine.looking import look
from bot.model.plan import Phase, Progress, Step
from bot.model.refs import ObjectRef
from bot.ports import Backends, ReadOnly
from tests.engine import sample
from tests.fakes.cluster import FakeCluster

STEP = Step(ObjectRef("deployment", "web", "shop"), {}, {"replicas": 3})
STOPPED = Progress(Phase.STALLED, "stopped")


@pytest.mark.parametrize(
    ("phase", "stops", "told"),
    [
        (Phase.STALLED, True, "stopped"),
        (Phase.STALLED, False, "seen"),
        (Phase.RUNNING, True, "seen"),
        (Phase.DONE, True, "seen"),
    ],
    ids=["stalled", "stalled, of a change that starts nothing", "under way", "done"],
)
async def test_only_what_has_stalled_is_stopped(phase: Phase, stops: bool, told: str) -> None:
    async def progress(step: Step, on: ReadOnly, now: datetime) -> Progress:
        return Progress(phase, "seen")

    async def stop(step: Step, on: Backends, seen: Progress) -> Progress:
        return STOPPED

    scale = replace(sample.SCALE, progress=progress, stop=stop if stops else None)
    backends = {"main": Backends(cluster=FakeCluster())}
    assert (await look(scale, STEP, backends, datetime.now(UTC))).line == told
