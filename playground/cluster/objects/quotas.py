"""ResourceQuotas: how many pods a namespace may have, and how much CPU and memory they ask for. Pure.

Held to: `pods` and `count/pods`, `cpu` and `memory`, `requests.…` and `limits.…` of both; quotas without scopes.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from playground.cluster.errors import ApiError, forbidden
from playground.cluster.kobject import Object
from playground.cluster.objects.amounts import asked_for, quantity, spelled
from playground.cluster.resources import PODS

COUNTED = ("count/pods", "pods")
OF_RESOURCES = {
    "cpu": ("requests", "cpu"),
    "memory": ("requests", "memory"),
    "requests.cpu": ("requests", "cpu"),
    "requests.memory": ("requests", "memory"),
    "limits.cpu": ("limits", "cpu"),
    "limits.memory": ("limits", "memory"),
}
"""What a quota may name → where a container says it."""


def used(pods: Iterable[Object], quota: Object) -> dict[str, str]:
    """How much of what *quota* limits is used."""
    alive = [pod for pod in pods if pod.get("status", {}).get("phase") not in {"Succeeded", "Failed"}]
    return {name: spelled(name, sum((_takes(pod, name) for pod in alive), Decimal())) for name in _limited(quota)}


def refusal(pod: Object, pods: Iterable[Object], quotas: Iterable[Object]) -> ApiError | None:
    """What admission says to one pod more; None when it fits."""
    pods = list(pods)
    for quota in quotas:
        why = _unsaid(pod, quota) or _exceeded(pod, used(pods, quota), quota)
        if why:
            return forbidden(PODS, pod["metadata"].get("name", ""), why)
    return None


def _limited(quota: Object) -> dict[str, str]:
    """What of it is held to here, by name."""
    hard = quota["spec"].get("hard") or {}
    return {name: str(hard[name]) for name in sorted(hard) if name in COUNTED or name in OF_RESOURCES}


def _takes(pod: Object, name: str) -> Decimal:
    """How much of it one pod is."""
    return Decimal(1) if name in COUNTED else asked_for(pod["spec"], *OF_RESOURCES[name])


def _unsaid(pod: Object, quota: Object) -> str:
    """Who does not say how much he wants of what is limited: it could not be counted."""
    spec = pod["spec"]
    silent: dict[str, list[str]] = {}
    for name in _limited(quota):
        if name in OF_RESOURCES:
            part, resource = OF_RESOURCES[name]
            for one in [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]:
                if resource not in ((one.get("resources") or {}).get(part) or {}):
                    silent.setdefault(name, []).append(one["name"])
    told = "; ".join(f"{name} for: {','.join(sorted(who))}" for name, who in silent.items())
    return f"failed quota: {quota['metadata']['name']}: must specify {told}" if told else ""


def _exceeded(pod: Object, have: Mapping[str, str], quota: Object) -> str:
    """What would be more than there may be, all of it, in the server's order."""
    hard = _limited(quota)
    over = {
        name: _takes(pod, name)
        for name in hard
        if _takes(pod, name) and quantity(have[name]) + _takes(pod, name) > quantity(hard[name])
    }
    requested = ",".join(f"{name}={spelled(name, amount)}" for name, amount in over.items())
    before = ",".join(f"{name}={have[name]}" for name in over)
    limited = ",".join(f"{name}={hard[name]}" for name in over)
    told = f"requested: {requested}, used: {before}, limited: {limited}"
    return f"exceeded quota: {quota['metadata']['name']}, {told}" if over else ""
