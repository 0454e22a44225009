"""Twenty thousand changes over a connection that breaks all the time: nothing that matters is missed or told twice."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot.k8s import refusals
from bot.k8s.freshness import Freshness
from bot.k8s.reflector import Pace, Reflector
from bot.k8s.session import Session
from bot.k8s.watching import Limits
from bot.model.kube.pods import Pod
from tests.k8s.fault_server import Fault, FaultServer
from tests.k8s.scripted_server import ScriptedServer

MUTATIONS = 20_000
LIVE = 400
LAG = 500
"""More than the 150 events of history that the shorter tests keep."""
HURRIED = Pace(first=0.002, longest=0.02, forbidden=0.02, breath=0.001, instant=0.0, thrash=0.0)
SHORT = Limits(silence=0.05, page=50)

Episode = tuple[str, int]
"""A pod's uid and how often it had restarted when it began to crash-loop."""


@dataclass
class Detector:
    """Finds crash loops as a watcher does, and checks the order in which it is told of objects."""

    open: dict[str, int] = field(default_factory=dict)
    found: Counter[Episode] = field(default_factory=Counter)
    version: int = 0
    versions: dict[str, int] = field(default_factory=dict)
    out_of_order: list[str] = field(default_factory=list)
    synced: asyncio.Event = field(default_factory=asyncio.Event)

    def on_object(self, obj: Pod, live: bool) -> bool:
        uid, version = obj.metadata.uid, int(obj.metadata.resource_version)
        if version < self.versions.get(uid, 0):
            self.out_of_order.append(uid)
        self.versions[uid] = version
        self.version = max(self.version, version)
        container = obj.status.container_statuses[0]
        if container.state.waiting is None:
            self.open.pop(uid, None)
        elif self.open.get(uid) != container.restart_count:
            self.open[uid] = container.restart_count
            self.found[uid, container.restart_count] += 1
        return uid in self.open

    def on_deleted(self, uid: str, last: Pod | None) -> None:
        self.open.pop(uid, None)
        self.version = max(self.version, int(last.metadata.resource_version) if last else 0)

    def on_synced(self) -> None:
        self.synced.set()


@dataclass
class Cluster:
    """Changes pods at random and knows the truth about their crash loops."""

    server: FaultServer
    rng: random.Random
    open: dict[str, int] = field(default_factory=dict)
    happened: set[Episode] = field(default_factory=set)
    restarts: dict[str, int] = field(default_factory=dict)

    def mutate(self) -> None:
        uid = f"pod-{self.rng.randrange(LIVE)}-{self.server.version // 2000}"
        action = self.rng.random()
        alive = list(self.server.objects)
        if len(alive) > LIVE or (alive and action < 0.1):
            self._delete(self.rng.choice(alive))
        elif action < 0.3 or not alive:
            self._heal(uid)
        elif action < 0.6:
            self._crash(self.rng.choice(alive))
        else:
            self._heal(self.rng.choice(alive))

    def _crash(self, uid: str) -> None:
        if uid in self.open:
            return self._heal(uid)
        restarts = self.restarts[uid] = self.restarts.get(uid, 0) + 1
        self.server.put(uid, {"waiting": {"reason": "CrashLoopBackOff"}}, restarts=restarts)
        self.open[uid] = restarts
        self.happened.add((uid, restarts))
        return None

    def _heal(self, uid: str) -> None:
        self.open.pop(uid, None)
        self.server.put(uid, {"running": {}}, restarts=self.restarts.get(uid, 0))

    def _delete(self, uid: str) -> None:
        self.open.pop(uid, None)
        self.server.remove(uid)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "PAUSE_S", 0.01)


@asynccontextmanager
async def reflecting(session: Session, detector: Detector) -> AsyncIterator[Reflector[Pod]]:
    reflector = Reflector(session, Pod, detector, pace=HURRIED, limits=SHORT)
    task = asyncio.ensure_future(reflector.run())
    try:
        yield reflector
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def churn(cluster: Cluster, detector: Detector) -> None:
    """Change pods, never more than LAG ahead of what the detector was told: so that faults hit all along the way."""
    for number in range(MUTATIONS):
        cluster.mutate()
        if number % 50 == 49:
            await asyncio.sleep(0)
        while cluster.server.version - detector.version > LAG:  # noqa: ASYNC110  # it is told synchronously
            await asyncio.sleep(0.001)


async def caught_up(detector: Detector, server: FaultServer) -> None:
    """Wait until the detector was told of the last change."""
    async with asyncio.timeout(120):
        while detector.version < server.version:  # noqa: ASYNC110  # it is told synchronously
            await asyncio.sleep(0.005)


async def run_chaos(
    scripted: ScriptedServer, session: Session, server: FaultServer
) -> tuple[Cluster, Detector, Freshness]:
    scripted.respond = server.respond
    detector, cluster = Detector(), Cluster(server, server.rng)
    async with reflecting(session, detector) as reflector:
        await detector.synced.wait()
        await churn(cluster, detector)
        server.quiet = True
        cluster.server.put("last", {"running": {}}, restarts=0)
        await caught_up(detector, server)
    return cluster, detector, reflector.freshness


@pytest.mark.parametrize("streams", [True, False], ids=["watch list", "paged list"])
async def test_with_history_to_resume_from_every_crash_loop_is_found_once(
    server: ScriptedServer, session: Session, streams: bool
) -> None:
    faulty = FaultServer(random.Random(7), streams_initial_state=streams)
    cluster, detector, freshness = await run_chaos(server, session, faulty)
    assert freshness.reconnects["history lost"] == 0
    assert set(detector.found) == cluster.happened
    assert [episode for episode, times in detector.found.items() if times > 1] == []
    assert detector.open == cluster.open
    assert detector.out_of_order == []
    assert faulty.met.total() > 100
    assert set(faulty.met) == set(Fault) - {Fault.GONE}


@pytest.mark.parametrize("streams", [True, False], ids=["watch list", "paged list"])
async def test_when_history_is_lost_what_still_matters_is_found_once(
    server: ScriptedServer, session: Session, streams: bool
) -> None:
    faulty = FaultServer(random.Random(11), streams_initial_state=streams, history=150, forced_410=True)
    cluster, detector, freshness = await run_chaos(server, session, faulty)
    assert freshness.reconnects["history lost"] > 3
    assert set(detector.found) <= cluster.happened
    assert [episode for episode, times in detector.found.items() if times > 1] == []
    assert detector.open == cluster.open
    assert detector.out_of_order == []
