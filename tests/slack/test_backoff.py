"""How long to wait before the next try."""

from bot.slack.backoff import full_jitter


def test_the_bound_doubles_up_to_the_longest() -> None:
    assert [full_jitter(attempt, lambda: 1.0) for attempt in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_anything_below_the_bound_may_come_so_that_replicas_do_not_return_together() -> None:
    shares = iter((0.0, 0.25, 0.5))
    assert [full_jitter(3, lambda: next(shares)) for _ in range(3)] == [0, 2, 4]
