"""What keeps a pod from being ready, with its evidence, in one line for people."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from bot.model.kube.pods import ContainerStatus, Pod, Terminated
from bot.model.pod_status import is_finished, is_ready
from bot.model.redaction import redact

HOPELESS = frozenset(
    {"CrashLoopBackOff", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError"}
)
"""Waiting reasons that do not heal by waiting a little longer: a rollout that meets one has stalled."""

IN_WORDS = {
    "ContainerCreating": "creating its container",
    "PodInitializing": "initialising",
    "ErrImagePull": "cannot pull its image yet",
}


class Weight(IntEnum):
    """How bad: the worst pod is the one to name."""

    STARTING = 0
    NOT_READY = 1
    UNSCHEDULABLE = 2
    FAILING = 3
    HOPELESS = 4


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why one pod is not ready."""

    pod: str
    weight: Weight
    text: str
    container: str = ""
    is_silent_crash: bool = False
    """It ended with an error and left no termination message: its log may say more."""

    @property
    def line(self) -> str:
        """`instance-worker-7c9-k8d: CrashLoopBackOff, exit 1: …`."""
        return f"{self.pod}: {self.text}"


def trouble(pod: Pod) -> Trouble | None:
    """What is wrong with *pod* now; None for one that is ready, leaving or done."""
    if is_ready(pod) or pod.metadata.deletion_timestamp is not None or pod.status.phase == "Succeeded":
        return None
    return _of_containers(pod) or _of_pod(pod)


def worst(pods: Iterable[Pod]) -> Trouble | None:
    """The gravest trouble among *pods*, the first by name of equals."""
    troubles = [found for pod in sorted(pods, key=lambda one: one.metadata.name) if (found := trouble(pod))]
    return max(troubles, key=lambda one: one.weight, default=None)


def exit_text(ended: Terminated) -> str:
    """`exit 1: KeyError: 'BROKER_URL'`, `OOMKilled, exit 137`: how a container ended, with its own last words."""
    reason = ended.reason if ended.reason not in ("", "Error", "Completed") else ""
    how = f"signal {ended.signal}" if ended.signal else f"exit {ended.exit_code}"
    words = redact(ended.message).strip().rsplit("\n", 1)[-1].strip()
    return ", ".join(part for part in (reason, how) if part) + (f": `{words.replace('`', '’')}`" if words else "")


def _of_containers(pod: Pod) -> Trouble | None:
    troubles = [
        found
        for status in (*pod.status.init_container_statuses, *pod.status.container_statuses)
        if (found := _of_container(pod, status))
    ]
    return max(troubles, key=lambda one: one.weight, default=None)


def _of_container(pod: Pod, status: ContainerStatus) -> Trouble | None:
    waiting, ended, last = status.state.waiting, status.state.terminated, status.last_state.terminated
    name = pod.metadata.name
    if waiting is not None and waiting.reason == "CrashLoopBackOff":
        how = f"CrashLoopBackOff, {exit_text(last)}" if last else "CrashLoopBackOff"
        return Trouble(name, Weight.HOPELESS, how, status.name, is_silent_crash=last is None or not last.message)
    if waiting is not None and waiting.reason in HOPELESS:
        evidence = redact(waiting.message).strip()
        return Trouble(name, Weight.HOPELESS, ", ".join(part for part in (waiting.reason, evidence) if part))
    if ended is not None and ended.exit_code != 0:
        return Trouble(name, Weight.FAILING, exit_text(ended))
    if waiting is not None and waiting.reason:
        said = IN_WORDS.get(waiting.reason, waiting.reason)
        return Trouble(name, Weight.STARTING, said)
    if last is not None and last.exit_code != 0 and not status.ready:
        return Trouble(name, Weight.FAILING, f"restarted {status.restart_count} times, {exit_text(last)}")
    return None


def _of_pod(pod: Pod) -> Trouble:
    name = pod.metadata.name
    if is_finished(pod):
        return Trouble(name, Weight.FAILING, pod.status.reason or "failed")
    for condition in pod.status.conditions:
        if condition.type == "PodScheduled" and condition.status == "False" and condition.reason == "Unschedulable":
            return Trouble(name, Weight.UNSCHEDULABLE, f"no node takes it: {condition.said}")
    if pod.status.phase == "Pending":
        return Trouble(name, Weight.STARTING, "waiting to start")
    return Trouble(name, Weight.NOT_READY, "running, not ready")
