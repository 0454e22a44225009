"""App Home: gather what concerns a person, hand it to the renderer."""

from dataclasses import dataclass

from bot.engine.authorize import Authorizer
from bot.errors import Denied, Unreachable
from bot.model.actor import Actor
from bot.model.incoming import Origin
from bot.model.operation import Operation, State
from bot.model.outgoing import HomeContent
from bot.ports_ledger import Ledger
from bot.render.home import home_view


@dataclass(frozen=True)
class Homes:
    """Drawn anew at each opening."""

    authorizer: Authorizer
    ledger: Ledger
    slash: str

    async def show(self, origin: Origin) -> None:
        """Publish the home of who opened it. Raises Denied, Unreachable."""
        actor = await self.authorizer.actor(origin, fresh=False)
        pending = await self.ledger.operations(states={State.PENDING})
        view = home_view(
            waiting=[operation for operation in pending if await self._waits_for(actor, operation)],
            running=await self.ledger.operations(states={State.APPROVED, State.EXECUTING, State.APPLIED}),
            mine=await self.ledger.operations(requester=actor.subject.user, limit=5),
            slash=self.slash,
        )
        async with self.ledger.transaction() as tx:
            await tx.put(HomeContent(key=f"home:{origin.user_id}", user=origin.user_id, view=view))
            await tx.finish_incoming(origin.key)

    async def _waits_for(self, actor: Actor, operation: Operation) -> bool:
        try:
            await self.authorizer.may_decide(actor, operation)
        except (Denied, Unreachable):
            return False
        return True
