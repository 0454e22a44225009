"""Kubernetes quantities: `250m`, `1Gi`, `1500n`; exact, compared and added as numbers."""

import re
from decimal import ROUND_CEILING, Decimal

_SUFFIXES = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    "k": Decimal(1000),
    "M": Decimal(1000) ** 2,
    "G": Decimal(1000) ** 3,
    "T": Decimal(1000) ** 4,
    "P": Decimal(1000) ** 5,
    "E": Decimal(1000) ** 6,
    "Ki": Decimal(1024),
    "Mi": Decimal(1024) ** 2,
    "Gi": Decimal(1024) ** 3,
    "Ti": Decimal(1024) ** 4,
    "Pi": Decimal(1024) ** 5,
    "Ei": Decimal(1024) ** 6,
}
_PATTERN = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i)?)")


def parse(text: str) -> Decimal:
    """The number behind a quantity: `250m` → 0.25, `1Ki` → 1024. Raises ValueError."""
    found = _PATTERN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"“{text[:40]}” is no quantity")
    number, exponent, suffix = found.groups()
    return Decimal(number + (exponent or "")) * _SUFFIXES[suffix or ""]


def millicores(text: str) -> int:
    """CPU in thousandths of a core, rounded up as kubectl does."""
    return int((parse(text) * 1000).to_integral_value(ROUND_CEILING))


def mebibytes(text: str) -> int:
    """Memory in whole MiB, rounded down as kubectl top does."""
    return int(parse(text)) // 1024**2
