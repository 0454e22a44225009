"""App Home holds what concerns its person: nothing of namespaces that are not his, and nothing old."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import pytest

from bot.engine.asking import Asking
from bot.engine.glances import FRESH, LINES, Glances
from bot.engine.homes import LOOKED_AT, Homes
from bot.engine.remembering import Remembered
from bot.errors import BadArguments, BotError, Denied, Unreachable
from bot.model.actor import Actor
from bot.model.incoming import HomeOpened, Origin
from bot.model.outgoing import HomeContent
from bot.model.reply import Reply
from bot.store import PostgresLedger
from tests.engine import sample, shop
from tests.engine.desk import Desk
from tests.fakes.clocks import HandClock

WELL = Reply("all is well")


@dataclass
class Answers:
    """The part of Asking that glances use: answers every line, or refuses."""

    reply: Reply | BotError = WELL
    refusal: BotError | None = None
    asked: int = 0

    async def permitted(self, origin: Origin, actor: Actor, text: str) -> tuple[str, Callable[[], Awaitable[Reply]]]:
        """As Asking."""
        if self.refusal is not None:
            raise self.refusal
        return "shop", self._answer

    async def _answer(self) -> Reply:
        self.asked += 1
        if isinstance(self.reply, BotError):
            raise self.reply
        return self.reply


def glances(answers: Answers, clock: HandClock) -> Glances:
    return Glances(cast(Asking, answers), Remembered(clock, FRESH))


async def seen(answers: Answers, clock: HandClock) -> Sequence[str]:
    looks = await glances(answers, clock).platform(cast(Origin, None), sample.MAYA)
    return [look.headline for look in looks]


async def test_the_platform_is_read_once_for_all_who_look_within_half_a_minute() -> None:
    clock, answers = HandClock(), Answers()
    looking = glances(answers, clock)
    for turn_s, asked in ((0, len(LINES)), (29, len(LINES)), (2, 2 * len(LINES))):
        clock.turn(turn_s)
        assert len(await looking.platform(cast(Origin, None), sample.MAYA)) == len(LINES)
        assert answers.asked == asked


async def test_what_is_not_his_to_see_or_not_configured_is_left_out() -> None:
    assert await seen(Answers(refusal=Denied("You may not.")), HandClock()) == []
    assert await seen(Answers(BadArguments("No storage nodes are configured.")), HandClock()) == []


@pytest.mark.parametrize("fault", ["asked", "permitted"])
async def test_what_does_not_answer_is_said_to_be_unknown(fault: str) -> None:
    silent = Unreachable("The API server does not answer.")
    answers = Answers(silent) if fault == "asked" else Answers(refusal=silent)
    assert await seen(answers, HandClock()) == ["Not known: The API server does not answer."] * len(LINES)


@dataclass
class Rooms:
    """Homes of people, and what was published."""

    desk: Desk
    homes: Homes
    clock: HandClock

    async def open(self, user_id: str) -> str:
        """Somebody opens his home; what it shows."""
        origin = Origin(f"home-{next(self.desk.keys)}", "T1", user_id, "", self.clock.now())
        await self.desk.ledger.accept(HomeOpened(origin))
        await self.homes.show(origin)
        [shown] = await self.published()
        return shown

    async def published(self) -> list[str]:
        """The homes that were published since the last look."""
        items = [delivery.item for delivery in await self.desk.deliver()]
        return [str(item.view["blocks"]) for item in items if isinstance(item, HomeContent)]


def rooms(ledger: PostgresLedger) -> Rooms:
    clock = HandClock()
    homes = Homes(shop.authorizer(), shop.directory(), ledger, glances(Answers(), clock), clock, "/saas")
    return Rooms(Desk(ledger), homes, clock)


async def test_what_is_asked_in_a_channel_shows_only_to_who_is_in_one_of_its_namespace(ledger: PostgresLedger) -> None:
    room = rooms(ledger)
    await room.desk.propose(room.desk.plan("web"), sample.NOBODY)
    await room.desk.deliver()
    assert "Scale web" in await room.open("UJON")
    assert "Scale web" not in await room.open("UNILS")


async def test_a_home_is_drawn_again_when_things_moved_until_nobody_looks(ledger: PostgresLedger) -> None:
    room = rooms(ledger)
    assert "Nothing yet." in await room.open("UMAYA")
    await room.desk.propose(room.desk.plan("web"))
    await room.homes.refresh()
    [again] = await room.published()
    assert "Scale web" in again
    await room.homes.refresh()
    assert await room.published() == [], "nothing moved"
    room.clock.turn((LOOKED_AT + timedelta(seconds=1)).total_seconds())
    await room.desk.propose(room.desk.plan("api"))
    await room.homes.refresh()
    assert await room.published() == []


async def test_who_may_not_use_the_bot_is_told_so_in_his_home(ledger: PostgresLedger) -> None:
    room = rooms(ledger)
    assert "Slack does not know your account here." in await room.open("UNOBODY")


async def test_a_home_holds_the_favourites_of_its_person_alone(ledger: PostgresLedger) -> None:
    room = rooms(ledger)
    await ledger.add_favourite("UMAYA", "top nodes")
    assert "top nodes" in await room.open("UMAYA")
    assert "top nodes" not in await room.open("UJON")
