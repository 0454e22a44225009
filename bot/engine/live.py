"""Live answers: how many there may be, where they run, and what becomes of those whose process is gone."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field

from bot.engine.authorize import Authorizer
from bot.engine.live_cards import ended_card
from bot.engine.live_course import Course, Pace, Wish
from bot.engine.loop import BACKOFF, Backoff, forever
from bot.errors import BotError
from bot.model.actor import Actor
from bot.model.counting import counted
from bot.model.live import Ending, How, LiveAnswer
from bot.ports import Clock
from bot.ports_ledger import Ledger

log = logging.getLogger(__name__)

BURY_EVERY_S = 5.0
"""A card that says that it is live after its process has died is believed no longer than that."""

Begun = asyncio.Future[None]


@dataclass(frozen=True)
class Limits:
    """How many answers may be live at once."""

    per_person: int = 3
    per_replica: int = 10
    """Each is drawn every 3 s, all together within what Slack takes of a workspace: newer ones replace older ones."""


@dataclass(frozen=True)
class Lives:
    """The live answers of this process."""

    ledger: Ledger
    authorizer: Authorizer
    clock: Clock
    limits: Limits = Limits()
    pace: Pace = field(default_factory=Pace)
    backoff: Backoff = BACKOFF
    courses: list[Course] = field(default_factory=list)
    """Those that run, or are about to."""
    wanted: "asyncio.Queue[tuple[Course, Begun]]" = field(default_factory=asyncio.Queue)

    async def run(self) -> None:
        """Keep what is live going until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(forever(self._bury_from_time_to_time, name="live answers", backoff=self.backoff))
            while True:
                course, begun = await self.wanted.get()
                group.create_task(self._hold(course, begun))

    async def refusal(self, actor: Actor) -> str:
        """Why no more of them may begin for this person now; empty when one may, if it begins before anything else."""
        on_record = await self.ledger.live_count(actor.person.user_id)
        own = sum(course.wish.actor.person.user_id == actor.person.user_id for course in self.courses)
        if max(own, on_record) >= self.limits.per_person:
            mine = counted(self.limits.per_person, "live answer")
            return f"Not followed: you have {mine} already, which is the most. Stop one, then ask again."
        if len(self.courses) >= self.limits.per_replica:
            return "Not followed: the bot follows as much as it can already. Ask again in some minutes."
        return ""

    async def begin(self, wish: Wish) -> None:
        """Answer *wish* with a card that goes on; return when it stands. Raises as the query's `run`, and Fenced."""
        course = Course(wish, self.ledger, self.authorizer, self.clock, self.pace)
        begun: Begun = asyncio.get_running_loop().create_future()
        self.courses.append(course)
        self.wanted.put_nowait((course, begun))
        await begun

    async def _hold(self, course: Course, begun: Begun) -> None:
        """Run one; whatever goes wrong with it leaves the others alone."""
        try:
            await course.run(begun)
        except* Exception as bugs:
            log.exception("following %s: a bug", course.wish.query.name)
            if not begun.done():
                begun.set_exception(bugs.exceptions[0])
            await self._give_up(course)
        finally:
            self.courses.remove(course)

    async def _give_up(self, course: Course) -> None:
        with suppress(BotError):
            if course.live is not None:
                await self._end(course.live, How.FAILED, "something in the bot is broken.")

    async def _bury_from_time_to_time(self) -> None:
        await self.bury()
        await asyncio.sleep(BURY_EVERY_S)

    async def bury(self) -> None:
        """Say on the cards of dead processes that they are live no more. Raises Unreachable."""
        for orphan in await self.ledger.orphans():
            await self._end(orphan, How.CUT_OFF)

    async def _end(self, live: LiveAnswer, how: How, why: str = "") -> None:
        async with self.ledger.transaction() as tx:
            if await tx.end_live(live.id):
                await tx.put(ended_card(live, Ending(how, await tx.now(), why=why)))
