"""Sizes of data as operators write them: every unit is binary, as Ceph counts (1K = 1024)."""

import re
from decimal import Decimal

_UNITS = {"K": 1, "M": 2, "G": 3, "T": 4, "P": 5}
_PATTERN = re.compile(r"([0-9]{1,19}(?:\.[0-9]{1,3})?)(?:([KMGTP])i?B?|B)", re.IGNORECASE | re.ASCII)

LARGEST_BYTES = 2**60
"""1 EiB; Ceph's own limit is 2**63 - 1, and nobody means that."""
SMALLEST_BYTES = 2**20
"""1 MiB; Ceph takes a quota of 1 byte, which locks an instance out."""


def parse_size(text: str) -> int:
    """`10Gi`, `10G`, `10GiB`, `1.5T`, `1000000000B` → bytes. Raises ValueError with one sentence."""
    found = _PATTERN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"“{text[:40]}” is not a size; write it like 10Gi or 500Mi")
    number, unit = found.groups()
    size_bytes = int(Decimal(number) * 1024 ** (_UNITS[unit.upper()] if unit else 0))
    if size_bytes < SMALLEST_BYTES:
        raise ValueError("a quota is at least 1Mi; to lift one is not possible here")
    if size_bytes > LARGEST_BYTES:
        raise ValueError("a quota is at most 1024Pi")
    return size_bytes


def shown(size_bytes: int) -> str:
    """`10 GiB`, `1.5 TiB`, `512 B`: at most three digits and one decimal."""
    size = float(size_bytes)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if size == int(size) or size >= 100 else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} PiB"


def typed(size_bytes: int) -> str:
    """The shortest size that `parse_size` reads back as exactly this: `10Gi`, `1536Mi`."""
    for unit, power in sorted(_UNITS.items(), key=lambda item: -item[1]):
        if size_bytes % 1024**power == 0:
            return f"{size_bytes // 1024**power}{unit}i"
    return f"{size_bytes}B"


def exact(size_bytes: int) -> str:
    """`10 GiB (10,737,418,240 bytes)`: for the card that somebody approves."""
    return f"{shown(size_bytes)} ({size_bytes:,} bytes)"
