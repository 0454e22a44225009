"""Which commands are worth offering to a person: those that Kubernetes would let him use."""

import asyncio

from bot.engine.authorize import Authorizer
from bot.model.actor import Actor
from bot.spec import AnyCommand, Query


async def usable(authorizer: Authorizer, actor: Actor, namespace: str) -> list[AnyCommand]:
    """The commands that *actor* may use in *namespace*, in their order."""
    commands = authorizer.registry.commands
    answers = await asyncio.gather(*(may_use(authorizer, actor, command, namespace) for command in commands))
    return [command for command, may in zip(commands, answers, strict=True) if may]


async def may_use(authorizer: Authorizer, actor: Actor, command: AnyCommand, namespace: str) -> bool:
    """Whether *actor* may use *command*: of a query any part, of a change all that it may need."""
    layers = await authorizer.kubernetes_layers(actor.subject, command.access, namespace)
    some = any(layer.allowed for layer in layers) if isinstance(command, Query) else False
    return some or all(layer.allowed for layer in layers)
