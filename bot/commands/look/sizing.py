"""Advice on what a container requests and may use: the house's rules over one look at it."""

from collections.abc import Mapping
from decimal import Decimal

from bot.model.kube.pods import ResourceRequirements
from bot.model.quantity import parse

TIGHT, WIDE = 2, 4
"""Limits are to be 2 to 4 times the requests: less leaves no room for a peak, more promises what nodes do not have."""
NEAR = Decimal("0.9")
"""Of a limit in use: what is above is killed (memory) or slowed (CPU)."""
NAMES = {"cpu": "CPU", "memory": "memory"}


def ratio(declared: ResourceRequirements, resource: str) -> Decimal | None:
    """How many times the request the limit is; None without both."""
    request, limit = _amount(declared.requests, resource), _amount(declared.limits, resource)
    return limit / request if request and limit else None


def advice(declared: ResourceRequirements, used: Mapping[str, Decimal]) -> list[str]:
    """What should be looked at, the CPU first; *used* lacks what nobody measured."""
    if not declared.requests and not declared.limits:
        return ["nothing is set"]
    return [
        f"{NAMES[resource]}: {found}"
        for resource in NAMES
        for found in (_declared(declared, resource), _in_use(declared, used, resource))
        if found
    ]


def _declared(declared: ResourceRequirements, resource: str) -> str:
    if not _amount(declared.requests, resource):
        return "no request"
    times = ratio(declared, resource)
    if times is None:
        return "no limit"
    if times < TIGHT:
        return "limit too tight"
    return "limit too wide" if times > WIDE else ""


def _in_use(declared: ResourceRequirements, used: Mapping[str, Decimal], resource: str) -> str:
    now, limit = used.get(resource, Decimal(0)), _amount(declared.limits, resource)
    if limit and now >= limit * NEAR:
        return f"{int(now / limit * 100)}% of its limit in use"
    request = _amount(declared.requests, resource)
    return "uses more than it requests" if request and now > request else ""


def _amount(amounts: Mapping[str, str], resource: str) -> Decimal:
    return parse(amounts.get(resource, "0"))
