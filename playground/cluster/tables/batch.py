"""The job's cells."""

from datetime import datetime

from playground.cluster.clock import moment_of
from playground.cluster.kobject import Object, is_dying
from playground.cluster.tables.cells import plain
from playground.cluster.tables.durations import short


def job_status(job: Object, now: datetime) -> str:
    del now
    held = {each["type"] for each in plain(job, "status", "conditions") or () if each["status"] == "True"}
    if "Complete" in held:
        return "Complete"
    if "Failed" in held:
        return "Failed"
    if is_dying(job):
        return "Terminating"
    for condition, told in (
        ("Suspended", "Suspended"),
        ("FailureTarget", "FailureTarget"),
        ("SuccessCriteriaMet", "SuccessCriteriaMet"),
    ):
        if condition in held:
            return told
    return "Running"


def completions(job: Object, now: datetime) -> str:
    del now
    done = plain(job, "status", "succeeded") or 0
    wanted, parallel = plain(job, "spec", "completions"), plain(job, "spec", "parallelism") or 0
    if wanted is not None:
        return f"{done}/{wanted}"
    return f"{done}/1 of {parallel}" if parallel > 1 else f"{done}/1"


def duration(job: Object, now: datetime) -> str:
    started, ended = plain(job, "status", "startTime"), plain(job, "status", "completionTime")
    if not started:
        return ""
    return short(((moment_of(ended) if ended else now) - moment_of(started)).total_seconds())
