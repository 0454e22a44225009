"""CronJobs: a Job at each scheduled time, by the concurrency policy, and a short history of finished ones."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from playground.cluster.clock import moment_of, stamp
from playground.cluster.controllers.conditions import is_true
from playground.cluster.controllers.events import Recorder
from playground.cluster.controllers.ownership import owner_key, owner_reference
from playground.cluster.controllers.schedule import parse_schedule
from playground.cluster.kobject import Key, Object, is_dying, key_of
from playground.cluster.resources import CRONJOBS, JOBS, Resource
from playground.cluster.state import ClusterState
from playground.cluster.store import Change

COMPONENT = "cronjob-controller"
_SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp"


class CronJobController:
    def __init__(self, state: ClusterState, recorder: Recorder) -> None:
        self._state = state
        self._recorder = recorder

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is CRONJOBS and change.type != "DELETED":
            yield key_of(change.object)
        elif resource is JOBS:
            yield from filter(None, [owner_key(change.object, "CronJob")])

    def reconcile(self, key: Key) -> float | None:
        cron_job = self._state.find(CRONJOBS, *key)
        if cron_job is None or is_dying(cron_job):
            return None
        jobs = self._state.store.owned(cron_job, JOBS)
        self._forget_history(cron_job, jobs)
        missed, coming = self._times(cron_job)
        if missed is not None and not cron_job["spec"].get("suspend"):
            self._start(cron_job, jobs, missed)
        self._report(key, missed)
        now = self._state.clock.now()
        return (coming - now).total_seconds() if coming is not None else None

    def _times(self, cron_job: Object) -> tuple[datetime | None, datetime | None]:
        """Return the latest time that is due and not started, and the next one."""
        try:
            schedule = parse_schedule(cron_job["spec"]["schedule"])
            zone = ZoneInfo(cron_job["spec"].get("timeZone") or "UTC")
        except (ValueError, KeyError, ZoneInfoNotFoundError):
            self._recorder.warning(cron_job, "UnParseableCronJobSchedule", "unparseable schedule", COMPONENT)
            return None, None
        now = self._state.clock.now().astimezone(zone)
        since = cron_job.get("status", {}).get("lastScheduleTime") or cron_job["metadata"]["creationTimestamp"]
        last = max(moment_of(since).astimezone(zone), now - timedelta(days=32))
        missed, coming = None, schedule.after(last)
        while coming is not None and coming <= now:
            missed, coming = coming, schedule.after(coming)
        return missed, coming

    def _start(self, cron_job: Object, jobs: list[Object], at: datetime) -> None:
        running = [job for job in jobs if not _ended(job)]
        policy = cron_job["spec"]["concurrencyPolicy"]
        if running and policy == "Forbid":
            told = "Not starting job because prior execution is running and concurrency policy is Forbid"
            self._recorder.normal(cron_job, "JobAlreadyActive", told, COMPONENT)
            return
        for job in running if policy == "Replace" else ():
            self._state.delete_quietly(JOBS, job)
        name = f"{cron_job['metadata']['name']}-{int(at.timestamp()) // 60}"
        if self._state.find(JOBS, cron_job["metadata"]["namespace"], name) is not None:
            return
        template = cron_job["spec"]["jobTemplate"]
        metadata = template.get("metadata") or {}
        self._state.create(
            JOBS,
            {
                "metadata": {
                    "name": name,
                    "namespace": cron_job["metadata"]["namespace"],
                    "labels": dict(metadata.get("labels") or {}),
                    "annotations": {**(metadata.get("annotations") or {}), _SCHEDULED: at.isoformat()},
                    "ownerReferences": [owner_reference(cron_job)],
                },
                "spec": template["spec"],
            },
        )
        self._recorder.normal(cron_job, "SuccessfulCreate", f"Created job {name}", COMPONENT)

    def _report(self, key: Key, started: datetime | None) -> None:
        cron_job = self._state.find(CRONJOBS, *key)
        if cron_job is None:
            return
        jobs = self._state.store.owned(cron_job, JOBS)
        status = {**cron_job.get("status", {})}
        status.pop("active", None)
        active = [_reference(job) for job in jobs if not _ended(job)]
        if active:
            status["active"] = active
        if started is not None and not cron_job["spec"].get("suspend"):
            status["lastScheduleTime"] = stamp(started.astimezone(self._state.clock.now().tzinfo))
        successes = [job["status"]["completionTime"] for job in jobs if is_true(job, "Complete")]
        if successes:
            status["lastSuccessfulTime"] = max([*successes, status.get("lastSuccessfulTime", "")])
        self._state.set_status(CRONJOBS, cron_job, status)

    def _forget_history(self, cron_job: Object, jobs: list[Object]) -> None:
        for condition, limit in (("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit")):
            ended = sorted(
                (job for job in jobs if is_true(job, condition)), key=lambda job: job["metadata"]["creationTimestamp"]
            )
            for job in ended[: max(0, len(ended) - cron_job["spec"][limit])]:
                self._state.delete_quietly(JOBS, job)


def _ended(job: Object) -> bool:
    return is_true(job, "Complete") or is_true(job, "Failed")


def _reference(job: Object) -> Object:
    metadata = job["metadata"]
    return {
        "kind": "Job",
        "apiVersion": "batch/v1",
        "namespace": metadata["namespace"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "resourceVersion": metadata["resourceVersion"],
    }
