"""A line that a person gave → an answer, or a proposal on its way to approval."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from msgspec.structs import replace as replaced

from bot.engine import attending
from bot.engine import help as help_pages
from bot.engine.answers import answer, looking
from bot.engine.authorize import Authorizer
from bot.engine.favourites import Starred
from bot.engine.front import front
from bot.engine.live import Lives
from bot.engine.live_course import Wish
from bot.engine.parse import HelpWanted, Parsed, parse
from bot.engine.permissions import Explained
from bot.engine.places import is_direct, of_approvers
from bot.engine.sifting import sifted
from bot.engine.usable import usable
from bot.errors import BadArguments, Denied, NotFound
from bot.model.actor import Actor
from bot.model.form import Preview
from bot.model.incident_words import headline
from bot.model.incoming import Click, Origin
from bot.model.operation import Requirements
from bot.model.outgoing import Card, Outgoing
from bot.model.plan import Plan
from bot.model.reply import Reply, Text
from bot.ports import Clock, ReadOnly
from bot.ports_ledger import Ledger, Proposal
from bot.render.pointing import pointer
from bot.render.reply import reply_pictures
from bot.spec import Args, Change, Context, Live, Query

MOMENT_S = 0.7
"""Past this a person wonders whether he was heard; then a first card says what is being looked for."""

Propose = Callable[[Proposal], Awaitable[object]]


@dataclass(frozen=True)
class Asking:
    """Runs queries and proposes changes, after every layer of permission."""

    authorizer: Authorizer
    ledger: Ledger
    reading: ReadOnly
    clock: Clock
    propose: Propose
    """Stores the proposal and finishes the deed that asked, in one transaction."""
    lives: Lives
    slash: str

    async def ask(self, origin: Origin, text: str, *, reason: str = "", card: str = "") -> None:
        """Answer the line *text*, or propose what it asks for.

        *reason* is shown for a change that gives none itself (a button's); *card* is the key of the card to answer in.
        Raises every BotError: the caller tells the asker.
        """
        parsed = parse(text, self.authorizer.registry)
        is_change = isinstance(parsed, Parsed) and isinstance(parsed.command, Change)
        actor = await self.authorizer.actor(origin, fresh=is_change)
        match parsed:
            case HelpWanted(command=None) if not text.strip():
                await self._reply(
                    origin, await front(self.authorizer, self.ledger, actor, origin, self.clock.now()), text
                )
            case HelpWanted(command=None, topic=topic):
                await self._reply(origin, await self._overview(actor, origin, topic), text)
            case HelpWanted(command=Query() | Change() as command):
                await self._reply(origin, help_pages.of_command(command, self.slash), text)
            case Parsed(command=Live() as query) if query.goes_on(parsed.args):
                await self._live(origin, actor, query, parsed)
            case Parsed(command=Query() as query):
                await self._query(origin, actor, query, parsed, card)
            case Parsed(command=Change() as change):
                await self._change(origin, actor, change, parsed, otherwise=reason)

    async def _overview(self, actor: Actor, origin: Origin, topic: str) -> Reply:
        """Help lists only what the asker may use here."""
        listed = await usable(self.authorizer, actor, self.authorizer.channel(origin.channel).home)
        if topic:
            about = self.authorizer.registry.about(topic)
            listed = [one for one in listed if one in about]
        return help_pages.overview(listed, self.slash, topic=topic)

    async def _query(self, origin: Origin, actor: Actor, query: Query[Any], parsed: Parsed, card: str) -> None:
        namespace, args = self._placed(origin, parsed)
        await self.authorizer.permit(actor, query, args, namespace)
        work = asyncio.ensure_future(query.run(args, self._context(origin, actor, namespace)))
        try:
            done, _ = await asyncio.wait({work}, timeout=MOMENT_S)
            if not done and not card:
                async with self.ledger.transaction() as tx:
                    await tx.put(*looking(origin, parsed.line))
            reply = await asyncio.to_thread(sifted, await work, parsed.options)
        finally:
            work.cancel()
        await self._reply(origin, reply, parsed.line, card=card)

    async def _live(self, origin: Origin, actor: Actor, query: Live[Any], parsed: Parsed) -> None:
        """Answer with a card that goes on; as it is now, with the reason, where no more may go on."""
        namespace, args = self._placed(origin, parsed)
        await self.authorizer.permit(actor, query, args, namespace)
        context = self._context(origin, actor, namespace)
        if why := await self.lives.refusal(actor):
            reply = await asyncio.to_thread(sifted, await query.run(args, context), parsed.options)
            await self._reply(origin, replaced(reply, parts=(*reply.parts, Text(why))), parsed.line)
        else:
            await self.lives.begin(Wish(origin, actor, query, args, namespace, parsed.line, context, parsed.options))

    async def _change(
        self, origin: Origin, actor: Actor, change: Change[Any], parsed: Parsed, *, otherwise: str
    ) -> None:
        """Propose; where policy wants a reason, only one that the person gave himself will do."""
        plan = await self._planned(origin, actor, change, parsed)
        requirements = self.authorizer.requirements(change, plan, parsed.reason)
        place = self._place_of_card(origin, plan, requirements)
        await self.propose(
            Proposal(
                key=origin.key,
                plan=plan,
                requester=actor,
                reason=parsed.reason or otherwise,
                channel=place,
                requirements=requirements,
            )
        )
        if not is_direct(place) and (origin.thread_ts or place != origin.channel):
            await self._point_to_card(origin, plan, place)

    def _place_of_card(self, origin: Origin, plan: Plan, requirements: Requirements) -> str:
        """Where it was asked; a request made in private that others must approve goes where they see it."""
        here = origin.channel or origin.user_id
        if not (requirements.approvals and is_direct(origin.channel)):
            return here
        home = self.authorizer.channel(origin.channel).home
        return of_approvers(self.authorizer.policy, {step.target.namespace or home for step in plan.steps}) or here

    async def _point_to_card(self, origin: Origin, plan: Plan, place: str) -> None:
        """Answer where it was asked, in a thread or in private: the card has a thread of its own, in its channel."""
        async with self.ledger.transaction() as tx:
            await tx.put(
                Card(
                    key=f"pointer:{origin.key}",
                    channel=origin.channel or origin.user_id,
                    message=pointer(plan.title, place),
                    thread_ts=origin.thread_ts,
                    origin_key=origin.key,
                )
            )

    async def preview(self, origin: Origin, text: str) -> Preview:
        """What the change *text* would do; nothing is proposed. Raises as `ask`, BadArguments for what is no change."""
        parsed = parse(text, self.authorizer.registry)
        if not isinstance(parsed, Parsed) or not isinstance(parsed.command, Change):
            raise BadArguments("Only a change has a preview. Nothing was done.")
        actor = await self.authorizer.actor(origin, fresh=False)
        plan = await self._planned(origin, actor, parsed.command, parsed)
        return Preview(plan, self.authorizer.demanded(parsed.command, plan), await self.ledger.holder(plan))

    async def permitted(self, origin: Origin, actor: Actor, text: str) -> tuple[str, Callable[[], Awaitable[Reply]]]:
        """The namespace that the query *text* speaks of, and how to ask it; nothing is posted.

        Raises as `ask`, BadArguments for what is no query.
        """
        parsed = parse(text, self.authorizer.registry)
        if not isinstance(parsed, Parsed) or not isinstance(parsed.command, Query):
            raise BadArguments("Only a query can be glanced at. Nothing was done.")
        namespace, args = self._placed(origin, parsed)
        await self.authorizer.permit(actor, parsed.command, args, namespace)
        return namespace, partial(parsed.command.run, args, self._context(origin, actor, namespace))

    async def _planned(self, origin: Origin, actor: Actor, change: Change[Any], parsed: Parsed) -> Plan:
        namespace, args = self._placed(origin, parsed)
        await self.authorizer.permit(actor, change, args, namespace)
        return await change.plan(args, self._context(origin, actor, namespace))

    def _placed(self, origin: Origin, parsed: Parsed) -> tuple[str, Args]:
        """The namespace meant, and the arguments with it filled in. Raises Denied where the channel may not."""
        namespace = self.authorizer.namespace(self.authorizer.channel(origin.channel), parsed.args)
        if "namespace" not in type(parsed.args).model_fields:
            return namespace, parsed.args
        return namespace, parsed.args.model_copy(update={"namespace": namespace})

    def _context(self, origin: Origin, actor: Actor, namespace: str) -> Context:
        return Context(
            actor=actor,
            now=self.clock.now(),
            namespace=namespace,
            on=self.reading,
            permissions=Explained(self.authorizer),
            operations=self.ledger,
            incidents=self.ledger,
            outbox=self.ledger,
            favourites=Starred(self.ledger, self.authorizer.registry),
            channel=origin.channel,
        )

    async def _reply(self, origin: Origin, reply: Reply, line: str, *, card: str = "") -> None:
        """Put it in its place; a card that is edited keeps the pictures that it was answered with."""

        def drawn() -> Sequence[Outgoing]:
            pictures = () if card else reply_pictures(reply)
            return answer(origin, reply, line, key=card, pictures=pictures)

        items = await asyncio.to_thread(drawn)  # 5,000 rows take half a second, a picture 30 ms
        async with self.ledger.transaction() as tx:
            await tx.put(*items)
            await attending.finish(tx, origin.key)

    async def press(self, click: Click, card: str) -> None:
        """Run the line behind a button of *card*, with the rights of the one who pressed it. Raises as `ask`."""
        line = await self.ledger.line_of(click.value)
        if line is None:
            raise Denied("This button is not one of the bot's, or is too old. Nothing was done.")
        turned = card if card.startswith("reply:") and "--page" in line else ""
        await self.ask(_of_its_thread(click, card), line, reason=await self._prompted_by(card), card=turned)

    async def _prompted_by(self, card: str) -> str:
        """Why somebody presses a button of *card*, as far as that is an incident's; else nobody said why."""
        kind, _, rest = card.partition(":")
        try:
            incident = await self.ledger.incident(rest.partition(":")[0]) if kind == "incident" else None
        except NotFound:  # a digest of many
            incident = None
        return f"incident {incident.number}: {headline(incident)}" if incident else ""


def _of_its_thread(click: Click, card: str) -> Origin:
    """What is asked of an incident is answered in its thread, beside what was found out before."""
    if not card.startswith("incident:") or click.origin.thread_ts:
        return click.origin
    return replaced(click.origin, thread_ts=click.message_ts)
