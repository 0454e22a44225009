"""What pods and nodes use now, or what to install where nobody measures it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from bot.errors import NotFound, Rejected, Unreachable
from bot.model.kube.usage import NodeUsage, PodUsage
from bot.model.quantity import parse
from bot.ports import ClusterReader

U = TypeVar("U", PodUsage, NodeUsage)

BAR_CELLS = 10


async def usage(cluster: ClusterReader, kind: type[U], namespace: str = "", *, selector: str = "") -> Sequence[U]:
    """Current usage. Raises NotFound, saying what to install, where the metrics API is not served."""
    try:
        return await cluster.list(kind, namespace, selector=selector)
    except (NotFound, Unreachable, Rejected) as error:
        raise NotFound(
            "This cluster does not measure usage: nothing serves metrics.k8s.io.",
            hint="Install metrics-server (https://github.com/kubernetes-sigs/metrics-server), then ask again.",
        ) from error


def bar(used: Decimal, limit: Decimal) -> str:
    """`▓▓▓░░░░░░░ 31%`, or nothing without a limit."""
    if not limit:
        return ""
    share = used / limit
    filled = min(BAR_CELLS, int(share * BAR_CELLS))
    return f"{'▓' * filled}{'░' * (BAR_CELLS - filled)} {int(share * 100)}%"


def total(quantities: Sequence[str]) -> Decimal:
    """The sum of quantities; those not given count nothing."""
    return sum((parse(quantity) for quantity in quantities if quantity), Decimal(0))
