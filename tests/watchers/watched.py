"""A namespace that is watched as a term watches it, with hands to break and mend what is in it."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

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
from bot.model.resources import CONFIGMAP, DEPLOYMENT, JOB, NAMESPACE
from bot.ports import ReadOnly
from bot.store import PostgresLedger
from bot.watchers import WATCHERS

IMAGE = "registry.test.internal/watched:1"
PATIENCE_S = 300
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

    async def deploy(
        self, name: str, command: str, *, image: str = IMAGE, memory: str = "", reads: str = "", more: Json = None
    ) -> None:
        """Make a deployment of one pod; *reads*: the ConfigMap that its environment is from."""
        container = {
            "name": "app",
            "image": image,
            "command": ["sh", "-c", command],
            "resources": {"limits": {"memory": memory}} if memory else {},
            "envFrom": [{"configMapRef": {"name": reads}}] if reads else [],
            **(more or {}),
        }
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

    async def deploy_deaf(self, name: str) -> None:
        """Make a deployment whose pod runs, and never answers its liveness probe."""
        no_answer = {"command": ["sh", "-c", "echo no answer; exit 1"]}
        probe = {"exec": no_answer, "periodSeconds": 1, "failureThreshold": 1, "timeoutSeconds": 60}
        await self.deploy(name, WORKS, more={"livenessProbe": probe})

    async def configure(self, name: str, **data: str) -> None:
        """Make a ConfigMap."""
        await self.cluster.create(CONFIGMAP, {"metadata": {"name": name}, "data": data}, namespace=self.namespace)

    async def mend(self, name: str) -> None:
        """Give its container a command and an image that work."""
        container = {"name": "app", "image": IMAGE, "command": ["sh", "-c", WORKS]}
        body = {"spec": {"template": {"spec": {"containers": [container]}}}}
        await self.cluster.strategic_patch(ObjectRef("deployment", name, self.namespace), body)

    async def fail_a_job(self, name: str) -> None:
        """A job whose only pod fails."""
        container = {"name": "tar", "image": IMAGE, "command": ["sh", "-c", FULL]}
        spec: dict[str, Json] = {
            "backoffLimit": 0,
            "template": {"spec": {"restartPolicy": "Never", "containers": [container]}},
        }
        await self.cluster.create(JOB, {"metadata": {"name": name}, "spec": spec}, namespace=self.namespace)

    async def forget_the_job(self, name: str) -> None:
        """Let its time be up."""
        await self.cluster.merge_patch(ObjectRef("job", name, self.namespace), {"spec": {"ttlSecondsAfterFinished": 0}})

    async def incident(self, name: str, *states: IncidentState) -> Incident:
        """The incident of *name*, once it is in one of *states* and was looked into."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                since = SystemClock().now() - timedelta(hours=1)
                for one in await self.ledger.incidents("main", ended_since=since):
                    if one.owner.name == name and one.state in states and one.diagnosis is not None:
                        return one
                await asyncio.sleep(0.1)


@asynccontextmanager
async def watching(kubeconfig: str, ledger: PostgresLedger, *, eyes: str = "") -> AsyncIterator[Watched]:
    """Run what a term runs, for one namespace; *eyes*: another kubeconfig to watch with."""
    session, seen_by = await connect(kubeconfig), await connect(eyes or kubeconfig)
    cluster = KubernetesCluster(session)
    namespace = f"watched-{secrets.token_hex(3)}"
    await cluster.create(NAMESPACE, {"metadata": {"name": namespace}})
    watched = Watched(cluster, namespace, ledger)
    try:
        async with term(seen_by, watched):
            yield watched
    finally:
        await cluster.delete(ObjectRef("namespace", namespace))
        await session.close()
        await seen_by.close()


@asynccontextmanager
async def term(session: Session, watched: Watched, *, epoch: int = 1) -> AsyncIterator[None]:
    """Watch while the block runs, as whoever holds the Lease does."""
    watch = asyncio.create_task(_watch(session, watched, epoch))
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


async def _watch(session: Session, watched: Watched, epoch: int) -> None:
    cluster, namespace, ledger = watched.cluster, watched.namespace, watched.ledger
    on = ReadOnly(cluster=cluster, logs=KubernetesLogs(session))

    async def explained(incident: Incident) -> Diagnosis | None:
        return await diagnose(incident, on)

    findings = Findings(WATCHERS, SystemClock(), settle=RULES.settle)
    incidents = Incidents(
        ledger=ledger,
        cluster=cluster.name,
        epoch=epoch,
        findings=findings,
        explaining=Explaining(ledger, explained),
        channels=lambda _: ("C1",),
        clock=SystemClock(),
        rules=RULES,
        notices=IncidentNotices(),
    )
    reflectors = {
        kind: Reflector(session, kind, sink, namespace="" if kind is Node else namespace)
        for kind, sink in findings.sinks.items()
    }
    findings.sights = {kind: reflector.freshness for kind, reflector in reflectors.items()}
    async with asyncio.TaskGroup() as tasks:
        for reflector in reflectors.values():
            tasks.create_task(reflector.run())
        while True:
            await incidents.turn()
