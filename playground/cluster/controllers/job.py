"""Jobs: pods that run to completion, with back-off between failures, deadlines, and clean-up after a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from playground.cluster.clock import moment_of, stamp
from playground.cluster.controllers.conditions import condition, is_active, is_ready, is_true, with_condition
from playground.cluster.controllers.events import Recorder
from playground.cluster.controllers.ownership import owner_key
from playground.cluster.controllers.replicaset import pod_from
from playground.cluster.kobject import Key, Object, is_dying, key_of
from playground.cluster.objects.lifecycle import DeleteOptions
from playground.cluster.resources import JOBS, PODS, Resource
from playground.cluster.state import ClusterState
from playground.cluster.store import Change

COMPONENT = "job-controller"
FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 10.0, 600.0
_INDEX = "batch.kubernetes.io/job-completion-index"


@dataclass(frozen=True)
class _Tally:
    """The pods of a job by outcome."""

    active: list[Object]
    succeeded: int
    failed: list[Object]
    terminating: int
    in_place_failures: int
    """Restarts of containers under restartPolicy OnFailure, which count as failures too."""


class JobController:
    def __init__(self, state: ClusterState, recorder: Recorder) -> None:
        self._state = state
        self._recorder = recorder

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is JOBS and change.type != "DELETED":
            yield key_of(change.object)
        elif resource is PODS:
            yield from filter(None, [owner_key(change.object, "Job")])

    def reconcile(self, key: Key) -> float | None:
        job = self._state.find(JOBS, *key)
        if job is None or is_dying(job):
            return None
        if _ended(job):
            return self._clean_up(job)
        tally = self._tally(job)
        status = self._begin(job)
        target = _failure_target(job) or self._failure(job, status, tally)
        if target is not None:
            return self._fail(job, status, tally, target)
        if _is_complete(job, tally):
            return self._complete(job, status, tally)
        if job["spec"].get("suspend"):
            self._suspend(job, status, tally)
            return None
        wait_s = self._run(job, tally)
        self._store(job, status, self._tally(job))
        return _soonest(wait_s, self._until_deadline_s(job, status))

    # what is

    def _tally(self, job: Object) -> _Tally:
        pods = self._state.store.owned(job, PODS)
        restarts = 0
        if job["spec"]["template"]["spec"].get("restartPolicy") == "OnFailure":
            restarts = sum(
                each.get("restartCount", 0)
                for pod in pods
                for each in pod.get("status", {}).get("containerStatuses") or ()
            )
        return _Tally(
            [pod for pod in pods if is_active(pod)],
            sum(pod.get("status", {}).get("phase") == "Succeeded" for pod in pods),
            [pod for pod in pods if pod.get("status", {}).get("phase") == "Failed"],
            sum(is_dying(pod) and pod.get("status", {}).get("phase") not in {"Succeeded", "Failed"} for pod in pods),
            restarts,
        )

    def _begin(self, job: Object) -> Object:
        status = {**job.get("status", {})}
        if not job["spec"].get("suspend"):
            status.setdefault("startTime", stamp(self._state.clock.now()))
            if is_true(job, "Suspended"):
                resumed = _says("Suspended", "JobResumed", "Job resumed", status="False")
                status["conditions"] = with_condition(status["conditions"], resumed, self._state.clock.now())
        return status

    def _failure(self, job: Object, status: Object, tally: _Tally) -> Object | None:
        """Return the condition that ends the job in failure, if one holds now."""
        if len(tally.failed) + tally.in_place_failures > job["spec"]["backoffLimit"]:
            return _says("FailureTarget", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
        left_s = self._until_deadline_s(job, status)
        if left_s is not None and left_s <= 0:
            return _says("FailureTarget", "DeadlineExceeded", "Job was active longer than specified deadline")
        return None

    def _until_deadline_s(self, job: Object, status: Object) -> float | None:
        deadline, started = job["spec"].get("activeDeadlineSeconds"), status.get("startTime")
        if deadline is None or started is None or job["spec"].get("suspend"):
            return None
        return float(deadline - self._state.clock.elapsed_s(moment_of(started)))

    # what to do

    def _run(self, job: Object, tally: _Tally) -> float | None:
        """Create the pods that may run now; return when more may, if a back-off holds them up."""
        spec = job["spec"]
        parallel = spec["parallelism"]
        if spec.get("completions") is not None:
            parallel = min(parallel, spec["completions"] - tally.succeeded)
        elif tally.succeeded:
            parallel = len(tally.active)
        missing = parallel - len(tally.active) - tally.terminating
        for pod in sorted(tally.active, key=is_ready)[: max(0, -missing)]:
            self._state.delete_quietly(PODS, pod)
        if missing <= 0:
            return None
        wait_s = self._backoff_left_s(tally)
        if wait_s > 0:
            return wait_s
        for index in self._free_indices(job, missing):
            self._create(job, index)
        return None

    def _backoff_left_s(self, tally: _Tally) -> float:
        if not tally.failed:
            return 0.0
        length_s: float = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2 ** (len(tally.failed) - 1))
        latest = max(moment_of(_finished_at(pod)) for pod in tally.failed)
        return length_s - self._state.clock.elapsed_s(latest)

    def _free_indices(self, job: Object, missing: int) -> list[int | None]:
        if job["spec"]["completionMode"] != "Indexed":
            return [None] * missing
        taken = {
            int(pod["metadata"]["annotations"][_INDEX]) for pod in self._state.store.owned(job, PODS)
            if pod.get("status", {}).get("phase") != "Failed"
        }  # fmt: skip
        free = [index for index in range(job["spec"].get("completions") or 0) if index not in taken]
        return [*free[:missing]]

    def _create(self, job: Object, index: int | None) -> None:
        pod = pod_from(job)
        if index is not None:
            pod["metadata"].setdefault("annotations", {})[_INDEX] = str(index)
            pod["metadata"]["generateName"] = f"{job['metadata']['name']}-{index}-"
        created = self._state.create(PODS, pod)
        self._recorder.normal(job, "SuccessfulCreate", f"Created pod: {created['metadata']['name']}", COMPONENT)

    def _suspend(self, job: Object, status: Object, tally: _Tally) -> None:
        for pod in tally.active:
            self._state.delete_quietly(PODS, pod)
        status.pop("startTime", None)
        if not is_true(job, "Suspended"):
            self._recorder.normal(job, "Suspended", "Job suspended", COMPONENT)
        suspended = _says("Suspended", "JobSuspended", "Job suspended")
        status["conditions"] = with_condition(status.get("conditions") or [], suspended, self._state.clock.now())
        self._store(job, status, self._tally(job))

    # ends

    def _fail(self, job: Object, status: Object, tally: _Tally, target: Object) -> float | None:
        """Announce the failure at once, and declare it when the last pod has ended."""
        now = self._state.clock.now()
        status["conditions"] = with_condition(status.get("conditions") or [], target, now)
        for pod in tally.active:
            self._state.delete_quietly(PODS, pod)
        after = self._tally(job)
        if not after.active and not after.terminating:
            failed = {**target, "type": "Failed"}
            status["conditions"] = with_condition(status["conditions"], failed, now)
            self._recorder.warning(job, target["reason"], target["message"], COMPONENT)
        self._store(job, status, after)
        return None

    def _complete(self, job: Object, status: Object, tally: _Tally) -> float | None:
        now = self._state.clock.now()
        for type_ in ("SuccessCriteriaMet", "Complete"):
            reached = _says(type_, "CompletionsReached", "Reached expected number of succeeded pods")
            status["conditions"] = with_condition(status.get("conditions") or [], reached, now)
        status["completionTime"] = stamp(now)
        self._recorder.normal(job, "Completed", "Job completed", COMPONENT)
        self._store(job, status, tally)
        return None

    def _store(self, job: Object, status: Object, tally: _Tally) -> None:
        counts = {
            "active": len(tally.active), "succeeded": tally.succeeded, "failed": len(tally.failed),
        }  # fmt: skip
        status = {name: value for name, value in status.items() if name not in counts}
        status |= {name: count for name, count in counts.items() if count}
        status |= {
            "ready": sum(is_ready(pod) for pod in tally.active),
            "terminating": tally.terminating,
            "uncountedTerminatedPods": {},
        }
        self._state.set_status(JOBS, job, status)

    def _clean_up(self, job: Object) -> float | None:
        keep_s = job["spec"].get("ttlSecondsAfterFinished")
        if keep_s is None:
            return None
        ended = condition(job, "Complete") or condition(job, "Failed")
        left_s = keep_s - self._state.clock.elapsed_s(moment_of(ended["lastTransitionTime"])) if ended else 0.0
        if left_s <= 0:
            self._state.delete_quietly(JOBS, job, DeleteOptions(propagation="Foreground"))
            return None
        return left_s


def _is_complete(job: Object, tally: _Tally) -> bool:
    """Tell whether enough pods succeeded; without a number, whether one did and none is left running."""
    completions = job["spec"].get("completions")
    if completions is None:
        return tally.succeeded > 0 and not tally.active
    return bool(tally.succeeded >= completions)


def _ended(job: Object) -> bool:
    return is_true(job, "Complete") or is_true(job, "Failed")


def _failure_target(job: Object) -> Object | None:
    return condition(job, "FailureTarget")


def _says(type_: str, reason: str, message: str, status: str = "True") -> Object:
    return {"type": type_, "status": status, "reason": reason, "message": message, "lastProbeTime": None}


def _finished_at(pod: Object) -> str:
    ends = [
        each["state"]["terminated"]["finishedAt"] for each in pod["status"].get("containerStatuses") or ()
        if "terminated" in each.get("state", {})
    ]  # fmt: skip
    return str(max(ends, default=pod["metadata"]["creationTimestamp"]))


def _soonest(*waits: float | None) -> float | None:
    return min((wait for wait in waits if wait is not None), default=None)
