"""Authorise: the layers of permission, asked in one order for every entry point: line, button, modal and execution."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.engine.identity import identify
from bot.engine.policy import Channel, Policy, Rule, Tier
from bot.engine.registry import Registry
from bot.engine.requirements import check_reason, required, tiers_for
from bot.errors import Denied, Unreachable
from bot.model.actor import Actor, Subject
from bot.model.incoming import Origin
from bot.model.layer import KUBERNETES, Layer
from bot.model.operation import Requirements
from bot.model.plan import Plan
from bot.model.resources import BY_NAME
from bot.ports import ClusterReader, Directory
from bot.spec import Access, AnyCommand, Args, Change

WITHOUT_CHANNEL = frozenset({"", "D", "U", "W"})
"""How the id begins of what is no channel: none at all, a direct message, the person whose direct message it is."""

REVIEWS = "subjectaccessreviews"
"""Not looked at as other kinds are, and in no namespace either."""


@dataclass(frozen=True)
class Authorizer:
    """Deny when unsure: an error or timeout of any layer is a no."""

    policy: Policy
    directory: Directory
    cluster: ClusterReader
    registry: Registry
    own_namespace: str = ""
    """Where the bot itself lives: it never changes that."""

    async def actor(self, origin: Origin, *, fresh: bool) -> Actor:
        """Who it is. Raises Denied; Unreachable and Throttled when Slack does not say."""
        if origin.is_external or await self.directory.is_shared(origin.channel):
            raise shared_channel()
        return await identify(self.directory, self.policy, team_id=origin.team_id, user_id=origin.user_id, fresh=fresh)

    def channel(self, channel_id: str) -> Channel:
        """What the channel is bound to; a direct message counts as the binding named `dm`. Raises Denied."""
        bound = self.policy.channels.get(channel_id)
        if bound is None and channel_id[:1] in WITHOUT_CHANNEL:
            bound = self.policy.channels.get("dm")
        if bound is None:
            raise Denied(
                f"This channel ({channel_id or 'none'}) is not bound to any namespace. Nothing was done.",
                hint="Use a bound channel, or ask the policy file's owner to add it under `channels`.",
            )
        return bound

    def namespace(self, channel: Channel, args: Args) -> str:
        """The namespace that *args* speak of, or all ("") where they ask for all.

        Raises Denied when the channel may not.
        """
        everywhere = bool(getattr(args, "all_namespaces", False))
        asked = "*" if everywhere else getattr(args, "namespace", "") or channel.home
        if not channel.covers(asked):
            shown = "all namespaces" if everywhere else f"namespace {asked}"
            raise Denied(
                f"This channel may not see {shown}. Nothing was done.",
                hint=f"It is bound to {', '.join(channel.namespaces)}.",
            )
        return "" if everywhere else asked

    async def permit(self, actor: Actor, command: AnyCommand, args: Args, namespace: str) -> None:
        """Raise Denied unless Kubernetes lets the person himself do what this call needs; Unreachable if silent."""
        needs = command.needs(args) if command.needs else command.access
        done = "Nothing was changed." if isinstance(command, Change) else "Nothing was read."
        for layer in await self.kubernetes_layers(actor.subject, needs, namespace):
            if not layer.is_known:
                raise Unreachable(f"{layer.reason.rstrip('.')}. {done}", hint="Try again in a minute.")
            if not layer.allowed:
                raise Denied(
                    f"You may not run `{command.name}` in {namespace or 'all namespaces'}. {done}",
                    hint=f"{layer.name}: {layer.reason}. Ask somebody who may; "
                    f"`can-i {layer.name.removeprefix(KUBERNETES)}` shows each layer.",
                )

    async def kubernetes_layers(self, subject: Subject, needs: Sequence[Access], namespace: str) -> list[Layer]:
        """One layer per verb and resource, asked at once."""
        asked = [(rule, verb, resource) for rule in needs for resource in rule.resources for verb in rule.verbs]
        answers = await asyncio.gather(
            *(
                self.cluster.may(
                    subject, verb, resource, group=rule.group, namespace=namespace if _is_namespaced(resource) else ""
                )
                for rule, verb, resource in asked
            )
        )
        return [
            Layer(
                f"{KUBERNETES}{verb} {resource}",
                answer.allowed,
                answer.reason or ("a rule allows it" if answer.allowed else "no rule allows it"),
                answer.is_known,
                _is_namespaced(resource),
            )
            for (_, verb, resource), answer in zip(asked, answers, strict=True)
        ]

    def requirements(self, command: Change[Any], plan: Plan, reason: str) -> Requirements:
        """What policy requires of this plan. Raises Denied, and BadArguments for a missing reason."""
        rules, tiers = self.judged(command, plan)
        check_reason(reason, tiers, line=plan.line)
        return required(rules, tiers)

    def demanded(self, command: Change[Any], plan: Plan) -> Requirements:
        """The same before a reason is given. Raises Denied."""
        return required(*self.judged(command, plan))

    def judged(self, command: Change[Any], plan: Plan) -> tuple[tuple[Rule, ...], tuple[Tier, ...]]:
        """The rules and tiers that speak of this plan. Raises Denied."""
        for step in plan.steps:
            if self.own_namespace and step.target.namespace == self.own_namespace:
                raise Denied(f"The bot never changes its own namespace {self.own_namespace}. Nothing was changed.")
        return tiers_for(
            self.policy,
            command=command.name,
            risk=command.risk,
            namespace=plan.namespace,
            names=tuple(step.target.name for step in plan.steps),
            program=plan.program,
        )


def shared_channel() -> Denied:
    """The refusal where people of another workspace read along."""
    return Denied(
        "This channel is shared with another workspace; the bot does not work in it. Nothing was done.",
        hint="Use a channel of your own workspace.",
    )


def _is_namespaced(resource: str) -> bool:
    """Nodes and volumes belong to no namespace, and only a ClusterRole gives them."""
    known = BY_NAME.get(resource.partition("/")[0])
    return resource != REVIEWS and (known is None or known.namespaced)
