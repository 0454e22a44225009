"""Composes watching: on the replica that holds the Lease, one reflector per kind feeds the incidents of the cluster."""

import asyncio
import secrets
import socket
from dataclasses import dataclass, field
from datetime import timedelta

from bot.diagnosis.diagnose import diagnose
from bot.engine.explaining import Explaining
from bot.engine.findings import Findings
from bot.engine.incident_notices import IncidentNotices
from bot.engine.incidents import Incidents
from bot.engine.loop import BACKOFF, forever
from bot.engine.policy import Policy
from bot.engine.reconciling import Rules
from bot.k8s.freshness import Freshness
from bot.k8s.lease import Election
from bot.k8s.reflector import Reflector
from bot.k8s.session import Session
from bot.model.incident import Diagnosis, Incident
from bot.ports import Backends, Clock
from bot.ports_ledger import Ledger
from bot.watchers import WATCHERS

LEASE = "saas-bot-watch"
ELSEWHERE = "default"
"""Namespace of the Lease for a bot that does not live in the cluster."""


@dataclass
class Watch:
    """One cluster, watched by one of all replicas."""

    session: Session
    on: Backends
    ledger: Ledger
    policy: Policy
    clock: Clock
    own_namespace: str
    settle: timedelta
    freshness: list[Freshness] = field(default_factory=list)
    """How each kind is seen; empty while another replica watches."""

    async def run(self) -> None:
        """Stand for the Lease, and watch whenever it is ours; until cancelled."""
        election = Election(
            self.on.cluster,
            namespace=self.own_namespace or ELSEWHERE,
            name=LEASE,
            identity=f"{socket.gethostname()}-{secrets.token_hex(4)}",
            now=self.clock.now,
        )
        await election.run(self._term)

    async def _term(self, epoch: int) -> None:
        findings = Findings(WATCHERS, self.clock, settle=self.settle)
        incidents = Incidents(
            ledger=self.ledger,
            cluster=self.on.cluster.name,
            epoch=epoch,
            findings=findings,
            explaining=Explaining(self.ledger, self._diagnose),
            channels=self.policy.alert_channels,
            clock=self.clock,
            rules=Rules(settle=self.settle),
            notices=IncidentNotices(),
        )
        reflectors = {kind: Reflector(self.session, kind, sink) for kind, sink in findings.sinks.items()}
        findings.sights = {kind: reflector.freshness for kind, reflector in reflectors.items()}
        self.freshness = [reflector.freshness for reflector in reflectors.values()]
        try:
            async with asyncio.TaskGroup() as tasks:
                for reflector in reflectors.values():
                    tasks.create_task(reflector.run())
                tasks.create_task(forever(incidents.turn, name="watching", backoff=BACKOFF))
        finally:
            self.freshness = []

    async def _diagnose(self, incident: Incident) -> Diagnosis | None:
        return await diagnose(incident, self.on.reading, visible=self._is_seen_everywhere)

    def _is_seen_everywhere(self, namespace: str) -> bool:
        """Whether every channel may see it: what is stored with a node's incident is shown in all of them."""
        return all(channel.covers(namespace) for channel in self.policy.channels.values())
