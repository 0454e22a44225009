"""config_error: the kubelet cannot make a container from its spec: a Secret, ConfigMap, key or mount is missing."""

from datetime import datetime, timedelta

from bot.model.kube.pods import WatchedPod
from bot.model.symptom import Fault, Symptom
from bot.spec import Watcher
from bot.watchers.containers import begun, containers, symptom

REASONS = frozenset(
    {
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
        "PreCreateHookError",
        "PreStartHookError",
        "PostStartHookError",
    }
)
PATIENCE = timedelta(seconds=15)
"""Objects that are applied together arrive within this: the Secret a moment after the pod."""


def symptoms(pod: WatchedPod, now: datetime) -> list[Symptom]:
    """Containers that cannot be made."""
    found = []
    for status in containers(pod):
        waiting = status.state.waiting
        if waiting is not None and waiting.reason in REASONS:
            ripe_at = (begun(pod) or now) + PATIENCE
            found.append(
                symptom(
                    Fault.CONFIG_ERROR, pod, status, ripe_at=ripe_at, reason=waiting.reason, message=waiting.message
                )
            )
    return found


WATCHER = Watcher(
    name="config_error",
    summary="A container cannot be made: a Secret, ConfigMap, key or mount is missing.",
    kind=WatchedPod,
    symptoms=symptoms,
    tells=(Fault.CONFIG_ERROR,),
)
