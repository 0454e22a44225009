"""However many ask at once, Slack is asked a bounded number of times, and not at all while it asks for a pause."""

import asyncio

import pytest

from bot.errors import Throttled, Unreachable
from tests.slack.stand import JON, MAYA, Stand

TEAM = "T0SAASODOO"
MANY = 200


async def test_a_flood_of_fresh_questions_about_one_person_is_two_calls(stand: Stand) -> None:
    directory = stand.side.directory
    people = await asyncio.gather(*(directory.person(TEAM, JON, fresh=True) for _ in range(MANY)))
    assert {person.user_id for person in people} == {JON}
    assert len(stand.calls("users.info")) == 2, "the one under way began before the others asked"


async def test_an_answer_is_younger_than_its_question(stand: Stand) -> None:
    directory = stand.side.directory
    first = asyncio.ensure_future(directory.person(TEAM, JON, fresh=True))
    await asyncio.sleep(0)  # it is under way
    stand.practice.admin.deactivate(JON)
    assert (await directory.person(TEAM, JON, fresh=True)).is_deleted
    await first


async def test_who_gives_up_leaves_the_question_to_the_next(stand: Stand) -> None:
    directory = stand.side.directory
    first, second = (asyncio.ensure_future(directory.person(TEAM, JON, fresh=True)) for _ in range(2))
    await asyncio.sleep(0)  # the first asks, the second waits
    first.cancel()
    assert (await second).user_id == JON


async def test_while_slack_asks_for_a_pause_it_is_left_alone(stand: Stand) -> None:
    directory = stand.side.directory
    stand.cause("throttle", method="users.info", count=1, retry_after=30)
    for _ in range(MANY):
        with pytest.raises(Throttled) as refusal:
            await directory.person(TEAM, JON, fresh=True)
        assert 0 < refusal.value.retry_after_s <= 30
    assert len(stand.calls("users.info")) == 1
    stand.practice.clock.turn(31)
    assert (await directory.person(TEAM, JON, fresh=True)).user_id == JON


async def test_who_was_throttled_together_hears_so_together(stand: Stand) -> None:
    directory = stand.side.directory
    stand.cause("throttle", method="users.info", count=MANY, retry_after=30)
    asked = (directory.person(TEAM, JON, fresh=True) for _ in range(MANY))
    assert {type(outcome) for outcome in await asyncio.gather(*asked, return_exceptions=True)} == {Throttled}
    assert len(stand.calls("users.info")) == 1


async def test_while_slack_answers_with_error_pages_it_is_said_that_nothing_was_done(stand: Stand) -> None:
    stand.cause("fail", method="users.info", count=1)
    with pytest.raises(Unreachable, match=r"could not look up who you are and where\. Nothing was done") as refusal:
        await stand.side.directory.person(TEAM, JON, fresh=True)
    assert refusal.value.hint == "Try again in a minute."


async def test_channels_of_a_person_are_remembered_for_a_minute(stand: Stand) -> None:
    directory = stand.side.directory
    for turn_s, calls in ((0, 1), (61, 1), (0, 2)):
        assert "C0OPS00001" in await directory.channels(MAYA)
        assert len(stand.calls("users.conversations")) == calls
        stand.practice.clock.turn(turn_s)
