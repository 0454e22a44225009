"""Incidents: from a pod's new state to the committed row in the outbox, diagnosis included, and a storm of pods."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec

from bot.clock import SystemClock
from bot.diagnosis.diagnose import diagnose
from bot.engine.explaining import Explaining
from bot.engine.findings import Findings
from bot.engine.incident_notices import IncidentNotices
from bot.engine.incidents import Incidents
from bot.engine.reconciling import Rules
from bot.model.incident import Diagnosis, Incident
from bot.model.kube.pods import WatchedPod
from bot.model.logs import LogLine, LogRead, LogSource
from bot.ports import ReadOnly
from bot.store import PostgresLedger, migrate, opened_ledger
from bot.watchers import WATCHERS
from playground.servers import embedded_postgres
from tests.fakes.cluster import FakeCluster
from tests.fakes.logs import FakeLogs
from tests.fakes.objects import deployment, pod, replica_set, waiting

ALERTS = 300
WORKLOADS, PODS = 5, 1_000


SAID = (LogLine(LogSource("p"), None, "starting"), LogLine(LogSource("p"), None, "FATAL: Connection refused"))


@asynccontextmanager
async def ward() -> AsyncIterator[tuple[Findings, Incidents, PostgresLedger]]:
    """Incidents on a real PostgreSQL that syncs to disk, over a cluster in memory."""
    cluster = FakeCluster()
    for name in _names():
        cluster.add(deployment(name), replica_set(name, 11, image="registry/app:1.8.1"), replica_set(name, 12))
    on = ReadOnly(cluster=cluster, logs=FakeLogs(LogRead(lines=SAID)))

    async def explained(incident: Incident) -> Diagnosis | None:
        return await diagnose(incident, on)

    async with embedded_postgres() as dsn:
        await migrate(dsn)
        async with opened_ledger(dsn) as ledger:
            findings = Findings(WATCHERS, SystemClock(), settle=timedelta(minutes=10))
            incidents = Incidents(
                ledger=ledger, cluster="main", epoch=1, findings=findings, explaining=Explaining(ledger, explained),
                channels=lambda _: ("C1",), clock=SystemClock(), rules=Rules(), notices=IncidentNotices(),
            )  # fmt: skip
            yield findings, incidents, ledger


def _names() -> list[str]:
    return [f"odoo-{number}" for number in range(ALERTS)]


def _sick(name: str, number: int) -> WatchedPod:
    status = waiting("CrashLoopBackOff", restarts=2, last={"exitCode": 1, "reason": "Error"})
    made = pod(f"{name}-r12-{number}", owner=f"{name}-r12", app=name, ready=False, containerStatuses=[status])
    return msgspec.convert(made, WatchedPod)


async def alert_ms() -> list[float]:
    """Milliseconds from each pod's state to its committed incident, one after the other, in order."""
    taken = []
    async with ward() as (findings, incidents, _):
        sink = findings.sinks[WatchedPod]
        await incidents.round()
        for name in _names():
            sick = _sick(name, 0)
            began = time.perf_counter()
            sink.on_object(sick, True)
            await incidents.round()
            taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


async def storm_s() -> tuple[float, float, int]:
    """Seconds until every workload has its card, and until every pod is counted; messages by then."""
    names = _names()[:WORKLOADS]
    pods = [_sick(names[number % WORKLOADS], number) for number in range(PODS)]
    async with ward() as (findings, incidents, ledger):
        sink = findings.sinks[WatchedPod]
        working = asyncio.create_task(_work(incidents))
        began = time.perf_counter()
        for one in pods:
            sink.on_object(one, True)
            await asyncio.sleep(0)
        known = counted = 0.0
        while not counted:
            stored = await ledger.incidents("main")
            known = known or (time.perf_counter() - began if len(stored) == WORKLOADS else 0.0)
            counted = time.perf_counter() - began if sum(len(one.members) for one in stored) == PODS else 0.0
            await asyncio.sleep(0.01)
        working.cancel()
        messages = await ledger.database.value("SELECT count(*) FROM outbox WHERE parent = ''")
    return known, counted, int(messages)


async def _work(incidents: Incidents) -> None:
    while True:
        await incidents.turn()
