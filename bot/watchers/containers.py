"""The containers of a pod that watchers speak of, each with its outline."""

from collections.abc import Iterator
from datetime import datetime

from bot.model.kube.pods import ContainerStatus, WatchedPod
from bot.model.symptom import Fault, Symptom
from bot.watchers.owners import owner_of_pod, subject_of


def containers(pod: WatchedPod) -> Iterator[ContainerStatus]:
    """Every container that may still do something: no pod that leaves or is done, no init container that succeeded."""
    if pod.metadata.deletion_timestamp is not None or pod.status.phase in ("Succeeded", "Failed"):
        return
    for status in pod.status.init_container_statuses:
        ended = status.state.terminated
        if ended is None or ended.exit_code != 0:
            yield status
    yield from pod.status.container_statuses


def symptom(
    fault: Fault,
    pod: WatchedPod,
    status: ContainerStatus,
    *,
    ripe_at: datetime | None,
    reason: str = "",
    message: str = "",
    steady_since: datetime | None = None,
) -> Symptom:
    """*fault* of one container, with how it ended last."""
    ended = status.state.terminated or status.last_state.terminated
    return Symptom(
        fault=fault,
        subject=subject_of("pod", pod.metadata),
        owner=owner_of_pod(pod.metadata),
        container=status.name,
        reason=reason or (ended.reason if ended else ""),
        message=message or (ended.message if ended else ""),
        exit_code=ended.exit_code if ended else None,
        signal=ended.signal if ended else 0,
        restarts=status.restart_count,
        image=image_of(pod, status.name) or status.image,
        node=pod.spec.node_name,
        since=begun(pod),
        ripe_at=ripe_at,
        steady_since=steady_since,
    )


def image_of(pod: WatchedPod, container: str) -> str:
    """The image that was asked for."""
    outlines = (*pod.spec.containers, *pod.spec.init_containers)
    return next((one.image for one in outlines if one.name == container), "")


def begun(pod: WatchedPod) -> datetime | None:
    """When the kubelet took the pod, else when it was made."""
    return pod.status.start_time or pod.metadata.creation_timestamp
