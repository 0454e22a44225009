"""How fresh a view is, and what is said of one that cannot be trusted."""

from datetime import UTC, datetime

from bot.k8s import freshness as freshness_module
from bot.k8s.freshness import Freshness


def test_a_view_that_cannot_be_trusted_says_why() -> None:
    now = [0.0]
    fresh = Freshness("pods", lambda: now[0])
    fresh.begun()
    fresh.trouble = "not allowed"
    assert fresh.complaint == ""
    now[0] = freshness_module.SYNC_S + 1
    assert fresh.complaint == "pods are not all seen after 301 s: not allowed."
    fresh.completed(0)
    assert fresh.complaint == "Nothing was heard of pods for 301 s: not allowed."
    fresh.heard(1)
    assert fresh.complaint == ""


def test_how_fresh_a_view_is_is_told_by_the_clock_on_the_wall() -> None:
    now, wall = [1000.0], datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    fresh = Freshness("pods", lambda: now[0])
    [quiet] = fresh.streams(wall)
    assert (quiet.since, quiet.heard_at, quiet.event_at) == (wall, wall, None)
    now[0] += 10
    fresh.changes += 1
    fresh.heard(1)
    now[0] += 20
    fresh.heard(1)  # a bookmark
    now[0] += 5
    fresh.reconnects["silent"] += 1
    [told] = fresh.streams(wall)
    ago = [(wall - one).total_seconds() for one in (told.since, told.heard_at, told.event_at or wall)]
    assert (ago, told.reconnects) == ([35, 5, 25], {"silent": 1})
