"""A task for a Job: what it runs, on which folders of the node; and the Job as the API takes it."""

import re
import zlib
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import msgspec

from bot.commands.backups import scripts
from bot.commands.workloads.marking import OPERATION
from bot.model.plan import Json, Mark, Step

TTL = timedelta(minutes=5)
"""How long a finished Job and its log stay to be read: the platform's rule for every Job."""
DEADLINE = timedelta(hours=2)
"""No backup of the platform takes an hour; one that takes two hangs on its mount."""
PATIENCE = DEADLINE + timedelta(minutes=5)
"""A Job shows no progress while it packs, so nobody gives it up before its own deadline does."""
NAME_CHARACTERS = 24
"""Of the instance in a Job's name: with kind, checksum, time and the pod's own ending it is 63 at most."""

MANAGED_BY = "app.kubernetes.io/managed-by"
BOT = "saas-bot"
CONTAINER = "tar"
BACKUPS = "backups"
"""The mount that holds the archives."""


class Work(StrEnum):
    """What a Job does; also its label `app` and the first word of its name."""

    BACKUP = "backup"
    RESTORE = "restore"
    PRUNE = "prune"


SCRIPTS = {Work.BACKUP: scripts.PACK, Work.RESTORE: scripts.UNPACK, Work.PRUNE: scripts.DELETE}


class Mount(msgspec.Struct, frozen=True):
    """A folder of the node in the pod."""

    name: str
    on_node: str
    in_pod: str
    read_only: bool


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about the Job that is decided when it is planned."""

    work: Work
    job: str
    """Its name."""
    instance: str
    environment: dict[str, str]
    mounts: tuple[Mount, ...]
    image: str
    service_account: str = ""

    def stored(self) -> dict[str, Json]:
        """As a step of a plan holds it."""
        plain: dict[str, Json] = msgspec.to_builtins(self)
        return plain


def task_of(step: Step) -> Task:
    """The task that a step holds."""
    return msgspec.convert(step.desired, Task)


def stamp(at: datetime) -> str:
    """`20261123-141730`, UTC: part of the names of Jobs, backups and folders."""
    return at.astimezone(UTC).strftime("%Y%m%d-%H%M%S")


def job_name(work: Work, instance: str, at: datetime) -> str:
    """`backup-acme-20261123-141730`; a name that Kubernetes would not take is told apart by its checksum."""
    short = instance.replace("_", "-")[:NAME_CHARACTERS].strip("-")
    own = short if short == instance else f"{short}-{zlib.crc32(instance.encode()):08x}"
    return f"{work}-{own}-{stamp(at)}"


def job_body(task: Task, mark: Mark) -> dict[str, Json]:
    """The Job. It is marked, never retried by Kubernetes, bounded in time, and gone by itself."""
    labels = {"app": task.work.value, MANAGED_BY: BOT, "instance": _label(task.instance), OPERATION: mark.operation}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": task.job, "labels": labels, "annotations": {OPERATION: mark.operation}},
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": int(DEADLINE.total_seconds()),
            "ttlSecondsAfterFinished": int(TTL.total_seconds()),
            "template": {"metadata": {"labels": labels}, "spec": _pod(task, mark)},
        },
    }


def _pod(task: Task, mark: Mark) -> dict[str, Json]:
    return {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        **({"serviceAccountName": task.service_account} if task.service_account else {}),
        "containers": [_container(task, mark)],
        "volumes": [
            {"name": mount.name, "hostPath": {"path": mount.on_node, "type": "Directory"}} for mount in task.mounts
        ],
    }


def _container(task: Task, mark: Mark) -> dict[str, Json]:
    environment = {**task.environment, "OPERATION": mark.operation}
    return {
        "name": CONTAINER,
        "image": task.image,
        "command": ["sh", "-c", SCRIPTS[task.work]],
        "env": [{"name": name, "value": value} for name, value in sorted(environment.items())],
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "512Mi"}},
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "securityContext": {
            # The files of an instance belong to whoever runs it: only root can read them all and give them back.
            "runAsUser": 0,
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "seccompProfile": {"type": "RuntimeDefault"},
            "capabilities": {"drop": ["ALL"], "add": ["CHOWN", "DAC_OVERRIDE", "FOWNER"]},
        },
        "volumeMounts": [
            {"name": mount.name, "mountPath": mount.in_pod, "readOnly": mount.read_only} for mount in task.mounts
        ],
    }


def _label(instance: str) -> str:
    """As a label's value may be: letters or digits at both ends."""
    return re.sub(r"[_-]+$", "", instance)
