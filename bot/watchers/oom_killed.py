"""oom_killed: the kernel ended a container for memory, once or in a loop, in its last life or the one before."""

from datetime import datetime, timedelta

from bot.model.kube.pods import ContainerStatus, WatchedPod
from bot.model.symptom import AT_ONCE, Fault, Symptom
from bot.spec import Watcher
from bot.watchers.containers import containers, symptom
from bot.watchers.crash_loop import OUT_OF_MEMORY, is_out_of_memory
from bot.watchers.owners import is_of_job

RECENT = timedelta(minutes=10)
"""A kill that is older, of a container that runs since, was told then or is told no more."""


def symptoms(pod: WatchedPod, now: datetime) -> list[Symptom]:
    """Containers that were killed for memory lately, or cannot start again since."""
    if is_of_job(pod.metadata):
        return []
    return [
        symptom(
            Fault.OOM_KILLED, pod, status, ripe_at=AT_ONCE, reason=OUT_OF_MEMORY, steady_since=_running_since(status)
        )
        for status in containers(pod)
        if is_out_of_memory(status) and not _is_old(status, now)
    ]


def _running_since(status: ContainerStatus) -> datetime | None:
    return status.state.running.started_at if status.state.running is not None else None


def _is_old(status: ContainerStatus, now: datetime) -> bool:
    since = _running_since(status)
    return since is not None and now - since > RECENT


WATCHER = Watcher(
    name="oom_killed",
    summary="The kernel ended a container because it used more memory than its limit.",
    kind=WatchedPod,
    symptoms=symptoms,
    tells=(Fault.OOM_KILLED,),
)
