"""Stopping a live answer, from its card."""

from dataclasses import dataclass

from bot.engine import attending
from bot.engine.authorize import Authorizer
from bot.engine.live_cards import ended_card
from bot.engine.parse import Parsed, parse
from bot.errors import Conflict, Denied
from bot.model.actor import Actor
from bot.model.incoming import Click
from bot.model.live import Ending, How, LiveAnswer
from bot.ports_ledger import Ledger


@dataclass(frozen=True)
class Stopping:
    """The asker may stop it, and so may everybody who may see the same; on whichever replica it runs."""

    authorizer: Authorizer
    ledger: Ledger

    async def stop(self, click: Click) -> None:
        """End it and say so on its card. Raises Denied, Conflict when it has ended before, Unreachable."""
        actor = await self.authorizer.actor(click.origin, fresh=True)
        answer = await self.ledger.live(click.value)
        if answer is None:
            raise Conflict("This has ended already. Nothing was changed.")
        await self._permit(actor, answer)
        async with self.ledger.transaction() as tx:
            if await tx.end_live(answer.id) is None:
                raise Conflict("This has ended already. Nothing was changed.")
            await tx.put(ended_card(answer, Ending(How.STOPPED, await tx.now(), by=actor.person)))
            await attending.finish(tx, click.origin.key)

    async def _permit(self, actor: Actor, answer: LiveAnswer) -> None:
        """Judged where it is followed, wherever the press says that it came from. Raises Denied."""
        if actor.person.user_id == answer.asker.user_id:
            return
        parsed = parse(answer.line, self.authorizer.registry)
        if not isinstance(parsed, Parsed):
            raise Denied("This version of the bot does not know what this follows. Nothing was changed.")
        namespace = self.authorizer.namespace(self.authorizer.channel(answer.origin.channel), parsed.args)
        try:
            await self.authorizer.permit(actor, parsed.command, parsed.args, namespace)
        except Denied as error:
            raise Denied(
                "You may not stop this: that is for who asked, and for those who may see the same. It goes on.",
                hint=error.hint,
            ) from error
