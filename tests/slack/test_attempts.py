"""What a process remembers of its own deliveries, and what it has to suppose of others'."""

import pytest

from bot.model.outgoing import Card, Message
from bot.ports_slack import Delivery
from bot.slack.attempts import Attempts

CLAIMED_AT = 50.0


def delivery(attempts: int) -> Delivery:
    return Delivery(1, Card("k", "C1", Message("one")), None, None, attempts)


@pytest.mark.parametrize(
    ("tried", "claims", "unheard_at"),
    [
        pytest.param([], 0, None, id="never tried"),
        pytest.param([], 1, CLAIMED_AT, id="tried by another process"),
        pytest.param([(10.0, True)], 1, 10.0, id="ours may have arrived"),
        pytest.param([(10.0, False)], 1, None, id="ours surely did not"),
        pytest.param([(10.0, True), (20.0, False)], 2, 20.0, id="the one before it may have arrived"),
        pytest.param([(10.0, False), (20.0, True)], 2, 20.0, id="the last may have arrived"),
        pytest.param([(10.0, False)], 2, CLAIMED_AT, id="another process tried after us"),
    ],
)
def test_what_may_have_arrived_unheard(tried: list[tuple[float, bool]], claims: int, unheard_at: float | None) -> None:
    attempts = Attempts()
    for number, (ended_at, reached) in enumerate(tried):
        attempts.remember(delivery(number), now=ended_at, reached=reached)
    assert attempts.unheard_at(delivery(claims), CLAIMED_AT) == unheard_at


def test_what_has_arrived_is_forgotten() -> None:
    attempts = Attempts()
    attempts.remember(delivery(0), now=10.0, reached=True)
    attempts.forget("k")
    assert attempts.unheard_at(delivery(1), CLAIMED_AT) == CLAIMED_AT
