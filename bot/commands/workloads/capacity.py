"""Whether more pods of a workload fit on the nodes, as far as requests tell."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from bot.model.kube.nodes import Node
from bot.model.kube.pods import Container, Pod, PodSpec
from bot.model.pod_status import is_finished
from bot.model.quantity import parse

RESOURCES = ("cpu", "memory")


def requests(spec: PodSpec) -> dict[str, Decimal]:
    """What the scheduler reserves."""
    return _together(spec, lambda one: one.resources.requests)


def limits(spec: PodSpec) -> dict[str, Decimal]:
    """What its containers may use; one without a limit counts nothing, as in `kubectl describe node`."""
    return _together(spec, lambda one: one.resources.limits)


def _together(spec: PodSpec, amounts: Callable[[Container], dict[str, str]]) -> dict[str, Decimal]:
    """All containers and sidecars together, or the largest init container if that is more."""
    sidecars = [one for one in spec.init_containers if one.restart_policy == "Always"]
    once = [one for one in spec.init_containers if one.restart_policy != "Always"]
    return {
        resource: max(
            sum((_amount(amounts(one), resource) for one in (*spec.containers, *sidecars)), Decimal(0)),
            max((_amount(amounts(one), resource) for one in once), default=Decimal(0)),
        )
        for resource in RESOURCES
    }


def _amount(given: dict[str, str], resource: str) -> Decimal:
    return parse(given.get(resource, "0"))


def room(nodes: Iterable[Node], pods: Sequence[Pod], spec: PodSpec) -> int | None:
    """How many more pods of *spec* the ready, uncordoned nodes take; None when it requests nothing.

    Affinity, taints and volumes are left to the scheduler: the answer is at best this many.
    """
    wanted = {resource: amount for resource, amount in requests(spec).items() if amount}
    if not wanted:
        return None
    total = 0
    for node in nodes:
        if node.spec.unschedulable or node.ready is None or node.ready.status != "True":
            continue
        here = [pod for pod in pods if pod.spec.node_name == node.metadata.name and not is_finished(pod)]
        used = {resource: sum((requests(pod.spec)[resource] for pod in here), Decimal(0)) for resource in wanted}
        free = {name: parse(node.status.allocatable.get(name, "0")) - used[name] for name in wanted}
        total += max(0, int(min(free[resource] // wanted[resource] for resource in wanted)))
    return total
