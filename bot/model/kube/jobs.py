"""Jobs and CronJobs."""

from datetime import datetime

from bot.model.kube.meta import Condition, KubeObject, KubeStruct, LabelSelector, Metadata, ObjectReference
from bot.model.kube.pods import PodTemplate


class JobSpec(KubeStruct):
    parallelism: int | None = None
    completions: int | None = None
    """Absent: a work queue, done when any pod succeeds."""
    backoff_limit: int | None = None
    active_deadline_seconds: int | None = None
    ttl_seconds_after_finished: int | None = None
    suspend: bool = False
    completion_mode: str = "NonIndexed"
    selector: LabelSelector = LabelSelector()
    template: PodTemplate = PodTemplate()


class JobStatus(KubeStruct):
    active: int = 0
    ready: int = 0
    succeeded: int = 0
    failed: int = 0
    completed_indexes: str = ""
    failed_indexes: str = ""
    start_time: datetime | None = None
    completion_time: datetime | None = None
    conditions: tuple[Condition, ...] = ()


class Job(KubeObject):
    spec: JobSpec = JobSpec()
    status: JobStatus = JobStatus()

    @property
    def failure(self) -> Condition | None:
        """Why the job has failed or is bound to: `FailureTarget` comes first, `Failed` once its pods are gone."""
        return self._true("Failed") or self._true("FailureTarget")

    @property
    def completion(self) -> Condition | None:
        """The condition that says the job succeeded."""
        return self._true("Complete")

    def _true(self, kind: str) -> Condition | None:
        return next((one for one in self.status.conditions if one.type == kind and one.status == "True"), None)


class JobTemplate(KubeStruct):
    metadata: Metadata = Metadata()
    spec: JobSpec = JobSpec()


class CronJobSpec(KubeStruct):
    schedule: str = ""
    time_zone: str = ""
    suspend: bool = False
    concurrency_policy: str = "Allow"
    starting_deadline_seconds: int | None = None
    successful_jobs_history_limit: int | None = None
    failed_jobs_history_limit: int | None = None
    job_template: JobTemplate = JobTemplate()


class CronJobStatus(KubeStruct):
    active: tuple[ObjectReference, ...] = ()
    last_schedule_time: datetime | None = None
    last_successful_time: datetime | None = None


class CronJob(KubeObject):
    spec: CronJobSpec = CronJobSpec()
    status: CronJobStatus = CronJobStatus()
