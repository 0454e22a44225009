"""What pods have reserved of a node: kubectl describe's "Allocated resources"."""

from collections.abc import Sequence
from decimal import Decimal

from bot.commands.workloads.capacity import limits, requests
from bot.model.kube.nodes import Node
from bot.model.kube.pods import Pod
from bot.model.pod_status import is_finished
from bot.model.quantity import mebibytes, millicores, parse
from bot.model.reply import Table


def allocated(node: Node, pods: Sequence[Pod]) -> Table:
    """Requests and limits of the node's pods against what it can give."""
    here = [pod for pod in pods if not is_finished(pod)]
    reserved = {name: sum((requests(pod.spec)[name] for pod in here), Decimal(0)) for name in ("cpu", "memory")}
    allowed = {name: sum((limits(pod.spec)[name] for pod in here), Decimal(0)) for name in ("cpu", "memory")}
    rows = tuple(
        (name, _amount(name, reserved[name], node), _amount(name, allowed[name], node)) for name in ("cpu", "memory")
    )
    return Table(("ALLOCATED", "REQUESTS", "LIMITS"), rows)


def _amount(resource: str, amount: Decimal, node: Node) -> str:
    """`250m (12%)`."""
    whole = parse(node.status.allocatable.get(resource, "0"))
    shown = f"{millicores(str(amount))}m" if resource == "cpu" else f"{mebibytes(str(amount))}Mi"
    return f"{shown} ({int(amount * 100 / whole)}%)" if whole else shown
