"""kubectl get jobs, cronjobs."""

from datetime import datetime

from bot.commands.look.columns.column import NONE, Column, View, age_of, name, since
from bot.commands.look.columns.workloads import containers, images, selector
from bot.model.durations import age
from bot.model.kube.jobs import CronJob, Job
from bot.model.resources import CRON_JOB, JOB

UNFINISHED = ("Suspended", "FailureTarget", "SuccessCriteriaMet")
"""Conditions that kubectl names for a job that is not over, in its order."""


def status(job: Job) -> str:
    """`Complete`, `Failed`, `Terminating`, `Suspended`, …, `Running`."""
    true = {one.type for one in job.status.conditions if one.status == "True"}
    for ending in ("Complete", "Failed"):
        if ending in true:
            return ending
    if job.metadata.deletion_timestamp is not None:
        return "Terminating"
    return next((kind for kind in UNFINISHED if kind in true), "Running")


def completions(job: Job, now: datetime) -> str:
    """`1/1`, or `0/1 of 3` for a work queue."""
    if job.spec.completions is not None:
        return f"{job.status.succeeded}/{job.spec.completions}"
    parallelism = job.spec.parallelism or 0
    return f"{job.status.succeeded}/1" + (f" of {parallelism}" if parallelism > 1 else "")


def duration(job: Job, now: datetime) -> str:
    """How long it took or runs."""
    if job.status.start_time is None:
        return ""
    return age((job.status.completion_time or now) - job.status.start_time)


JOBS = View[Job](
    JOB,
    Job,
    (
        Column("NAME", name),
        Column("STATUS", lambda job, now: status(job)),
        Column("COMPLETIONS", completions),
        Column("DURATION", duration),
        Column("AGE", age_of),
        Column("CONTAINERS", containers, wide=True),
        Column("IMAGES", images, wide=True),
        Column("SELECTOR", selector, wide=True),
    ),
    is_unhealthy=lambda job: job.failure is not None,
    state=status,
)


def last_schedule(item: CronJob, now: datetime) -> str:
    """How long ago it ran last."""
    return since(item.status.last_schedule_time, now) if item.status.last_schedule_time else NONE


CRON_JOBS = View[CronJob](
    CRON_JOB,
    CronJob,
    (
        Column("NAME", name),
        Column("SCHEDULE", lambda it, now: it.spec.schedule),
        Column("TIMEZONE", lambda it, now: it.spec.time_zone or NONE),
        Column("SUSPEND", lambda it, now: str(it.spec.suspend)),
        Column("ACTIVE", lambda it, now: str(len(it.status.active))),
        Column("LAST SCHEDULE", last_schedule),
        Column("AGE", age_of),
        Column(
            "CONTAINERS",
            lambda it, now: ",".join(one.name for one in it.spec.job_template.spec.template.spec.containers),
            wide=True,
        ),
        Column(
            "IMAGES",
            lambda it, now: ",".join(one.image for one in it.spec.job_template.spec.template.spec.containers),
            wide=True,
        ),
        Column("SELECTOR", lambda it, now: it.spec.job_template.spec.selector.text or NONE, wide=True),
    ),
    state=lambda it: "suspended" if it.spec.suspend else "scheduled",
)

VIEWS = (JOBS, CRON_JOBS)
