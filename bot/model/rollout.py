"""kubectl's own rules for `rollout status`, as pure functions over one look at the workload."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.model.kube.meta import Condition
from bot.model.kube.workloads import DaemonSet, Deployment, StatefulSet
from bot.model.plan import Phase

Workload = Deployment | StatefulSet | DaemonSet

ON_DELETE = "OnDelete: each pod is updated when somebody deletes it"
TIMED_OUT = "ProgressDeadlineExceeded"
ROLLED_OUT = "NewReplicaSetAvailable"
"""Stays the reason of Progressing after a rollout was complete, whatever becomes of its pods then."""

REVISION = "deployment.kubernetes.io/revision"
CHANGE_CAUSE = "kubernetes.io/change-cause"
_REVISION_NUMBER = re.compile(r"[0-9]{1,18}")
"""The annotation is free text to the API server: what is no number of a revision counts as none."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """Where a rollout stands; the words are kubectl's."""

    phase: Phase
    line: str
    ready: int
    wanted: int


def rollout(workload: Workload) -> Rollout:
    """What `kubectl rollout status` says of *workload* now (kubectl pkg/polymorphichelpers/rollout_status.go)."""
    match workload:
        case Deployment():
            return _deployment(workload)
        case StatefulSet():
            return _stateful_set(workload)
        case DaemonSet():
            return _daemon_set(workload)


def is_rolling_out(workload: Workload) -> bool:
    """Whether its controller replaces pods; one that lacks some after its rollout (on a lost node) only lacks them.

    kubectl, and so `rollout`, waits for both alike.
    """
    if rollout(workload).phase is not Phase.RUNNING:
        return False
    if not is_observed(workload):
        return True
    match workload:
        case Deployment():
            progressing = condition(workload, "Progressing")
            return progressing is None or progressing.reason != ROLLED_OUT
        case StatefulSet():
            return workload.status.update_revision != workload.status.current_revision
        case DaemonSet():
            return workload.status.updated_number_scheduled < workload.status.desired_number_scheduled


def revision_number(annotations: Mapping[str, str]) -> int:
    """Which revision a Deployment or ReplicaSet says it is; 0 where it does not."""
    text = annotations.get(REVISION, "")
    return int(text) if _REVISION_NUMBER.fullmatch(text) else 0


def is_observed(workload: Workload) -> bool:
    """Whether the controller has seen the spec as it is now."""
    return workload.status.observed_generation >= workload.metadata.generation


def condition(deployment: Deployment, kind: str) -> Condition | None:
    """The condition of that type."""
    return next((one for one in deployment.status.conditions if one.type == kind), None)


def _deployment(it: Deployment) -> Rollout:
    status, wanted = it.status, it.spec.replicas
    ready = min(status.available_replicas, status.updated_replicas)
    if not is_observed(it):
        return Rollout(Phase.RUNNING, "waiting for deployment spec update to be observed", 0, wanted)
    progressing = condition(it, "Progressing")
    if progressing is not None and progressing.reason == TIMED_OUT:
        return Rollout(Phase.STALLED, "exceeded its progress deadline", ready, wanted)
    if status.updated_replicas < wanted:
        line = f"{status.updated_replicas} out of {wanted} new replicas have been updated"
        return Rollout(Phase.RUNNING, line, ready, wanted)
    if status.replicas > status.updated_replicas:
        old = status.replicas - status.updated_replicas
        return Rollout(Phase.RUNNING, f"{old} old replicas are pending termination", ready, wanted)
    if status.available_replicas < status.updated_replicas:
        line = f"{status.available_replicas} of {status.updated_replicas} updated replicas are available"
        return Rollout(Phase.RUNNING, line, ready, wanted)
    return Rollout(Phase.DONE, "successfully rolled out", ready, wanted)


def _stateful_set(it: StatefulSet) -> Rollout:
    status, wanted = it.status, it.spec.replicas
    ready = min(status.ready_replicas, status.updated_replicas)
    if not updates_by_itself(it):
        return Rollout(Phase.DONE, ON_DELETE, status.ready_replicas, wanted)
    if not is_observed(it):
        return Rollout(Phase.RUNNING, "waiting for statefulset spec update to be observed", 0, wanted)
    if status.ready_replicas < wanted:
        return Rollout(Phase.RUNNING, f"waiting for {wanted - status.ready_replicas} pods to be ready", ready, wanted)
    rolling = it.spec.update_strategy.rolling_update
    if rolling is not None:
        partition = rolling.partition or 0
        due = max(wanted - partition, 0)
        if status.updated_replicas < due:
            line = f"{status.updated_replicas} out of {due} new pods have been updated"
            return Rollout(Phase.RUNNING, line, ready, wanted)
        line = f"partitioned roll out complete: {status.updated_replicas} new pods have been updated"
        return Rollout(Phase.DONE, line, status.ready_replicas, wanted)
    if status.update_revision != status.current_revision:
        line = f"{status.updated_replicas} pods at revision {status.update_revision}"
        return Rollout(Phase.RUNNING, line, ready, wanted)
    return Rollout(Phase.DONE, f"rolling update complete {status.current_replicas} pods", status.ready_replicas, wanted)


def updates_by_itself(it: Workload) -> bool:
    """Whether its controller replaces pods: with OnDelete it waits until somebody deletes them."""
    return isinstance(it, Deployment) or it.spec.update_strategy.type != "OnDelete"


def _daemon_set(it: DaemonSet) -> Rollout:
    status = it.status
    wanted = status.desired_number_scheduled
    ready = min(status.number_available, status.updated_number_scheduled)
    if not updates_by_itself(it):
        return Rollout(Phase.DONE, ON_DELETE, status.number_available, wanted)
    if not is_observed(it):
        return Rollout(Phase.RUNNING, "waiting for daemon set spec update to be observed", 0, wanted)
    if status.updated_number_scheduled < wanted:
        line = f"{status.updated_number_scheduled} out of {wanted} new pods have been updated"
        return Rollout(Phase.RUNNING, line, ready, wanted)
    if status.number_available < wanted:
        return Rollout(
            Phase.RUNNING, f"{status.number_available} of {wanted} updated pods are available", ready, wanted
        )
    return Rollout(Phase.DONE, "successfully rolled out", ready, wanted)
