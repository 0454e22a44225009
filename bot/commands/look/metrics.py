"""What pods and nodes use now, or what to install where nobody measures it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from bot.errors import NotFound, Rejected, Unreachable
from bot.model.bars import bar
from bot.model.chart import ChartRow, Reach
from bot.model.kube.usage import NodeUsage, PodUsage
from bot.model.quantity import mebibytes, millicores, parse
from bot.ports import ClusterReader

SEVERAL = 2
"""Cores or gibibytes from which a figure is told in them; below it, in thousandths and mebibytes."""
GIBIBYTE = 1024**3

FEWEST_BARS = 2
"""Of a picture: one alone is read quicker than looked at."""

U = TypeVar("U", PodUsage, NodeUsage)


async def usage(cluster: ClusterReader, kind: type[U], namespace: str = "", *, selector: str = "") -> Sequence[U]:
    """Current usage. Raises NotFound, saying what to install, where the metrics API is not served."""
    try:
        return await cluster.list(kind, namespace, selector=selector)
    except (NotFound, Unreachable, Rejected) as error:
        raise NotFound(
            "This cluster does not measure usage: nothing serves metrics.k8s.io.",
            hint="Install metrics-server (https://github.com/kubernetes-sigs/metrics-server), then ask again.",
        ) from error


def cores(amount: Decimal) -> str:
    """`250m`: kubectl top's CPU."""
    return f"{millicores(str(amount))}m"


def mebis(amount: Decimal) -> str:
    """`64Mi`: kubectl top's memory."""
    return f"{mebibytes(str(amount))}Mi"


def whole_millicores(amount: Decimal) -> Decimal:
    """CPU as kubectl divides it: in thousandths, rounded up."""
    return Decimal(millicores(str(amount))) / 1000


def against(used: Decimal, limit: Decimal) -> str:
    """`▓▓▓░░░░░░░ 31%`, or nothing without a limit."""
    return f"{bar(float(used / limit))} {int(used / limit * 100)}%" if limit else ""


def cpu_reach(used: Decimal, limit: Decimal) -> Reach:
    """A bar of CPU; its figures in cores where there are several, for they stand in little room."""
    if limit >= SEVERAL:
        return _reach(used, limit, f"{used:.1f} of {float(limit):.3g} cores")
    return _reach(used, limit, f"{cores(used)} of {cores(limit)}" if limit else f"{cores(used)}, no limit")


def memory_reach(used: Decimal, limit: Decimal) -> Reach:
    """A bar of memory; its figures in Gi where there are several."""
    if limit >= SEVERAL * GIBIBYTE:
        return _reach(used, limit, f"{used / GIBIBYTE:.1f} of {float(limit / GIBIBYTE):.3g} Gi")
    return _reach(used, limit, f"{mebis(used)} of {mebis(limit)}" if limit else f"{mebis(used)}, no limit")


def _reach(used: Decimal, limit: Decimal, told: str) -> Reach:
    return Reach(told, (float(used / limit),) if limit else ())


def fullness(row: ChartRow) -> float:
    """How full its fullest bar is."""
    return max((sum(one.pieces) for one in row.reaches), default=0.0)


def total(quantities: Sequence[str]) -> Decimal:
    """The sum of quantities; those not given count nothing."""
    return sum((parse(quantity) for quantity in quantities if quantity), Decimal(0))
