"""Kubernetes quantities, as far as scheduling and metrics need them."""

import re

_SUFFIXES = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50,
}  # fmt: skip
_QUANTITY = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]*)")


def amount(text: str | float) -> float:
    """Return the number that a quantity stands for (raises ValueError)."""
    found = _QUANTITY.fullmatch(str(text))
    if found is None or found[2] not in _SUFFIXES:
        raise ValueError(f"not a quantity: {text}")
    return float(found[1]) * _SUFFIXES[found[2]]


def cores(value: float) -> str:
    """Spell CPU as metrics-server does."""
    return f"{int(value * 1e9)}n" if value else "0"


def kibibytes(value: float) -> str:
    return f"{int(value / 1024)}Ki"
