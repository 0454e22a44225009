"""Drift: whether a target is still what was planned and approved, told in an operator's words."""

from collections.abc import Mapping

import msgspec

from bot.model.plan import Json, Observed, Step

SHOWN = 3
"""Differences on a card; the rest is in the plan's details."""
BOOKKEEPING = ("uid", "generation")
"""Told in words, and only when nothing plainer differs."""


def drift(step: Step, now: Observed) -> str:
    """One sentence on what changed since *step* was planned; empty when nothing did."""
    fields = msgspec.json.decode(msgspec.json.encode(now.fields))  # as the plan was stored: a tuple is a list
    changed = {name: value for name, value in step.observed.items() if fields.get(name) != value}
    if not changed:
        return ""
    if "uid" in changed:
        return f"{step.target} was deleted and created anew since this was planned."
    plain = {name: value for name, value in changed.items() if name not in BOOKKEEPING}
    return f"{step.target} changed since this was planned: {differences(plain or changed, fields)}."


def differences(before: Mapping[str, Json], now: Mapping[str, Json]) -> str:
    """`image 1.8.2 → 1.8.3, replicas 4 → 2`."""
    shown = [f"{name} {word(value)} → {word(now.get(name))}" for name, value in before.items()]
    more = [f"and {len(shown) - SHOWN} more"] if len(shown) > SHOWN else []
    return ", ".join(shown[:SHOWN] + more)


def word(value: Json) -> str:
    """A value as people write it."""
    if value is None:
        return "nothing"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
