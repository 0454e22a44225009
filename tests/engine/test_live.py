"""Live answers: drawn while they go on, ended once and said to be, bounded, and never left claiming to be live."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator

import pytest

from bot.engine.live import Limits
from bot.engine.live_course import Wish
from bot.errors import Fenced, NotFound
from bot.model.incoming import Command
from bot.model.outgoing import Card
from bot.model.reply import Reply, Tone
from bot.store import PostgresLedger, opened_ledger
from tests.engine.live_stage import Stage, drawn, running
from tests.fakes.cuttable import cuttable
from tests.store.test_takeover import connections_end


@pytest.fixture
async def stage(ledger: PostgresLedger) -> AsyncIterator[Stage]:
    async with running(Stage(ledger)) as process:
        yield process


async def test_what_is_shown_takes_the_place_of_what_was(stage: Stage) -> None:
    screen = await stage.begin()
    live = await stage.shows("🔵 1 line")
    assert "Live for " in live
    assert "@MAYA" in live
    assert "Stop" in live
    screen.show(Reply("2 lines"))
    await stage.shows("2 lines")
    assert len(stage.texts) == 1, "one card"


@pytest.mark.parametrize(
    ("limits", "people", "begun"),
    [
        pytest.param(Limits(), ["MAYA"] * 8, 3, id="one person"),
        pytest.param(Limits(per_replica=2), ["MAYA", "JON", "VERA"], 2, id="one replica"),
    ],
)
async def test_who_asks_for_many_at_the_same_moment_gets_no_more_than_one_after_the_other(
    stage: Stage, limits: Limits, people: list[str], begun: int
) -> None:
    lives = dataclasses.replace(stage.lives, limits=limits)
    wishes = [await stage.wish(name) for name in people]

    async def ask(wish: Wish) -> str:
        why = await lives.refusal(wish.actor)
        if not why:
            await lives.begin(wish)
        return why

    refusals = await asyncio.gather(*(ask(wish) for wish in wishes))
    assert sum(not why for why in refusals) == begun
    assert len(await stage.ids()) == begun


async def test_its_own_last_word_is_its_end(stage: Stage) -> None:
    await stage.begin()
    stage.end(Reply("All is rolled out", tone=Tone.GOOD))
    ended = await stage.shows("✅ All is rolled out")
    assert "Live for" not in ended
    assert not await stage.ids()
    await stage.ended()


async def test_what_has_ended_at_the_first_look_was_never_live(stage: Stage) -> None:
    stage.first = None
    asked = asyncio.create_task(stage.lives.begin(await stage.wish()))
    await stage.screens.get()
    stage.end(Reply("All is rolled out", tone=Tone.GOOD))
    await asked
    assert "Live for" not in await stage.shows("✅ All is rolled out")
    assert not await stage.ids()


async def test_what_cannot_be_seen_at_the_first_look_is_refused(stage: Stage) -> None:
    stage.first = None
    asked = asyncio.create_task(stage.lives.begin(await stage.wish()))
    await stage.screens.get()
    stage.end(NotFound("No pod “web”."))
    with pytest.raises(NotFound, match="No pod"):
        await asked
    assert not await stage.deliver()


async def test_a_first_look_that_takes_long_is_announced(stage: Stage) -> None:
    stage.first = None
    asked = asyncio.create_task(stage.lives.begin(await stage.wish()))
    screen = await stage.screens.get()
    await stage.shows("Looking: tail web")
    screen.show(Reply("1 line"))
    await asked
    await stage.shows("🔵 1 line")
    assert len(stage.texts) == 1, "in the same card"


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        pytest.param(NotFound("Pod web is gone."), "Pod web is gone", id="failure"),
        pytest.param(ZeroDivisionError(), "Something in the bot is broken (reference ", id="bug"),
    ],
)
async def test_what_fails_later_ends_it_with_the_reason(stage: Stage, outcome: Exception, why: str) -> None:
    await stage.begin()
    stage.end(outcome)
    assert why in await stage.shows("1 line · no longer followed")
    assert not await stage.ids()


async def test_it_ends_when_its_time_is_up(stage: Stage) -> None:
    await stage.begin()
    stage.clock.turn(601)
    ended = await stage.shows("Ended after 10 min")
    assert "Follow again" in ended


async def test_lines_go_into_the_thread_of_the_card(stage: Stage) -> None:
    screen = await stage.begin()
    [card] = await stage.deliver()
    screen.tell("one")
    screen.tell("two")
    await stage.shows("one\ntwo")
    assert isinstance(card, Card)
    assert await parents(stage) == {card.key}


async def test_where_it_was_asked_in_a_thread_lines_go_into_that(stage: Stage) -> None:
    await stage.lives.begin(await stage.wish(thread_ts="7.7"))
    (await stage.screens.get()).tell("one")
    await stage.shows("one")
    assert await parents(stage) == {""}


async def test_a_burst_leaves_the_newest_lines_and_the_number_of_the_others(stage: Stage) -> None:
    screen = await stage.begin()
    for number in range(10_000):
        screen.tell(f"line {number}")
    shown = await stage.shows("… 9960 earlier lines left out")
    assert shown.endswith("line 9999")


async def test_a_line_of_two_megabytes_is_cut(stage: Stage) -> None:
    (await stage.begin()).tell("x" * 2_000_000)
    shown = await stage.shows("xxx…")
    assert len(shown) < 500


async def test_lines_wait_until_slack_has_those_before_them(stage: Stage) -> None:
    screen = await stage.begin()
    screen.tell("one")
    await drawn(stage)
    for number in range(100):
        screen.tell(f"late {number}")
        if number % 50 == 0:
            await drawn(stage)
    lines = [item for item in await stage.deliver() if ":lines:" in item.key]
    assert [item.key.rsplit(":", 1)[1] for item in lines] == ["0"], "a sender that is away meets no pile"
    await stage.shows("late 0")
    await stage.shows("late 99")


async def test_the_card_of_a_dead_process_is_ended_by_the_next_one(ledger: PostgresLedger, ledger_dsn: str) -> None:
    async with opened_ledger(ledger_dsn) as doomed, running(Stage(doomed)) as process:
        await process.begin()
        await process.shows("Live for")
    await connections_end(ledger, doomed.owner)
    async with running(Stage(ledger)) as successor:
        ended = await successor.shows("1 line · no longer followed")
    assert "the bot was restarted" in ended
    assert "Follow again" in ended


async def test_what_came_while_the_database_was_away_is_shown_when_it_is_back(
    ledger: PostgresLedger, ledger_dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        asyncio.timeout(120),
        cuttable(ledger_dsn) as wire,
        opened_ledger(wire.dsn) as far,
        running(Stage(far)) as stage,
    ):
        screen = await stage.begin()
        await stage.shows("1 line")
        wire.cut()
        screen.show(Reply("2 lines"))
        screen.tell("in the dark")
        while "is not drawn: The database does not answer" not in caplog.text:
            await ledger.wait_operation(0.01)
        wire.mend()
        await stage.shows("in the dark")
        await stage.shows("2 lines")


async def test_a_person_has_so_many_at_once(stage: Stage) -> None:
    for _ in range(3):
        assert not await stage.lives.refusal(stage.actor("MAYA"))
        await stage.begin()
    assert "you have 3 live answers already" in await stage.lives.refusal(stage.actor("MAYA"))
    assert not await stage.lives.refusal(stage.actor("JON"))


async def test_a_replica_follows_so_many_at_once(ledger: PostgresLedger) -> None:
    async with running(Stage(ledger, Limits(per_replica=1))) as stage:
        await stage.begin("MAYA")
        assert "as much as it can" in await stage.lives.refusal(stage.actor("JON"))


async def test_a_deed_that_another_process_finished_first_leaves_no_trace(stage: Stage) -> None:
    wish = await stage.wish()
    async with stage.ledger.transaction() as tx:
        await tx.finish_incoming(wish.origin.key)
    with pytest.raises(Fenced):
        await stage.lives.begin(wish)
    assert not await stage.ids()
    assert not await stage.deliver()
    assert not await stage.ledger.accept(Command(wish.origin, "tail web"))


async def parents(stage: Stage) -> set[str]:
    """Under which cards the lines stand."""
    rows = await stage.ledger.database.rows("SELECT parent FROM outbox WHERE key LIKE 'live:%'")
    return {row["parent"] for row in rows}
