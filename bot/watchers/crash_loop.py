"""crash_loop: a container ends again and again; one that is out of memory is `oom_killed`'s."""

from datetime import datetime, timedelta

from bot.model.kube.pods import ContainerStatus, WatchedPod
from bot.model.symptom import AT_ONCE, Fault, Symptom
from bot.spec import Watcher
from bot.watchers.containers import containers, symptom
from bot.watchers.owners import is_of_job

WINDOW = timedelta(minutes=10)
"""The kubelet forgets its back-off after so long a run; a shorter one before each end makes a loop."""
LOOP = 3
"""Restarts from which on short runs make a loop, though the kubelet is not backing off at this moment."""
OUT_OF_MEMORY = "OOMKilled"


def symptoms(pod: WatchedPod, now: datetime) -> list[Symptom]:
    """Containers that crash; one that runs again after crashing keeps its incident open until that has lasted."""
    if is_of_job(pod.metadata):
        return []
    return [found for status in containers(pod) if (found := _of(pod, status, now)) is not None]


def _of(pod: WatchedPod, status: ContainerStatus, now: datetime) -> Symptom | None:
    state, last = status.state, status.last_state.terminated
    if is_out_of_memory(status):
        return None
    if state.waiting is not None and state.waiting.reason == "CrashLoopBackOff":
        return symptom(Fault.CRASH_LOOP, pod, status, ripe_at=AT_ONCE, reason=state.waiting.reason)
    if status.restart_count == 0 or last is None:
        return None
    ripe_at = AT_ONCE if _is_loop(status, now) else None
    steady_since = state.running.started_at if state.running is not None else None
    if steady_since is None and state.terminated is None and state.waiting is None:
        return None
    return symptom(Fault.CRASH_LOOP, pod, status, ripe_at=ripe_at, steady_since=steady_since)


def _is_loop(status: ContainerStatus, now: datetime) -> bool:
    """A loop that the kubelet does not call one: it lives for a while each time, but never for long."""
    last = status.last_state.terminated
    if last is None or last.finished_at is None or last.started_at is None or status.restart_count < LOOP:
        return False
    return last.finished_at - last.started_at < WINDOW and now - last.finished_at < WINDOW


def is_out_of_memory(status: ContainerStatus) -> bool:
    """Whether its last end was the kernel's, for memory."""
    ended = status.state.terminated or status.last_state.terminated
    return ended is not None and ended.reason == OUT_OF_MEMORY


WATCHER = Watcher(
    name="crash_loop",
    summary="A container ends again and again.",
    kind=WatchedPod,
    symptoms=symptoms,
    tells=(Fault.CRASH_LOOP,),
)
