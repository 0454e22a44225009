"""A stage for live answers: one query that shows what the test says, asked by Maya, on a real ledger."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, cast

import yaml

from bot.engine import policy
from bot.engine.authorize import Authorizer
from bot.engine.live import Limits, Lives
from bot.engine.live_course import Pace, Wish
from bot.engine.registry import Registry
from bot.engine.stopping import Stopping
from bot.model.actor import Actor, Subject
from bot.model.incoming import Click, Command, Origin
from bot.model.outgoing import Card, Outgoing
from bot.model.reply import Reply
from bot.ports import ClusterReader, Permission, ReadOnly
from bot.ports_live import Screen
from bot.ports_slack import Location
from bot.spec import Args, Context, Live, access, flag, positional
from bot.store import PostgresLedger
from tests.fakes.clocks import HandClock
from tests.fakes.people import TEAM, FakeDirectory, person

PEOPLE = {"MAYA": "maya", "JON": "jon", "VERA": "vera"}
POLICY = {
    "apiVersion": "chatops.saas.io/v1",
    "kind": "Policy",
    "people": {name: {"user": user, "groups": []} for name, user in PEOPLE.items()},
    "channels": {"C1": {"namespaces": ["shop"], "home": "shop"}, "C2": {"namespaces": ["dev"], "home": "dev"}},
    "groups": {},
    "tiers": {},
    "rules": [],
}
QUICK = Pace(beat_s=0.01)


class TailArgs(Args):
    name: str = positional("name")
    namespace: str = flag("namespace", default="", short="n")


async def asked_once(args: TailArgs, ctx: Context) -> Reply:
    raise AssertionError("nobody asks for one look")


@dataclass
class Reviews:
    """SubjectAccessReviews that a test can turn."""

    denied: set[str] = field(default_factory=set)
    """Users; or users with the one namespace: `vera shop`."""
    is_silent: bool = False

    async def may(self, subject: Subject, verb: str, resource: str, *, namespace: str = "", **_: str) -> Permission:
        """As bot.ports.ClusterReader."""
        is_denied = not self.denied.isdisjoint({subject.user, f"{subject.user} {namespace}"})
        return Permission(not is_denied and not self.is_silent, is_known=not self.is_silent)


@dataclass
class Stage:
    """What is followed, and hands to ask, stop and look."""

    ledger: PostgresLedger
    limits: Limits = field(default_factory=Limits)
    clock: HandClock = field(default_factory=HandClock)
    reviews: Reviews = field(default_factory=Reviews)
    screens: "asyncio.Queue[Screen]" = field(default_factory=asyncio.Queue)
    ends: "asyncio.Future[Reply] | None" = None
    first: Reply | None = field(default_factory=lambda: Reply("1 line"))
    texts: dict[str, list[str]] = field(default_factory=dict)
    keys: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self.query: Live[Any] = Live(
            name="tail", summary="Tail.", args=TailArgs, examples=("tail web",), area="Look", run=asked_once,
            access=(access("", ["pods"], ["list"]),), goes_on=lambda _: True, follow=self._follow,
        )  # fmt: skip
        self.authorizer = Authorizer(
            policy=policy.load(yaml.safe_dump(POLICY)),
            directory=FakeDirectory({name: person(name) for name in PEOPLE}),
            cluster=cast(ClusterReader, self.reviews),
            registry=Registry([self.query]),
        )
        self.lives = Lives(self.ledger, self.authorizer, self.clock, self.limits, QUICK)
        self.stopping = Stopping(self.authorizer, self.ledger)

    async def _follow(self, args: TailArgs, ctx: Context, screen: Screen) -> Reply:
        self.ends = asyncio.get_running_loop().create_future()
        if self.first is not None:
            screen.show(self.first)
        self.screens.put_nowait(screen)
        return await self.ends

    async def begin(self, user: str = "MAYA") -> Screen:
        """The query is asked, and stands; give its screen."""
        await self.lives.begin(await self.wish(user))
        return await self.screens.get()

    async def wish(self, user: str = "MAYA", *, thread_ts: str = "") -> Wish:
        """A line that was taken in and permitted."""
        origin = self.origin(user, thread_ts=thread_ts)
        await self.ledger.accept(Command(origin, "tail web"))
        actor = self.actor(user)
        context = Context(
            actor=actor,
            now=self.clock.now(),
            namespace="shop",
            on=cast(ReadOnly, None),
            permissions=cast(Any, None),
            operations=cast(Any, None),
            incidents=cast(Any, None),
            outbox=cast(Any, None),
            favourites=cast(Any, None),
        )
        return Wish(origin, actor, self.query, TailArgs(name="web"), "shop", "tail web", context)

    async def stop(self, user: str, *, channel: str = "C1") -> None:
        """Somebody presses Stop on the one card there is."""
        origin = self.origin(user, channel=channel)
        [answer_id] = await self.ids() or ["gone"]
        await self.ledger.accept(Click(origin, "stop", answer_id))
        await self.stopping.stop(Click(origin, "stop", answer_id))

    def origin(self, user: str, *, thread_ts: str = "", channel: str = "C1") -> Origin:
        return Origin(f"deed-{next(self.keys)}", TEAM, user, channel, self.clock.now(), thread_ts=thread_ts)

    def actor(self, user: str) -> Actor:
        return Actor(person(user), Subject(PEOPLE[user]))

    async def ids(self) -> list[str]:
        """Those on record."""
        async with self.ledger.database.connection() as connection:
            return [row["id"] for row in await connection.fetch("SELECT id FROM live_answer")]

    async def deliver(self) -> Sequence[Outgoing]:
        """Send all that is due, as a sender does, and remember every version of every message."""
        sent: list[Outgoing] = []
        while due := await self.ledger.claim(20):
            for delivery in due:
                await self.ledger.sent(delivery, Location("C1", f"1.{delivery.id}"))
                sent.append(delivery.item)
        for item in sent:
            if isinstance(item, Card):
                self.texts.setdefault(item.key, []).append(said(item))
        return sent

    async def shows(self, words: str) -> str:
        """Wait until a message says *words*; give that version of it."""
        async with asyncio.timeout(120):
            while True:
                await self.deliver()
                for versions in self.texts.values():
                    if words in versions[-1]:
                        return versions[-1]
                await self.ledger.wait_operation(0.01)

    async def ended(self) -> None:
        """Wait until nothing is live here any more."""
        async with asyncio.timeout(120):
            while self.lives.courses:
                await self.ledger.wait_operation(0.01)

    def end(self, outcome: Reply | Exception) -> None:
        """What is followed ends by itself."""
        assert self.ends is not None
        if isinstance(outcome, Exception):
            self.ends.set_exception(outcome)
        else:
            self.ends.set_result(outcome)


def said(card: Card) -> str:
    """All text of a card."""
    return "\n".join([card.message.text, *_texts(card.message.blocks)])


def _texts(value: object) -> list[str]:
    match value:
        case {"type": "user", "user_id": user}:
            return [f"@{user}"]
        case {"text": str(text)}:
            return [text]
        case dict():
            return [text for part in value.values() for text in _texts(part)]
        case list():
            return [text for part in value for text in _texts(part)]
        case _:
            return []


@asynccontextmanager
async def running(stage: Stage) -> AsyncIterator[Stage]:
    """The process lives while the block runs; then it is cut off in the middle."""
    process = asyncio.create_task(stage.lives.run())
    try:
        yield stage
    finally:
        process.cancel()
        await asyncio.gather(process, return_exceptions=True)


async def drawn(stage: Stage) -> None:
    """Let a beat pass whole."""
    for course in stage.lives.courses:
        await course.screen.turn()
        await course.screen.turn()
