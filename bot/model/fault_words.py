"""Each fault in words, after the name of whom it befell: while it lasts, and afterwards."""

from bot.model.symptom import Fault

NOW: dict[Fault, str] = {
    Fault.CRASH_LOOP: "is crash-looping",
    Fault.OOM_KILLED: "runs out of memory",
    Fault.IMAGE_PULL: "cannot pull its image",
    Fault.CONFIG_ERROR: "cannot start: something that it refers to is missing",
    Fault.UNSCHEDULABLE: "finds no node",
    Fault.JOB_FAILED: "failed",
    Fault.ROLLOUT_STALLED: "does not roll out",
    Fault.NODE_NOT_READY: "is not ready",
    Fault.BACKUP_OVERDUE: "has no recent backup",
    Fault.UNAVAILABLE: "lacks pods",
}

THEN: dict[Fault, str] = {
    Fault.CRASH_LOOP: "was crash-looping",
    Fault.OOM_KILLED: "ran out of memory",
    Fault.IMAGE_PULL: "could not pull its image",
    Fault.CONFIG_ERROR: "could not start",
    Fault.UNSCHEDULABLE: "found no node",
    Fault.JOB_FAILED: "had failed",
    Fault.ROLLOUT_STALLED: "did not roll out",
    Fault.NODE_NOT_READY: "was not ready",
    Fault.BACKUP_OVERDUE: "had no recent backup",
    Fault.UNAVAILABLE: "lacked pods",
}
