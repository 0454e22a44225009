"""Backup ages: asks the storage nodes from time to time how old each instance's newest backup is, and tells a watcher.

A kind of its own beside those that the API server streams: the same sink, the same incidents.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.errors import BotError
from bot.model.backup import Backup, BackupPlaces, KeptInstance
from bot.model.kube.meta import Metadata
from bot.model.storage import InstanceUsage
from bot.model.view import Stream
from bot.ports import Clock, StorageReader

LOOK_EVERY_S = 900.0
"""Backups grow old by the hour, and listing 10,000 instances takes a node 14 s."""

log = logging.getLogger(__name__)


class Sink(Protocol):
    """Who is told (bot.engine.findings.KindSink)."""

    def on_object(self, obj: KeptInstance, live: bool, /) -> bool:
        """Take an instance as it is now."""

    def on_deleted(self, uid: str, last: KeptInstance | None, /) -> None:
        """Take that an instance is gone."""

    def on_synced(self) -> None:
        """Take that all were told."""


@dataclass
class BackupAges:
    """One platform's backups. Until the first answer nothing is known, so that no incident is taken for over."""

    storage: StorageReader
    places: BackupPlaces
    sink: Sink
    clock: Clock
    forbidden: str = "The backups have not been listed yet."
    complaint: str = ""
    _known: set[str] = field(default_factory=set)

    def hides(self, namespace: str) -> bool:
        """Whether nothing is known of it yet; there is one namespace of instances."""
        del namespace
        return bool(self.forbidden)

    def streams(self, now: datetime) -> tuple[Stream, ...]:
        """None: the nodes are asked from time to time."""
        del now
        return ()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await self.clock.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Look once. While no node answers, what was seen last stands."""
        try:
            instances, backups = await self.storage.usages(), await self.storage.backups()
        except BotError as error:
            self.complaint = f"How old backups are is not known: {error}"
            log.warning("%s", self.complaint)
            return
        found = kept(instances, backups, self.places, self.storage.namespace)
        for one in found:
            self.sink.on_object(one, True)
        now = {one.metadata.uid for one in found}
        for uid in self._known - now:
            self.sink.on_deleted(uid, None)
        self._known, self.forbidden, self.complaint = now, "", ""
        self.sink.on_synced()


def kept(
    instances: Sequence[InstanceUsage], backups: Sequence[Backup], places: BackupPlaces, namespace: str
) -> list[KeptInstance]:
    """Every instance with its newest backup; none where nothing was ever backed up: then others see to it."""
    newest = {one.instance: one for one in sorted(backups, key=lambda one: one.at)}
    every = places.overdue_after
    return [
        KeptInstance(
            metadata=Metadata(name=one.name, namespace=namespace, uid=f"instance/{namespace}/{one.name}"),
            deployment=places.deployment_of(one.name),
            newest=last.id if (last := newest.get(one.name)) else "",
            due_at=last.at + every if last else None,
            every=every,
        )
        for one in instances
        if newest
    ]
