"""What storage nodes tell: quotas and usage of instances, and how a mount stands."""

import msgspec


class InstanceUsage(msgspec.Struct, frozen=True):
    """One instance's folder. Usage lags a few seconds behind writes and leaves snapshots out."""

    name: str
    quota_bytes: int
    """0: unlimited."""
    used_bytes: int
    used_files: int

    @property
    def share(self) -> float | None:
        """Of the quota in use: 0.8; None where there is no quota. More than 1 is possible."""
        return self.used_bytes / self.quota_bytes if self.quota_bytes else None


class NodeStorage(msgspec.Struct, frozen=True, omit_defaults=True):
    """The shared file system as one node sees it."""

    node: str
    total_bytes: int = 0
    available_bytes: int = 0
    mount: str = ""
    fault: str = ""
    """Why it can't be used there, one sentence; empty when it answers."""
