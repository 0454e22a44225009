"""ResourceQuotas: how many pods a namespace may have. Amounts of CPU and memory are not counted. Pure."""

from collections.abc import Iterable

from playground.cluster.errors import ApiError, forbidden
from playground.cluster.kobject import Object
from playground.cluster.resources import PODS

COUNTING_PODS = ("pods", "count/pods")


def used(pods: Iterable[Object], quota: Object) -> dict[str, str]:
    """How much of what *quota* limits is used."""
    count = sum(pod.get("status", {}).get("phase") not in {"Succeeded", "Failed"} for pod in pods)
    return {name: str(count) for name in COUNTING_PODS if name in quota["spec"].get("hard", {})}


def refusal(pod: Object, pods: Iterable[Object], quotas: Iterable[Object]) -> ApiError | None:
    """What admission says to one pod more; None when it fits."""
    pods = list(pods)
    for quota in quotas:
        hard = quota["spec"].get("hard", {})
        for name, have in used(pods, quota).items():
            if int(have) + 1 > int(hard[name]):
                asked = f"requested: {name}=1, used: {name}={have}, limited: {name}={hard[name]}"
                why = f"exceeded quota: {quota['metadata']['name']}, {asked}"
                return forbidden(PODS, pod["metadata"].get("name", ""), why)
    return None
