"""While Slack fails it is asked little; once anything tells that it is back, what waited goes out, the urgent first."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.errors import Unreachable
from bot.model.outgoing import Card, Lane, Message
from bot.slack.outage import Outage, is_failure
from bot.slack.web import NotSent, Refused
from tests.fakes.clocks import HandClock
from tests.slack.sending import send, texts
from tests.slack.stand import GUS, JON, MAYA, OMAR, Stand, until

ENDLESS = 1 << 30
STANDSTILL = 0
"""Of Slack's time: no pause ends by itself."""
DUE = 30


async def reconnected(stand: Stand) -> None:
    """A socket goes, its successor says hello."""
    stand.cause("drop")


async def answered(stand: Stand) -> None:
    """Somebody asks who Jon is."""
    await stand.side.directory.person("T0SAASODOO", JON, fresh=True)


def put_thirty(stand: Stand) -> None:
    """Ten of each lane, those that may wait first."""
    for number in range(DUE):
        lane = (Lane.PROGRESS, Lane.ALERT, Lane.APPROVAL)[number // 10]
        stand.outbox.put(Card(f"k{number}", stand.channel("ops"), Message(lane.name), lane))


@pytest.mark.parametrize("tells", [reconnected, answered], ids=["a socket comes back", "another call is answered"])
async def test_what_was_set_back_goes_out_once_anything_tells_that_slack_is_back(
    stand: Stand, tells: Callable[[Stand], Awaitable[None]]
) -> None:
    stand.practice.clock.rescale(100)
    stand.cause("fail", count=ENDLESS, status=503)
    put_thirty(stand)
    await until(lambda: stand.side.health().counts.get("postponed", 0) >= DUE)
    await until(lambda: not any(row.is_claimed for row in stand.outbox.rows.values()))
    stand.cause("mend")
    stand.practice.clock.rescale(STANDSTILL)
    await tells(stand)
    await until(lambda: texts(stand.messages(stand.channel("ops"))))
    stand.practice.clock.rescale(100)
    await until(lambda: stand.outbox.is_settled)
    lanes = texts(stand.messages(stand.channel("ops")))
    assert lanes == ["APPROVAL"] * 10 + ["ALERT"] * 10 + ["PROGRESS"] * 10


async def test_an_outage_leaves_most_of_what_is_due_untouched_so_that_little_has_to_be_looked_for(stand: Stand) -> None:
    stand.cause("fail", method="chat.postMessage", count=DUE, status=503)
    put_thirty(stand)
    await send(stand)
    looks = stand.calls("conversations.history")
    assert len(looks) < len(stand.calls("chat.postMessage")) / 2
    assert len(stand.messages(stand.channel("ops"))) == DUE


async def test_while_slack_fails_one_delivery_at_a_time_is_tried_and_many_again_after_it(stand: Stand) -> None:
    stand.practice.clock.rescale(100)
    stand.cause("fail", count=ENDLESS, status=503)
    stand.outbox.put(Card("first", stand.channel("ops"), Message("first")))
    await until(lambda: stand.side.health().counts.get("postponed", 0))
    stand.outbox.at_once.clear()
    for person in (MAYA, JON, OMAR, GUS):
        stand.outbox.put(Card(person, person, Message("a place of its own")))
    await until(lambda: len(stand.outbox.at_once) >= 4)
    assert set(stand.outbox.at_once) == {1}
    stand.cause("mend")
    await until(lambda: max(stand.outbox.at_once) > 1)
    await until(lambda: stand.outbox.is_settled)


async def test_one_look_settles_all_doubts_of_a_channel(stand: Stand) -> None:
    ops = stand.channel("ops")
    cards = [Card(f"k{number}", ops, Message(str(number))) for number in range(12)]
    await send(stand, *cards)
    for card in cards:
        stand.outbox.crash_after(card.key)
    await send(stand)
    assert texts(stand.messages(ops)) == [str(number) for number in range(12)]
    assert len(stand.calls("conversations.history")) == 1


async def test_a_post_that_was_lost_after_a_look_is_looked_for_again(stand: Stand) -> None:
    ops = stand.channel("ops")
    await send(stand, Card("k1", ops, Message("one")))
    stand.outbox.crash_after("k1")
    stand.cause("lose", method="chat.postMessage", count=1)
    await send(stand, Card("k2", ops, Message("two")))
    assert sorted(texts(stand.messages(ops))) == ["one", "two"]


async def test_a_message_that_slack_always_fails_on_holds_up_no_other(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.outbox.put(Card("bad", "C0NOWHERE1", Message("never")))
    ops = stand.channel("ops")

    async def shared(channel: str, *, fresh: bool = False) -> bool:
        if channel != ops:
            raise Unreachable("Slack answered with HTTP 500 and nothing usable.")
        return fresh

    monkeypatch.setattr(stand.side._channels, "is_shared", shared)
    stand.practice.clock.rescale(100)
    for number in range(DUE):
        stand.outbox.put(Card(f"k{number}", ops, Message(str(number))))
    await until(lambda: len(stand.messages(ops)) == DUE)
    assert stand.outbox.rows["bad"].is_due


FAILURES = {
    "no connection": (NotSent("Slack cannot be reached."), True),
    "no answer": (Unreachable("Slack gave no answer."), True),
    "internal error": (Refused("internal_error"), True),
    "a channel that is gone": (Refused("channel_not_found"), False),
}


@pytest.mark.parametrize(("error", "expected"), list(FAILURES.values()), ids=list(FAILURES))
def test_an_outage_is_what_fails_whatever_is_asked(error: Unreachable | Refused, expected: bool) -> None:
    assert is_failure(error) is expected


async def test_pauses_between_tries_grow_to_seconds_and_no_further() -> None:
    clock = HandClock()
    outage = Outage(clock, lambda: 1.0)
    pauses = []
    for _ in range(6):
        outage.failed()
        before = clock.now()
        await outage.pause()
        pauses.append((clock.now() - before).total_seconds())
    assert pauses == [1, 2, 4, 5, 5, 5]


async def test_an_answer_outside_an_outage_is_no_news() -> None:
    outage = Outage(HandClock(), lambda: 1.0)
    outage.heard()
    waiting = asyncio.ensure_future(outage.heard_again())
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()


class StandingClock(HandClock):
    """Time that does not pass."""

    async def sleep(self, seconds: float) -> None:
        """As bot.ports.Clock."""
        await asyncio.Event().wait()


async def left_waiting(ends: Callable[[Outage, asyncio.Task[None]], object]) -> set[asyncio.Task[None]]:
    """What still waits at the moment in which a pause is over that *ends*."""
    outage, left = Outage(StandingClock(), lambda: 1.0), set(asyncio.all_tasks())
    outage.failed()

    async def paused() -> None:
        try:
            await outage.pause()
        finally:
            left.symmetric_difference_update(asyncio.all_tasks())

    pausing = asyncio.create_task(paused())
    await asyncio.sleep(0)
    ends(outage, pausing)
    await asyncio.gather(pausing, return_exceptions=True)
    return left - {pausing}


@pytest.mark.parametrize(
    "ends",
    [lambda outage, _: outage.end(), lambda _, pausing: pausing.cancel()],
    ids=["as Slack is back", "broken off"],
)
async def test_a_pause_leaves_nothing_waiting_behind_it(ends: Callable[[Outage, asyncio.Task[None]], object]) -> None:
    assert not await left_waiting(ends)
