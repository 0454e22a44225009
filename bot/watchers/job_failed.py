"""job_failed: a Job has failed for good. A later run that completes is the cure, of a CronJob's and of a re-run's."""

from datetime import datetime

from bot.model.kube.jobs import CronJob, Job
from bot.model.refs import ObjectRef
from bot.model.symptom import Cure, Fault, Finding, Symptom
from bot.spec import Watcher
from bot.watchers.owners import is_name, owner_of_job, subject_of

RERUN_OF = "chatops.saas.io/rerun-of"
"""Annotation of a job that `job rerun` made: the name of the one that it stands in for."""

STOOD_IN_FOR = frozenset({"job", "cronjob"})
"""Kinds that the annotation may name: a pod's owner writes it, too."""


def symptoms(job: Job, now: datetime) -> list[Finding]:
    """Its failure, or what its success cures."""
    if (failure := job.failure) is not None:
        since = failure.last_transition_time or now
        return [
            Symptom(
                fault=Fault.JOB_FAILED,
                subject=subject_of("job", job.metadata),
                owner=_stands_for(job) or owner_of_job(job.metadata),
                reason=failure.reason,
                message=failure.message,
                restarts=job.status.failed,
                since=since,
                ripe_at=since,
            )
        ]
    if job.completion is not None and (cured := _cures(job)) is not None:
        at = job.status.completion_time or job.completion.last_transition_time or now
        return [Cure(fault=Fault.JOB_FAILED, owner=cured, at=at)]
    return []


def cures(cron_job: CronJob, now: datetime) -> list[Finding]:
    """What its last success cures, also when the job that succeeded is long deleted."""
    del now
    owner = ObjectRef("cronjob", cron_job.metadata.name, cron_job.metadata.namespace)
    at = cron_job.status.last_successful_time
    return [Cure(fault=Fault.JOB_FAILED, owner=owner, at=at)] if at is not None else []


def _cures(job: Job) -> ObjectRef | None:
    owner = owner_of_job(job.metadata)
    return _stands_for(job) or (owner if owner.kind == "cronjob" else None)


def _stands_for(job: Job) -> ObjectRef | None:
    """The job or CronJob that a re-run was made for."""
    kind, _, name = job.metadata.annotations.get(RERUN_OF, "").partition("/")
    return ObjectRef(kind, name, job.metadata.namespace) if kind in STOOD_IN_FOR and is_name(name) else None


WATCHER = Watcher(
    name="job_failed",
    summary="A Job has failed and is not tried again.",
    kind=Job,
    symptoms=symptoms,
    tells=(Fault.JOB_FAILED,),
)
CRON_JOBS = Watcher(
    name="job_succeeded",
    summary="The last success of a CronJob: ends the incident of an earlier failure.",
    kind=CronJob,
    symptoms=cures,
)
