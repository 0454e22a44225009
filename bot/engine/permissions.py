"""Permissions: what each layer would answer somebody, asked without doing anything; for `can-i` and `who-can`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.engine.authorize import Authorizer
from bot.engine.completions import VERBS
from bot.engine.parse import Parsed, parse
from bot.engine.requirements import required, tiers_for
from bot.errors import Denied, UserError
from bot.model.actor import Subject
from bot.model.layer import Layer
from bot.model.resources import Resource
from bot.spec import Access, AnyCommand, Change

SUBRESOURCES = frozenset({"eviction", "exec", "log", "proxy", "scale", "status"})
"""What stands behind a kind in a Role, and so in a refusal: `patch deployments/scale`."""


@dataclass(frozen=True)
class Explained:
    """The layers of one authorizer (bot.ports.Permissions)."""

    authorizer: Authorizer

    async def explain(
        self, subject: Subject, *, channel: str, namespace: str, verb: str, resource: Resource, name: str = ""
    ) -> list[Layer]:
        """What each layer answers; nothing is done. *verb* is Kubernetes', which goes first, or a command's name."""
        command = None if verb in VERBS else self.authorizer.registry.named(verb)
        if command:
            needs = self._needs_of(command, f"{resource.singular}/{name}" if name else "")
        else:
            asked = f"{resource.plural}/{name}" if name in SUBRESOURCES else resource.plural
            needs = (Access(resource.group, (asked,), (verb,)),)
        layers = [
            self._channel_layer(channel, namespace),
            *await self.authorizer.kubernetes_layers(subject, needs, namespace),
        ]
        if isinstance(command, Change):
            layers.append(self._policy_layer(command, namespace, name))
        return layers

    def _needs_of(self, command: AnyCommand, target: str) -> Sequence[Access]:
        """What the command needs for *target*, or all that it may need where that can't be told without more words."""
        try:
            parsed = parse(f"{command.name} {target}", self.authorizer.registry)
        except UserError:
            return command.access
        if not isinstance(parsed, Parsed) or command.needs is None:
            return command.access
        return command.needs(parsed.args)

    def people(self) -> dict[str, Subject]:
        """Slack user id → subject: everyone whom policy knows."""
        return {user_id: entry.subject for user_id, entry in self.authorizer.policy.people.items()}

    def _channel_layer(self, channel: str, namespace: str) -> Layer:
        try:
            bound = self.authorizer.channel(channel)
        except Denied as error:
            return Layer("Channel", allowed=False, reason=str(error))
        spoken = ", ".join(bound.namespaces)
        return Layer("Channel", allowed=bound.covers(namespace or "*"), reason=f"this channel is bound to {spoken}")

    def _policy_layer(self, command: Change[Any], namespace: str, name: str) -> Layer:
        try:
            rules, tiers = tiers_for(
                self.authorizer.policy,
                command=command.name,
                risk=command.risk,
                namespace=namespace,
                names=(name,) if name else (),
            )
        except Denied as error:
            return Layer("Policy", allowed=False, reason=str(error))
        needs = required(rules, tiers)
        people = " and ".join(f"{item.count} of @{item.group}" for item in needs.approvals)
        return Layer("Policy", allowed=True, reason=f"rule “{needs.rule}”: {people or 'nobody else'} must approve")
