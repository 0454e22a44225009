"""How much CPU and memory a pod asks for, exact, and spelled as the API server spells a sum. Pure."""

import re
from decimal import Decimal

from playground.cluster.kobject import Object

_SCALES = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("kMGTPE", start=1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", start=1)},
}
_QUANTITY = re.compile(r"([+-]?[0-9.]+)(?:[eE]([+-]?[0-9]+))?([A-Za-z]*)")
_BINARY = ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki")
_DECIMAL = ("E", "P", "T", "G", "M", "k", "", "m", "u", "n")


def quantity(text: str) -> Decimal:
    """The number that it stands for (raises ValueError)."""
    found = _QUANTITY.fullmatch(text)
    if found is None or found[3] not in _SCALES:
        raise ValueError(f"not a quantity: {text}")
    return Decimal(f"{found[1]}e{found[2] or 0}") * _SCALES[found[3]]


def spelled(name: str, amount: Decimal) -> str:
    """In the largest unit that leaves no fraction: `1500m`, `2`, `96Mi`."""
    suffixes = (*_BINARY, "") if name.endswith("memory") else _DECIMAL
    whole = (suffix for suffix in suffixes if amount and amount % _SCALES[suffix] == 0)
    suffix = next(whole, "")
    return f"{int(amount / _SCALES[suffix])}{suffix}"


def asked_for(spec: Object, part: str, resource: str) -> Decimal:
    """What a pod asks for: its containers and sidecars together, or what one start needs, whichever is more."""
    together = sum((_of(one, part, resource) for one in spec.get("containers") or ()), Decimal())
    sidecars = most = Decimal()
    for one in spec.get("initContainers") or ():
        wanted = _of(one, part, resource)
        if one.get("restartPolicy") == "Always":
            sidecars += wanted
            most = max(most, sidecars)
        else:
            most = max(most, sidecars + wanted)
    return max(together + sidecars, most)


def _of(container: Object, part: str, resource: str) -> Decimal:
    asked = (container.get("resources") or {}).get(part) or {}
    return quantity(str(asked[resource])) if resource in asked else Decimal()
