"""Symptom: what is wrong with one object now, as a watcher describes it; and Cure: what ends an older symptom."""

from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from bot.model.refs import ObjectRef

AT_ONCE = datetime.min.replace(tzinfo=UTC)
"""`ripe_at` of what needs no waiting."""


class Fault(StrEnum):
    """The class of a symptom: with the owner, the key of an incident."""

    CRASH_LOOP = "crash_loop"
    OOM_KILLED = "oom_killed"
    IMAGE_PULL = "image_pull"
    CONFIG_ERROR = "config_error"
    UNSCHEDULABLE = "unschedulable"
    JOB_FAILED = "job_failed"
    ROLLOUT_STALLED = "rollout_stalled"
    NODE_NOT_READY = "node_not_ready"
    BACKUP_OVERDUE = "backup_overdue"
    UNAVAILABLE = "unavailable"
    """A workload has fewer pods than it wants: never an incident by itself, but it keeps those of its pods open."""


class Symptom(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong, with what was found on the object itself. Nothing in it is redacted, escaped or cut."""

    fault: Fault
    subject: ObjectRef
    """The object that shows it, with its uid."""
    owner: ObjectRef
    """Whom people know it by: the deployment of a pod, the CronJob of a job."""
    container: str = ""
    reason: str = ""
    """The API's own word: `CrashLoopBackOff`, `BackoffLimitExceeded`."""
    message: str = ""
    exit_code: int | None = None
    signal: int = 0
    restarts: int = 0
    image: str = ""
    node: str = ""
    since: datetime | None = None
    ripe_at: datetime | None = None
    """From when on it opens an incident; None: it only keeps one open."""
    steady_since: datetime | None = None
    """It runs again since then, and is taken for well once that has lasted; None: it is wrong now."""

    @property
    def cause(self) -> tuple[str, str, int | None, str]:
        """What must differ for the explanation to be another one. Two reasons that alternate count as one."""
        reason = "" if self.fault in (Fault.IMAGE_PULL, Fault.CRASH_LOOP) else self.reason
        return (reason, self.container, self.exit_code, self.image)


class Cure(msgspec.Struct, frozen=True, kw_only=True):
    """Symptoms of *fault* at *owner* that began before *at* no longer count: a later run went well."""

    fault: Fault
    owner: ObjectRef
    at: datetime


Finding = Symptom | Cure
