"""On both clusters: a network that fails under the watches, and what `status` on any replica says of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.commands.look.status_watches import watching as told_of
from bot.engine import incidents as incidents_module
from bot.model.view import View
from bot.store import PostgresLedger
from playground.cluster.cluster import PracticeCluster
from tests.k8s.wire import Wire, wire_to
from tests.watchers.watched import PATIENCE_S, watching


@pytest.fixture(params=["practice", pytest.param("kubelab", marks=pytest.mark.kubelab)])
async def kubeconfig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Path]:
    """The administrator's."""
    if request.param == "kubelab":
        yield request.getfixturevalue("kubelab")
        return
    async with PracticeCluster() as practice:
        path = tmp_path / "practice"
        path.write_text(practice.kubeconfig())
        yield path


@pytest.mark.parametrize(
    ("breaks", "reason"),
    [
        pytest.param(Wire.reset, "connection lost", id="is reset"),
        pytest.param(Wire.refuse, "not reached", id="refuses"),
    ],
)
async def test_a_network_that_fails_is_told_by_its_reason_when_it_is_back(
    kubeconfig: Path,
    tmp_path: Path,
    ledger: PostgresLedger,
    monkeypatch: pytest.MonkeyPatch,
    breaks: Callable[[Wire], None],
    reason: str,
) -> None:
    monkeypatch.setattr(incidents_module, "NOTED_EVERY", timedelta(0))

    async def until(look: Callable[[View], bool]) -> View:
        """What any replica reads from the database, once *look* is content."""
        async with asyncio.timeout(PATIENCE_S):
            while (view := await ledger.view("main")) is None or not look(view):  # noqa: ASYNC110  # a database, read as others do
                await asyncio.sleep(0.05)
        return view

    async with wire_to(kubeconfig) as wire:
        eyes = wire.kubeconfig(kubeconfig, tmp_path / "eyes")
        async with watching(str(kubeconfig), ledger, eyes=str(eyes)):
            whole = await until(
                lambda view: bool(view.streams) and all(one.heard_at > one.since for one in view.streams)
            )
            assert "no reconnects since they began" in told_of(whole, SystemClock().now())
            breaks(wire)
            await until(lambda view: all(one.reconnects.get(reason) for one in view.streams))
            wire.heal()
            healed = await until(lambda view: not any(one.trouble for one in view.streams))
    told = told_of(healed, SystemClock().now())
    assert f"{len(healed.streams)} watches, each heard from in the last" in told
    assert reason in told
