"""Workloads: `rollout_stalled` speaks up, `unavailable` only says that pods are missing."""

from datetime import datetime

from bot.model.kube.meta import Condition
from bot.model.kube.workloads import DaemonSet, Deployment, StatefulSet
from bot.model.refs import ObjectRef
from bot.model.rollout import TIMED_OUT, condition, is_observed
from bot.model.symptom import Fault, Symptom
from bot.spec import Watcher
from bot.watchers.owners import subject_of


def of_deployment(it: Deployment, now: datetime) -> list[Symptom]:
    """A rollout that no longer moves, and pods that are missing."""
    found = _missing("deployment", it, wanted=it.spec.replicas, have=_available(it))
    stalled = _stalled(it)
    if stalled is not None and is_observed(it) and not it.spec.paused:
        me = subject_of("deployment", it.metadata)
        since = stalled.last_transition_time or now
        found.append(
            Symptom(
                fault=Fault.ROLLOUT_STALLED,
                subject=me,
                owner=_without_uid(it),
                reason=stalled.reason,
                message=stalled.message,
                since=since,
                ripe_at=since,
            )
        )
    return found


def of_stateful_set(it: StatefulSet, now: datetime) -> list[Symptom]:
    """Pods that are missing; a StatefulSet has no condition that says more."""
    del now
    return _missing("statefulset", it, wanted=it.spec.replicas, have=it.status.ready_replicas)


def of_daemon_set(it: DaemonSet, now: datetime) -> list[Symptom]:
    """As of a StatefulSet."""
    del now
    return _missing("daemonset", it, wanted=it.status.desired_number_scheduled, have=it.status.number_available)


def _available(it: Deployment) -> int:
    """Pods of the present template that serve; none while the controller has not seen it."""
    return min(it.status.available_replicas, it.status.updated_replicas) if is_observed(it) else -1


def _stalled(it: Deployment) -> Condition | None:
    progressing, failing = condition(it, "Progressing"), condition(it, "ReplicaFailure")
    if failing is not None and failing.status == "True":
        return failing
    return progressing if progressing is not None and progressing.reason == TIMED_OUT else None


def _missing(kind: str, it: Deployment | StatefulSet | DaemonSet, *, wanted: int, have: int) -> list[Symptom]:
    if have >= wanted:
        return []
    me = subject_of(kind, it.metadata)
    return [Symptom(fault=Fault.UNAVAILABLE, subject=me, owner=_without_uid(it, kind))]


def _without_uid(it: Deployment | StatefulSet | DaemonSet, kind: str = "deployment") -> ObjectRef:
    return ObjectRef(kind, it.metadata.name, it.metadata.namespace)


DEPLOYMENTS = Watcher(
    name="rollout_stalled",
    summary="A rollout exceeded its progress deadline, or its pods cannot be created.",
    kind=Deployment,
    symptoms=of_deployment,
    tells=(Fault.ROLLOUT_STALLED, Fault.UNAVAILABLE),
)
STATEFUL_SETS = Watcher(
    name="unavailable_statefulset",
    summary="A StatefulSet lacks pods: keeps the incidents of its pods open.",
    kind=StatefulSet,
    symptoms=of_stateful_set,
    tells=(Fault.UNAVAILABLE,),
)
DAEMON_SETS = Watcher(
    name="unavailable_daemonset",
    summary="A DaemonSet lacks pods: keeps the incidents of its pods open.",
    kind=DaemonSet,
    symptoms=of_daemon_set,
    tells=(Fault.UNAVAILABLE,),
)
