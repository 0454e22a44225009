"""Drift: what changed, in an operator's words."""

import pytest

from bot.engine.drift import drift
from bot.model.plan import Json, Observed, Step
from bot.model.refs import ObjectRef

PLANNED: dict[str, Json] = {"uid": "u1", "generation": 4, "image": "1.8.2", "replicas": 4, "paused": None, "hpa": ["a"]}

NOW: dict[str, tuple[dict[str, Json], str]] = {
    "nothing": ({}, ""),
    "more than is compared": ({"color": "red"}, ""),
    "a tuple where JSON has a list": ({"hpa": ("a",)}, ""),
    "one field": ({"image": "1.8.3", "generation": 5}, "image 1.8.2 → 1.8.3"),
    "a field that came": ({"paused": True}, "paused nothing → true"),
    "a list": ({"hpa": ["a", "b"]}, 'hpa ["a"] → ["a","b"]'),
    "only the generation": ({"generation": 5}, "generation 4 → 5"),
    "many": (
        {"image": "2", "replicas": 5, "paused": True, "hpa": []},
        "image 1.8.2 → 2, replicas 4 → 5, paused nothing → true, and 1 more",
    ),
}


@pytest.mark.parametrize(("now", "words"), list(NOW.values()), ids=list(NOW))
def test_drift_says_what_changed(now: dict[str, Json], words: str) -> None:
    step = Step(ObjectRef("deployment", "web", "shop"), PLANNED, {})
    sentence = f"deployment/web changed since this was planned: {words}." if words else ""
    assert drift(step, Observed(PLANNED | now)) == sentence


def test_another_object_of_the_same_name_is_told_as_such() -> None:
    step = Step(ObjectRef("deployment", "web", "shop"), PLANNED, {})
    now = Observed(PLANNED | {"uid": "u2", "image": "9"})
    assert drift(step, now) == "deployment/web was deleted and created anew since this was planned."
