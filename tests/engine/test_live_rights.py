"""Live answers: who may go on seeing one, and who may stop it."""

from collections.abc import AsyncIterator

import pytest

from bot.errors import Conflict, Denied
from bot.model.reply import Reply
from bot.store import PostgresLedger
from tests.engine.live_stage import Stage, drawn, running


@pytest.fixture
async def stage(ledger: PostgresLedger) -> AsyncIterator[Stage]:
    async with running(Stage(ledger)) as process:
        yield process


async def test_whoever_may_no_longer_read_it_sees_nothing_new(stage: Stage) -> None:
    screen = await stage.begin()
    await stage.shows("1 line")
    stage.reviews.denied.add("maya")
    stage.clock.turn(61)
    screen.show(Reply("2 lines"))
    screen.tell("secret")
    ended = await stage.shows("1 line · no longer followed")
    assert "may not read this any more" in ended
    assert "secret" not in str(stage.texts)
    assert "2 lines" not in str(stage.texts)


async def test_while_nobody_can_say_whether_he_may_nothing_new_is_shown(stage: Stage) -> None:
    screen = await stage.begin()
    await stage.shows("1 line")
    stage.reviews.is_silent = True
    stage.clock.turn(61)
    screen.show(Reply("2 lines"))
    await drawn(stage)
    assert not await stage.deliver()
    stage.reviews.is_silent = False
    await stage.shows("2 lines")


async def test_a_long_silence_about_permission_is_a_no(stage: Stage) -> None:
    await stage.begin()
    stage.reviews.is_silent = True
    stage.clock.turn(121)
    await stage.shows("may not read this any more")


@pytest.mark.parametrize("user", ["MAYA", "JON"])
async def test_the_asker_and_who_may_see_the_same_may_stop_it(stage: Stage, user: str) -> None:
    await stage.begin()
    await stage.stop(user)
    ended = await stage.shows("1 line · no longer followed")
    assert "Stopped by " in ended
    assert f"@{user}" in ended
    await stage.ended()
    assert stage.ends is not None
    assert stage.ends.cancelled()


async def test_who_may_not_see_it_may_not_stop_it(stage: Stage) -> None:
    await stage.begin()
    stage.reviews.denied.add("vera")
    with pytest.raises(Denied, match="You may not stop this"):
        await stage.stop("VERA")
    assert await stage.ids()


async def test_rights_where_one_presses_are_no_rights_where_it_is_followed(stage: Stage) -> None:
    await stage.begin()
    stage.reviews.denied.add("vera shop")
    with pytest.raises(Denied, match="You may not stop this"):
        await stage.stop("VERA", channel="C2")
    assert await stage.ids()


async def test_what_has_ended_is_not_stopped_again(stage: Stage) -> None:
    await stage.begin()
    await stage.stop("MAYA")
    with pytest.raises(Conflict, match="ended already"):
        await stage.stop("JON")


async def test_after_it_was_stopped_nothing_changes_the_card(stage: Stage) -> None:
    screen = await stage.begin()
    await stage.stop("MAYA")
    screen.show(Reply("2 lines"))
    screen.tell("late")
    await stage.ended()
    await stage.deliver()
    assert "2 lines" not in str(stage.texts)
    assert "late" not in str(stage.texts)
