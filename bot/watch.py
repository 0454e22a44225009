"""Composes watching: on the replica that holds the Lease, one reflector per kind feeds the incidents of the cluster."""

import asyncio
import secrets
import socket
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.diagnosis.diagnose import diagnose
from bot.engine.backup_ages import BackupAges
from bot.engine.explaining import Explaining
from bot.engine.findings import Findings, KindSink
from bot.engine.incident_notices import IncidentNotices
from bot.engine.incidents import Incidents
from bot.engine.loop import BACKOFF, forever
from bot.engine.policy import Policy
from bot.engine.reconciling import Rules
from bot.k8s.freshness import Freshness
from bot.k8s.lease import Election
from bot.k8s.session import Session
from bot.k8s.spread import Spread
from bot.model.backup import KeptInstance
from bot.model.incident import Diagnosis, Incident
from bot.ports import Backends, Clock
from bot.ports_ledger import Ledger
from bot.spec import AnyWatcher
from bot.watchers import WATCHERS, backup_overdue

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
    spreads: list[Spread[Any]] = field(default_factory=list)
    """What is watched now; empty while another replica watches."""

    @property
    def freshness(self) -> list[Freshness]:
        """How each kind is seen; empty while another replica watches."""
        return [one for spread in self.spreads for one in spread.freshness]

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
        findings = Findings((*WATCHERS, *self._watchers_of_storage), self.clock, settle=self.settle)
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
        namespaces, sinks = self.policy.alert_namespaces, dict(findings.sinks)
        ages = self._ages(sinks.pop(KeptInstance, None))
        spreads = {kind: Spread(self.session, kind, sink, namespaces) for kind, sink in sinks.items()}
        findings.sights = {**spreads, **({KeptInstance: ages} if ages else {})}
        self.spreads = list(spreads.values())
        try:
            async with asyncio.TaskGroup() as tasks:
                for spread in spreads.values():
                    tasks.create_task(spread.run())
                if ages:
                    tasks.create_task(ages.run())
                tasks.create_task(forever(incidents.turn, name="watching", backoff=BACKOFF))
        finally:
            self.spreads = []

    @property
    def _watchers_of_storage(self) -> tuple[AnyWatcher, ...]:
        """How old backups are, where there are storage nodes to ask."""
        return (backup_overdue.WATCHER,) if self.on.storage and self.on.places.overdue_after else ()

    def _ages(self, sink: KindSink[Any] | None) -> BackupAges | None:
        storage = self.on.storage
        return BackupAges(storage, self.on.places, sink, self.clock) if storage and sink else None

    async def _diagnose(self, incident: Incident) -> Diagnosis | None:
        return await diagnose(incident, self.on.reading, visible=self._is_seen_everywhere)

    def _is_seen_everywhere(self, namespace: str) -> bool:
        """Whether every channel may see it: what is stored with a node's incident is shown in all of them."""
        return all(channel.covers(namespace) for channel in self.policy.channels.values())
