"""What people are told of messages that wait for Slack."""

import pytest

from bot.model.backlog import Backlog


@pytest.mark.parametrize(
    ("backlog", "told"),
    [
        pytest.param(Backlog(due=0, oldest_s=0.0), "", id="nothing waits"),
        pytest.param(Backlog(due=90, oldest_s=4.0, why="Slack asks for a pause.", next_s=2.0), "", id="a burst"),
        pytest.param(
            Backlog(due=1, oldest_s=45.0), "1 message waits to be sent, the oldest for 45 s.", id="nobody sends"
        ),
        pytest.param(
            Backlog(due=40, oldest_s=300.0, why="Slack asks for a pause.", next_s=26.4),
            "40 messages wait to be sent, the oldest for 5 min. Slack asks for a pause. It is tried again in 26 s.",
            id="throttled",
        ),
    ],
)
def test_what_waits_for_long_is_told_with_the_reason(backlog: Backlog, told: str) -> None:
    assert backlog.trouble == told
