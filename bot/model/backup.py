"""Backups of instances: what is known of one, and where they lie on the shared file system."""

import re
from datetime import datetime, timedelta

import msgspec

from bot.model.kube.meta import KubeObject

ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,120}")
"""What the file names of a backup may be made of."""


class Backup(msgspec.Struct, frozen=True):
    """One finished backup, as its manifest tells."""

    instance: str
    id: str
    size_bytes: int
    """Of the archive, packed."""
    sha256: str
    at: datetime


class KeptInstance(KubeObject):
    """An instance as a watcher sees it: its newest backup, and from when on that is too old."""

    deployment: str
    """What runs it, by which people know it."""
    newest: str = ""
    """Id; empty where there is none."""
    due_at: datetime | None = None
    every: timedelta = timedelta()


class BackupPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """What the Jobs need to know of the platform; the defaults are its own."""

    instances: str = "/mnt/cephfs/odoo_instances"
    """Folder with the instances' folders, on every node."""
    prefix: str = "odoo_data_"
    """Before the instance's name in the name of its folder."""
    backups: str = "/mnt/cephfs/odoo_backups"
    image: str = "busybox:1.37"
    """With sh, tar, gzip, tee, sha256sum, awk, find and stat."""
    service_account: str = ""
    """Of the Jobs' pods, which get no token of it; empty: the namespace's default."""
    deployment: str = "odoo-{instance}"
    """What runs an instance."""
    overdue_after: timedelta = timedelta(hours=26)
    """How old an instance's newest backup may become: a backup a day, and two hours for it to run late. 0: any age."""

    def folder_of(self, instance: str) -> str:
        """The instance's folder on every node."""
        return f"{self.instances}/{self.prefix}{instance}"

    def deployment_of(self, instance: str) -> str:
        """The name of what runs *instance*; Kubernetes' names have no underscores."""
        return self.deployment.replace("{instance}", instance.replace("_", "-"))


PLATFORM = BackupPlaces()
"""Where the platform's own manifests put everything."""
