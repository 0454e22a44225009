"""What waits for a person: the operations that he may decide now."""

from collections.abc import Iterable

from bot.engine.authority import Authority
from bot.engine.authorize import Authorizer
from bot.errors import BotError
from bot.model.actor import Actor
from bot.model.operation import Operation


async def decidable(authorizer: Authorizer, actor: Actor, pending: Iterable[Operation]) -> list[Operation]:
    """Those of *pending* on which a verdict of *actor* would count, in their order."""
    authority = Authority(authorizer)
    return [one for one in pending if await _may_decide(authority, actor, one)]


async def _may_decide(authority: Authority, actor: Actor, operation: Operation) -> bool:
    try:
        await authority.may_decide(actor, operation)
    except BotError:  # also of an operation whose command this version no longer knows
        return False
    return True
