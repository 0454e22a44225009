"""What kubectl's STATUS, READY and RESTARTS columns say of a pod (kubernetes pkg/printers, printPod)."""

from dataclasses import dataclass
from datetime import datetime

from bot.model.kube.pods import ContainerStatus, Pod, Terminated

NODE_LOST = "NodeLost"
"""Pod reason once its node stopped answering."""


@dataclass(frozen=True, slots=True)
class PodSummary:
    """The computed columns of `kubectl get pods`."""

    status: str
    ready: int
    containers: int
    restarts: int
    last_restart: datetime | None


def summary(pod: Pod) -> PodSummary:
    """kubectl's columns for *pod*."""
    sidecars = frozenset(one.name for one in pod.spec.init_containers if one.restart_policy == "Always")
    init = _initialising(pod, sidecars)
    ready = sum(status.ready for status in pod.status.init_container_statuses if _runs_beside(status, sidecars))
    counted = [status for status in pod.status.init_container_statuses if status.name in sidecars]
    reason = init
    if not init or has(pod, "Initialized"):
        reason = _main(pod, init or _phase(pod))
        ready += sum(_is_up(status) for status in pod.status.container_statuses)
        counted += pod.status.container_statuses
    else:
        counted = list(pod.status.init_container_statuses)
    return PodSummary(
        status=_leaving(pod) or reason,
        ready=ready,
        containers=len(pod.spec.containers) + len(sidecars),
        restarts=sum(status.restart_count for status in counted),
        last_restart=max((at for status in counted if (at := _ended(status))), default=None),
    )


def has(pod: Pod, condition: str) -> bool:
    """Whether the condition is True."""
    return any(one.type == condition and one.status == "True" for one in pod.status.conditions)


def is_ready(pod: Pod) -> bool:
    """Whether it gets traffic."""
    return has(pod, "Ready")


def is_finished(pod: Pod) -> bool:
    """Whether all its containers ended for good."""
    return pod.status.phase in ("Succeeded", "Failed")


def _phase(pod: Pod) -> str:
    gated = any(one.type == "PodScheduled" and one.reason == "SchedulingGated" for one in pod.status.conditions)
    return "SchedulingGated" if gated else pod.status.reason or pod.status.phase


def _leaving(pod: Pod) -> str:
    if pod.metadata.deletion_timestamp is None:
        return ""
    if pod.status.reason == NODE_LOST:
        return "Unknown"
    return "" if is_finished(pod) else "Terminating"


def _initialising(pod: Pod, sidecars: frozenset[str]) -> str:
    """`Init:…` for the first init container that holds the pod up; empty when none does."""
    for place, status in enumerate(pod.status.init_container_statuses):
        ended, waiting = status.state.terminated, status.state.waiting
        if (ended is not None and ended.exit_code == 0) or (status.name in sidecars and status.started):
            continue
        if ended is not None:
            return f"Init:{_end(ended)}"
        if waiting is not None and waiting.reason not in ("", "PodInitializing"):
            return f"Init:{waiting.reason}"
        return f"Init:{place}/{len(pod.spec.init_containers)}"
    return ""


def _main(pod: Pod, reason: str) -> str:
    """The first container that waits or ended names the state; a completed one gives way to a running one."""
    for status in reversed(pod.status.container_statuses):
        ended, waiting = status.state.terminated, status.state.waiting
        if waiting is not None and waiting.reason:
            reason = waiting.reason
        elif ended is not None:
            reason = _end(ended)
    if reason == "Completed" and any(_is_up(status) for status in pod.status.container_statuses):
        return "Running" if is_ready(pod) else "NotReady"
    return reason


def _end(ended: Terminated) -> str:
    return ended.reason or (f"Signal:{ended.signal}" if ended.signal else f"ExitCode:{ended.exit_code}")


def _is_up(status: ContainerStatus) -> bool:
    waits = status.state.waiting is not None and status.state.waiting.reason != ""
    return status.ready and status.state.running is not None and not waits and status.state.terminated is None


def _runs_beside(status: ContainerStatus, sidecars: frozenset[str]) -> bool:
    return status.name in sidecars and status.started and status.state.terminated is None


def _ended(status: ContainerStatus) -> datetime | None:
    return status.last_state.terminated.finished_at if status.last_state.terminated else None
