"""What a restart or rollout of a workload means for its pods: facts and warnings of a card."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from bot.commands.workloads.find import images_of, ready_of, replicas_of
from bot.commands.workloads.taken_up import unseen
from bot.model.counting import counted
from bot.model.durations import age, spoken
from bot.model.kube.pods import Pod
from bot.model.kube.workloads import DaemonSet, Deployment, StatefulSet
from bot.model.plan import Fact, Phase
from bot.model.rollout import Workload, is_observed, rollout

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
"""Annotation of the pod template that kubectl's and our restart set."""

LATELY = timedelta(minutes=10)
"""A second restart within it is more often a mistake than meant."""


def strategy(workload: Workload) -> str:
    """How its pods are replaced, and what that means for these pods."""
    wanted = replicas_of(workload)
    all_pods = "its only pod stops" if wanted == 1 else f"all {wanted} pods stop"
    match workload:
        case Deployment() if workload.spec.strategy.type == "Recreate":
            return f"Recreate: {all_pods} before new ones start"
        case Deployment():
            surge, unavailable = rolling_bounds(workload)
            fewer = f"never fewer than {wanted - unavailable} of {wanted}" if wanted else "no pods run now"
            return f"RollingUpdate: {surge} more at a time, {fewer}"
        case StatefulSet() if workload.spec.update_strategy.type == "OnDelete":
            return "OnDelete: no pod changes until somebody deletes it"
        case StatefulSet():
            return "RollingUpdate: one pod after the other, the last first; each is away while it restarts"
        case DaemonSet():
            return "RollingUpdate: node by node; each node is without its pod for a moment"


def rolling_bounds(deployment: Deployment) -> tuple[int, int]:
    """maxSurge rounded up and maxUnavailable rounded down, as the controller resolves them; never both 0."""
    wanted = deployment.spec.replicas
    bounds = deployment.spec.strategy.rolling_update
    surge = _share(bounds.max_surge if bounds else None, wanted, up=True)
    unavailable = _share(bounds.max_unavailable if bounds else None, wanted, up=False)
    return (surge, unavailable) if surge or unavailable else (0, 1)


def _share(value: int | str | None, wanted: int, *, up: bool) -> int:
    """`25%` of *wanted*, rounded; absent means 25% as the API server defaults it."""
    text = str(value if value is not None else "25%")
    if not text.endswith("%"):
        return int(text)
    percent = int(text[:-1]) * wanted
    return -(-percent // 100) if up else percent // 100


def away(workload: Workload, pods: Sequence[Pod]) -> str:
    """How long nothing answers, judged by how long the pods that run now took to become ready."""
    took = start_time(pods)
    about = f"about {spoken(took)}: its pods took that long to become ready" if took else "unknown: no pod is ready now"
    if not replicas_of(workload):
        return "nothing: it has no pods"
    match workload:
        case Deployment() if workload.spec.strategy.type == "Recreate":
            return about
        case Deployment():
            _, unavailable = rolling_bounds(workload)
            return (
                "nothing: new pods are ready before old ones stop"
                if not unavailable
                else f"{counted(unavailable, 'pod')}, {about}"
            )
        case _:
            return f"one pod at a time, {about}"


def start_time(pods: Sequence[Pod]) -> timedelta | None:
    """The median from a pod's creation to its becoming ready; a pod that crashed since is no measure and left out."""
    times = [
        (condition.last_transition_time - pod.metadata.creation_timestamp).total_seconds()
        for pod in pods
        for condition in pod.status.conditions
        if condition.type == "Ready"
        and condition.status == "True"
        and condition.last_transition_time is not None
        and pod.metadata.creation_timestamp is not None
        and not any(status.restart_count for status in pod.status.container_statuses)
    ]
    return timedelta(seconds=median(times)) if times else None


def pods_line(workload: Workload, revision: int) -> str:
    """`4 of 4 ready · revision 12 · image …:1.8.2`."""
    at = f" · revision {revision}" if revision else ""
    return f"{ready_of(workload)} of {replicas_of(workload)} ready{at} · image {short_image(images_of(workload))}"


def short_image(images: str) -> str:
    """Images without their registry and path: what differs stands at the end."""
    return ", ".join(image.rsplit("/", 1)[-1] for image in images.split(", "))


def rollout_facts(workload: Workload, pods: Sequence[Pod], revision: int) -> tuple[Fact, ...]:
    """What an approver must know before pods are replaced, the costliest first."""
    return (
        Fact("Strategy", strategy(workload)),
        Fact("Away", away(workload, pods)),
        Fact("Pods", pods_line(workload, revision)),
    )


def rollout_warnings(workload: Workload, now: datetime) -> list[str]:
    """What makes replacing the pods riskier than it looks."""
    found = unseen(workload)
    name = f"{type(workload).__name__.lower()}/{workload.metadata.name}"
    if is_observed(workload) and (seen := rollout(workload)).phase is not Phase.DONE:
        state = "has stalled" if seen.phase is Phase.STALLED else "is still running"
        found.append(f"A rollout of {name} {state}: {seen.line}")
    if replicas_of(workload) == 1 and ready_of(workload) and not _has_no_gap(workload):
        found.append(f"{name} has one replica: while it restarts, nothing answers")
    if since := restarted_since(workload, now):
        found.append(f"{name} was restarted {age(since)} ago")
    return found


def restarted_since(workload: Workload, now: datetime) -> timedelta | None:
    """How long ago its last restart was, if that is lately."""
    text = workload.spec.template.metadata.annotations.get(RESTARTED_AT, "")
    try:
        elapsed = now - datetime.fromisoformat(text.replace("Z", "+00:00"))
    except (ValueError, TypeError):
        return None
    return elapsed if timedelta(0) <= elapsed < LATELY else None


def takes_pods_away(workload: Workload) -> bool:
    """Whether fewer pods than wanted run for a while."""
    return not _has_no_gap(workload) and replicas_of(workload) > 0


def _has_no_gap(workload: Workload) -> bool:
    """Whether a new pod is ready before the old one stops."""
    return (
        isinstance(workload, Deployment)
        and workload.spec.strategy.type != "Recreate"
        and not rolling_bounds(workload)[1]
    )
