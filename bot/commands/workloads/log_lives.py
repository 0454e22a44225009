"""Lives of containers: each run of one has a log; which there are, what changed, what may still come. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.model.kube.pods import ContainerStatus, Pod
from bot.model.logs import LogSource
from bot.model.pod_status import is_finished


@dataclass(frozen=True, slots=True)
class Life:
    """One run of a container that has begun."""

    uid: str
    """Of its pod."""
    source: LogSource
    restarts: int


def lives(pods: Sequence[Pod], container: str) -> list[Life]:
    """What has something to read: of each pod the present run of the container that is meant."""
    return [
        Life(pod.metadata.uid, LogSource(pod.metadata.name, status.name), status.restart_count)
        for pod in pods
        if (status := _status(pod, container)) is not None and _has_begun(status)
    ]


def may_write(pod: Pod, container: str) -> bool:
    """Whether the container that is meant runs, or may run again."""
    status = _status(pod, container)
    ended = status.state.terminated if status is not None else None
    if is_finished(pod) or ended is None:
        return not is_finished(pod)
    is_init = any(status is one for one in pod.status.init_container_statuses)
    policy = "OnFailure" if is_init and pod.spec.restart_policy == "Always" else pod.spec.restart_policy
    return policy == "Always" or (policy == "OnFailure" and ended.exit_code != 0)


def news(before: Sequence[Pod], after: Sequence[Pod], container: str) -> list[str]:
    """What happened between two looks, a sentence each: whose lines come from now on, and whose no more."""
    old, new = ({pod.metadata.uid: pod for pod in pods} for pods in (before, after))
    return [
        *(f"{pod.metadata.name} is gone" for uid, pod in old.items() if uid not in new),
        *(f"{pod.metadata.name} has joined" for uid, pod in new.items() if uid not in old),
        *(
            f"{pod.metadata.name} has restarted, {_times(_restarts(pod, container))}"
            for uid, pod in new.items()
            if uid in old and _restarts(pod, container) > _restarts(old[uid], container)
        ),
    ]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _restarts(pod: Pod, container: str) -> int:
    status = _status(pod, container)
    return status.restart_count if status is not None else 0


def _has_begun(status: ContainerStatus) -> bool:
    states = (status.state.running, status.state.terminated, status.last_state.terminated)
    return any(state is not None for state in states)


def _status(pod: Pod, container: str) -> ContainerStatus | None:
    name = container or pod.default_container
    every = (*pod.status.container_statuses, *pod.status.init_container_statuses)
    return next((one for one in every if one.name == name), None)
