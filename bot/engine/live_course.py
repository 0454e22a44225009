"""The course of one live answer: its first look, every change of it, its end. One task follows, this one draws.

Guarantees: the record of what is live begins with its card and ends with the card that says so, each in one
transaction; whoever ends it, it ends once. What comes faster than it is drawn, or than Slack takes it, is replaced
(the card) or left out and counted (the lines), never piled up.
"""

import asyncio
import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from bot.engine import attending
from bot.engine.answers import answer, looking
from bot.engine.authorize import Authorizer
from bot.engine.live_cards import ended_card, lines_card, lines_key, live_card
from bot.engine.live_screen import LiveScreen, Told
from bot.engine.sifting import sifted
from bot.errors import BotError, Denied, Fenced, UpstreamError
from bot.model.actor import Actor
from bot.model.incoming import Origin
from bot.model.live import Ending, How, LiveAnswer
from bot.model.outgoing import Lane
from bot.model.reply import Reply
from bot.ports import Clock
from bot.ports_ledger import Ledger, Transaction
from bot.spec import EVERYTHING, Args, Context, Filter, Live

log = logging.getLogger(__name__)

MOMENT_S = 0.7
"""As for any answer: past this a person wonders whether he was heard."""


@dataclass(frozen=True)
class Pace:
    """How often a live answer is drawn, and its asker's right to it asked for."""

    beat_s: float = 3.0
    """Slack allows about fifty edits a minute for a whole workspace."""
    permit: timedelta = timedelta(minutes=1)
    """Twice as long without an answer to that is a no."""


@dataclass(frozen=True)
class Wish:
    """What a person asked to see live, and may."""

    origin: Origin
    actor: Actor
    query: Live[Any]
    args: Args
    namespace: str
    line: str
    context: Context
    options: Filter = EVERYTHING
    """What of the answer is shown, and how."""


Outcome = Reply | BotError
Source = asyncio.Task[Outcome]
"""The task that follows; it never raises."""


@dataclass
class Course:
    """One live answer of this process."""

    wish: Wish
    ledger: Ledger
    authorizer: Authorizer
    clock: Clock
    pace: Pace
    screen: LiveScreen = field(init=False)
    permitted_at: datetime = field(init=False)
    live: LiveAnswer | None = None
    """As its card shows it; None before it is on record."""
    told: Told | None = None
    """Lines that are not in the outbox yet."""
    messages: int = 0
    """Of lines, so far."""

    def __post_init__(self) -> None:
        """Begin with an empty screen."""
        self.screen = LiveScreen(self.clock, self.wish.options)
        self.permitted_at = self.clock.now()

    async def run(self, begun: "asyncio.Future[None]") -> None:
        """Go from the first look, which *begun* waits for, to the end."""
        async with asyncio.TaskGroup() as group:
            source = group.create_task(self._source())
            try:
                await self._begin(source)
            except BotError as error:
                if not begun.done():
                    begun.set_exception(error)
            else:
                if not begun.done():
                    begun.set_result(None)
                await self._go_on(source)
            finally:
                source.cancel()

    async def _source(self) -> Outcome:
        """Follow to the end, whatever it is."""
        wish = self.wish
        try:
            return sifted(await wish.query.follow(wish.args, wish.context, self.screen), wish.options)
        except BotError as error:
            return error
        except Exception:  # the outermost frame of its task: a bug here must leave all others alone
            reference = secrets.token_hex(3)
            log.exception("bug %s in following %s", reference, wish.query.name)
            return BotError(f"Something in the bot is broken (reference {reference}).")

    async def _begin(self, source: Source) -> None:
        """Show the first look; it is not live when that was the last as well. Raises what following raised."""
        await self._first_look(source)
        first = source.result() if source.done() else self.screen.reply
        if isinstance(first, BotError):
            raise first
        live = None if source.done() else self._answer(first)
        async with self.ledger.transaction() as tx:
            if live is None:
                await tx.put(*answer(self.wish.origin, first, self.wish.line))
            else:
                await tx.begin_live(live)
                await tx.put(live_card(live, lane=Lane.ANSWER))
            await attending.finish(tx, self.wish.origin.key)
        self.live = live

    async def _first_look(self, source: Source) -> None:
        lit = asyncio.ensure_future(self.screen.is_lit.wait())
        try:
            done, _ = await asyncio.wait({source, lit}, timeout=MOMENT_S, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                async with self.ledger.transaction() as tx:
                    await tx.put(*looking(self.wish.origin, self.wish.line))
                await asyncio.wait({source, lit}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            lit.cancel()

    def _answer(self, first: Reply) -> LiveAnswer:
        now = self.clock.now()
        return LiveAnswer(
            id=secrets.token_hex(8),
            origin=self.wish.origin,
            asker=self.wish.actor.person,
            line=self.wish.line,
            reply=first,
            began_at=now,
            until=now + self.wish.query.lasts,
        )

    async def _go_on(self, source: Source) -> None:
        """Draw what is new, beat by beat, until it has ended."""
        while self.live is not None:
            await asyncio.wait({source}, timeout=self.pace.beat_s)
            try:
                self.live = await self._drawn(self.live, source)
            except Fenced:  # somebody else has ended it
                self.live = None
            except UpstreamError as error:
                log.warning("live answer %s is not drawn: %s", self.wish.origin.key, error)
            if self.live is not None and source.done():  # it does not make us wait any more
                await asyncio.sleep(self.pace.beat_s)

    async def _drawn(self, live: LiveAnswer, source: Source) -> LiveAnswer | None:
        """Draw it once; give it as it stands then, None when it has ended. Raises Fenced, Unreachable."""
        is_permitted = await self._is_permitted()
        seen = live
        if is_permitted:  # and nothing that comes later, whatever else is awaited below
            seen = structs.replace(live, reply=self.screen.reply)
            self.told = self.told or self.screen.take()
        ending = self._ending(seen, source if is_permitted else None)
        async with self.ledger.transaction() as tx:
            await tx.keep_live(seen)
            are_told = is_permitted and await self._put_lines(tx, seen, is_last=ending is not None)
            if ending is not None:
                await self._end(tx, seen, ending)
            elif seen != live:
                await tx.put(live_card(seen))
        if are_told:
            self.told, self.messages = None, self.messages + 1
        self.screen.drawn()
        return seen if ending is None else None

    async def _put_lines(self, tx: Transaction, live: LiveAnswer, *, is_last: bool) -> bool:
        """Hand new lines to the sender, once it is done with those before them; say whether it was done."""
        if self.told is None:
            return False
        if not is_last and self.messages and not await tx.is_sent(lines_key(live, self.messages - 1)):
            return False
        await tx.put(lines_card(live, self.told, self.messages))
        return True

    async def _end(self, tx: Transaction, live: LiveAnswer, ending: Ending | Reply) -> None:
        await tx.end_live(live.id)
        if isinstance(ending, Reply):
            await tx.put(*answer(live.origin, ending, live.line, key=live.key))
        else:
            await tx.put(ended_card(live, ending))

    def _ending(self, live: LiveAnswer, source: Source | None) -> Ending | Reply | None:
        """Why it ends now: what failed, the last word of a *source* that may be heard, or its time."""
        now = self.clock.now()
        if now - self.permitted_at >= 2 * self.pace.permit:
            return Ending(How.FAILED, now, why="whoever asked may not read this any more.")
        if source is not None and source.done():
            outcome = source.result()
            return Ending(How.FAILED, now, why=str(outcome)) if isinstance(outcome, BotError) else outcome
        return Ending(How.TIME_UP, now) if now >= live.until else None

    async def _is_permitted(self) -> bool:
        """Whether the asker may still see it, asked from time to time. A no ends it, silence does when it lasts."""
        now, wish = self.clock.now(), self.wish
        if now - self.permitted_at < self.pace.permit:
            return True
        try:
            actor = await self.authorizer.actor(wish.origin, fresh=True)
            await self.authorizer.permit(actor, wish.query, wish.args, wish.namespace)
        except Denied:
            self.permitted_at = now - 2 * self.pace.permit
            return False
        except UpstreamError:
            return False
        self.permitted_at = now
        return True
