"""On the practice cluster and on a real one: real trouble opens incidents with the right cause, and they heal."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.diagnosis.diagnose import diagnose
from bot.engine.explaining import Explaining
from bot.engine.findings import Findings
from bot.engine.incident_notices import IncidentNotices
from bot.engine.incidents import Incidents
from bot.engine.reconciling import Rules
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.logs import KubernetesLogs
from bot.k8s.reflector import Reflector
from bot.k8s.session import Session, connect
from bot.model.incident import Diagnosis, Incident, IncidentState
from bot.model.kube.nodes import Node
from bot.model.plan import Json
from bot.model.refs import ObjectRef
from bot.model.resources import DEPLOYMENT, JOB, NAMESPACE
from bot.model.symptom import Fault
from bot.ports import ReadOnly
from bot.store import PostgresLedger
from bot.watchers import WATCHERS
from playground.cluster.cluster import PracticeCluster
from tests.kubelab import import_images

IMAGE = "registry.test.internal/watched:1"
PATIENCE_S = 120
"""A shared machine may be busy, and a kubelet backs off for 10 and 20 s; most is there within a few seconds."""
RULES = Rules(settle=timedelta(seconds=3), quiet=timedelta(seconds=1))

CRASHES = 'echo starting; echo "FATAL: password authentication failed for user \\"odoo\\"" >&2; exit 1'
EATS = "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done"
WORKS = "trap 'exit 0' TERM; while :; do sleep 1; done"
FULL = 'echo "tar: /backup: Cannot write: No space left on device" >&2; exit 2'


@dataclass(frozen=True)
class Watched:
    """A namespace whose incidents are kept."""

    cluster: KubernetesCluster
    namespace: str
    ledger: PostgresLedger

    async def deploy(self, name: str, command: str, *, image: str = IMAGE, memory: str = "") -> None:
        """Make a deployment of one pod, or change its container."""
        limits = {"limits": {"memory": memory}} if memory else {}
        container = {"name": "app", "image": image, "command": ["sh", "-c", command], "resources": limits}
        labels = {"app": name}
        spec: dict[str, Json] = {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"terminationGracePeriodSeconds": 1, "containers": [container]},
            },
        }
        await self.cluster.create(DEPLOYMENT, {"metadata": {"name": name}, "spec": spec}, namespace=self.namespace)

    async def mend(self, name: str) -> None:
        """Give its container a command and an image that work."""
        container = {"name": "app", "image": IMAGE, "command": ["sh", "-c", WORKS]}
        body = {"spec": {"template": {"spec": {"containers": [container]}}}}
        await self.cluster.strategic_patch(ObjectRef("deployment", name, self.namespace), body)

    async def fail_a_job(self, name: str) -> None:
        """A job whose only pod fails, and that is deleted soon after."""
        container = {"name": "tar", "image": IMAGE, "command": ["sh", "-c", FULL]}
        spec: dict[str, Json] = {
            "backoffLimit": 0,
            "ttlSecondsAfterFinished": 10,
            "template": {"spec": {"restartPolicy": "Never", "containers": [container]}},
        }
        await self.cluster.create(JOB, {"metadata": {"name": name}, "spec": spec}, namespace=self.namespace)

    async def incident(self, name: str, *states: IncidentState) -> Incident:
        """The incident of *name*, once it is in one of *states* and was looked into."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                since = SystemClock().now() - timedelta(hours=1)
                for one in await self.ledger.incidents("main", ended_since=since):
                    if one.owner.name == name and one.state in states and one.diagnosis is not None:
                        return one
                await asyncio.sleep(0.1)


@pytest.fixture(params=["practice", pytest.param("kubelab", marks=pytest.mark.kubelab)])
async def watched(request: pytest.FixtureRequest, tmp_path: Path, ledger: PostgresLedger) -> AsyncIterator[Watched]:
    """Watch a namespace of the practice cluster, and one of a real one."""
    if request.param == "kubelab":
        kubeconfig: Path = request.getfixturevalue("kubelab")
        import_images(IMAGE)
        async with watching(str(kubeconfig), ledger) as found:
            yield found
        return
    async with PracticeCluster(speed=5) as practice:
        path = tmp_path / "kubeconfig"
        path.write_text(practice.kubeconfig())
        async with watching(str(path), ledger) as found:
            yield found


@asynccontextmanager
async def watching(kubeconfig: str, ledger: PostgresLedger) -> AsyncIterator[Watched]:
    """Run what a term runs, for one namespace."""
    session = await connect(kubeconfig)
    cluster = KubernetesCluster(session)
    namespace = f"watched-{secrets.token_hex(3)}"
    await cluster.create(NAMESPACE, {"metadata": {"name": namespace}})
    term = asyncio.create_task(_term(session, cluster, namespace, ledger))
    try:
        yield Watched(cluster, namespace, ledger)
    finally:
        term.cancel()
        await asyncio.gather(term, return_exceptions=True)
        await cluster.delete(ObjectRef("namespace", namespace))
        await session.close()


async def _term(session: Session, cluster: KubernetesCluster, namespace: str, ledger: PostgresLedger) -> None:
    on = ReadOnly(cluster=cluster, logs=KubernetesLogs(session))

    async def explained(incident: Incident) -> Diagnosis | None:
        return await diagnose(incident, on)

    findings = Findings(WATCHERS, SystemClock(), settle=RULES.settle)
    incidents = Incidents(
        ledger=ledger,
        cluster=cluster.name,
        epoch=1,
        findings=findings,
        explaining=Explaining(ledger, explained),
        channels=lambda _: ("C1",),
        clock=SystemClock(),
        rules=RULES,
        notices=IncidentNotices(),
    )
    async with asyncio.TaskGroup() as tasks:
        for kind, sink in findings.sinks.items():
            place = "" if kind is Node else namespace
            tasks.create_task(Reflector(session, kind, sink, namespace=place).run())
        while True:
            await incidents.turn()


async def test_a_crash_loop_opens_with_its_cause_and_heals(watched: Watched) -> None:
    await watched.deploy("crashing", CRASHES)
    opened = await watched.incident("crashing", IncidentState.OPEN)
    assert opened.fault is Fault.CRASH_LOOP
    assert opened.diagnosis is not None
    assert opened.diagnosis.likely == "The database refuses the password (seen in the log, exit 1)"
    assert "starting" in opened.diagnosis.log  # the two streams of a container race
    await watched.mend("crashing")
    assert (await watched.incident("crashing", IncidentState.HEALED)).members == ()


async def test_an_image_that_cannot_be_pulled_opens_with_the_registrys_words_and_heals(watched: Watched) -> None:
    await watched.deploy("unpullable", WORKS, image="registry.invalid/missing:1")
    opened = await watched.incident("unpullable", IncidentState.OPEN)
    assert opened.fault is Fault.IMAGE_PULL
    assert opened.diagnosis is not None
    facts = {fact.label: fact.text for fact in opened.diagnosis.facts}
    assert facts["Image"] == "`registry.invalid/missing:1`"
    assert opened.diagnosis.likely != "The image cannot be pulled"
    await watched.mend("unpullable")
    await watched.incident("unpullable", IncidentState.HEALED)


async def test_a_job_that_fails_and_is_gone_by_its_ttl_was_told(watched: Watched) -> None:
    await watched.fail_a_job("full")
    opened = await watched.incident("full", IncidentState.OPEN)
    assert opened.fault is Fault.JOB_FAILED
    assert opened.diagnosis is not None
    assert opened.diagnosis.likely == "No space is left on a volume (seen in the log, exit 2)"
    await watched.incident("full", IncidentState.GONE)


@pytest.mark.parametrize("watched", [pytest.param("kubelab", marks=pytest.mark.kubelab)], indirect=True)
async def test_a_kill_for_memory_opens_with_its_limit_and_heals(watched: Watched) -> None:
    await watched.deploy("hungry", EATS, memory="16Mi")
    opened = await watched.incident("hungry", IncidentState.OPEN)
    assert opened.fault is Fault.OOM_KILLED
    assert opened.diagnosis is not None
    assert opened.diagnosis.likely == "It used more memory than it may: its limit is 16Mi (exit 137, OOMKilled)"
    await watched.mend("hungry")
    await watched.incident("hungry", IncidentState.HEALED)
