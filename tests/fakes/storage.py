"""Storage in memory, with the port's refusals."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.errors import NotFound, Rejected
from bot.model.backup import Backup
from bot.model.storage import InstanceUsage, NodeStorage
from tests.fakes.objects import NAMESPACE


@dataclass
class FakeStorage:
    """Instances by name: (quota, used) in bytes."""

    instances: dict[str, tuple[int, int]] = field(default_factory=dict)
    total_bytes: int = 2**50
    namespace: str = NAMESPACE
    kept: list[Backup] = field(default_factory=list)

    async def usage(self, instance: str) -> InstanceUsage:
        """As bot.ports.Storage."""
        if instance not in self.instances:
            raise NotFound(f"There is no folder for instance “{instance}”.")
        quota, used = self.instances[instance]
        return InstanceUsage(instance, quota, used, 1)

    async def usages(self) -> Sequence[InstanceUsage]:
        """As bot.ports.Storage."""
        return [await self.usage(name) for name in self.instances]

    async def nodes(self) -> Sequence[NodeStorage]:
        """As bot.ports.Storage."""
        return [NodeStorage("node-1", self.total_bytes, self.total_bytes // 2, "/mnt/cephfs")]

    async def backups(self) -> Sequence[Backup]:
        """As bot.ports.Storage."""
        return sorted(self.kept, key=lambda backup: backup.at, reverse=True)

    async def set_quota(self, instance: str, quota_bytes: int, *, below_usage: bool = False) -> None:
        """As bot.ports.Storage."""
        usage = await self.usage(instance)
        if quota_bytes < usage.used_bytes and not below_usage:
            raise Rejected(f"{instance} uses more than that. Nothing was changed.")
        self.instances[instance] = (quota_bytes, usage.used_bytes)
