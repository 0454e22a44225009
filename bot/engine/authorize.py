"""Authorise: every layer of permission, asked in one order for every entry point: line, button, modal and execution."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from bot.engine.identity import identify
from bot.engine.parse import Parsed, parse
from bot.engine.policy import Channel, Policy, Rule, Tier
from bot.engine.registry import Registry
from bot.engine.requirements import check_reason, required, stricter, tiers_for, unmet
from bot.errors import Denied, Unreachable, UserError
from bot.model.actor import Actor, Subject
from bot.model.incoming import Origin
from bot.model.layer import Layer
from bot.model.operation import Approvers, Operation, Requirements, Verdict
from bot.model.plan import Plan
from bot.model.resources import BY_NAME, Resource
from bot.ports import ClusterReader, Directory
from bot.spec import Access, AnyCommand, Args, Change

WITHOUT_CHANNEL = frozenset({"", "D", "U", "W"})
"""How the id begins of what is no channel: none at all, a direct message, the person whose direct message it is."""

KUBERNETES = "Kubernetes: "
"""How the name of a layer that the API server answers for begins."""


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
            raise _shared()
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
                self.cluster.may(subject, verb, resource, group=rule.group, namespace=_scope(resource, namespace))
                for rule, verb, resource in asked
            )
        )
        return [
            Layer(
                f"{KUBERNETES}{verb} {resource}",
                answer.allowed,
                answer.reason or ("a rule allows it" if answer.allowed else "no rule allows it"),
                answer.is_known,
            )
            for (_, verb, resource), answer in zip(asked, answers, strict=True)
        ]

    async def explain(
        self, subject: Subject, *, channel: str, namespace: str, verb: str, resource: Resource, name: str = ""
    ) -> list[Layer]:
        """What each layer answers; nothing is done. *verb* is Kubernetes' or the name of a command."""
        command = self.registry.named(verb)
        if command:
            needs = self._needs_of(command, f"{resource.singular}/{name}" if name else "")
        else:
            needs = (Access(resource.group, (resource.plural,), (verb,)),)
        layers = [self._channel_layer(channel, namespace), *await self.kubernetes_layers(subject, needs, namespace)]
        if isinstance(command, Change):
            layers.append(self._policy_layer(command, namespace, name))
        return layers

    def _needs_of(self, command: AnyCommand, target: str) -> Sequence[Access]:
        """What the command needs for *target*, or all that it may need where that can't be told without more words."""
        try:
            parsed = parse(f"{command.name} {target}", self.registry)
        except UserError:
            return command.access
        if not isinstance(parsed, Parsed) or command.needs is None:
            return command.access
        return command.needs(parsed.args)

    def people(self) -> dict[str, Subject]:
        """Slack user id → subject: everyone whom policy knows."""
        return {user_id: entry.subject for user_id, entry in self.policy.people.items()}

    def _channel_layer(self, channel: str, namespace: str) -> Layer:
        try:
            bound = self.channel(channel)
        except Denied as error:
            return Layer("Channel", allowed=False, reason=str(error))
        spoken = ", ".join(bound.namespaces)
        return Layer("Channel", allowed=bound.covers(namespace or "*"), reason=f"this channel is bound to {spoken}")

    def _policy_layer(self, command: Change[Any], namespace: str, name: str) -> Layer:
        try:
            rules, tiers = tiers_for(
                self.policy, command=command.name, risk=command.risk, namespace=namespace, names=(name,) if name else ()
            )
        except Denied as error:
            return Layer("Policy", allowed=False, reason=str(error))
        needs = required(rules, tiers)
        people = " and ".join(f"{item.count} of @{item.group}" for item in needs.approvals)
        return Layer("Policy", allowed=True, reason=f"rule “{needs.rule}”: {people or 'nobody else'} must approve")

    def requirements(self, command: Change[Any], plan: Plan, reason: str) -> Requirements:
        """What policy requires of this plan. Raises Denied, and BadArguments for a missing reason."""
        rules, tiers = self._judged(command, plan)
        check_reason(reason, tiers, line=plan.line)
        return required(rules, tiers)

    def demanded(self, command: Change[Any], plan: Plan) -> Requirements:
        """The same before a reason is given. Raises Denied."""
        return required(*self._judged(command, plan))

    def _judged(self, command: Change[Any], plan: Plan) -> tuple[tuple[Rule, ...], tuple[Tier, ...]]:
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

    def missing(self, operation: Operation) -> tuple[Approvers, ...]:
        """Whose approvals *operation* still lacks; judged by the stricter of then's and today's policy."""
        command, _ = self._command(operation)
        needed = stricter(operation.requirements, required(*self._judged(command, operation.plan)))
        approving = [
            self._groups(decision.actor.subject)
            for decision in operation.decisions
            if decision.verdict is Verdict.APPROVE and decision.plan_hash == operation.plan.hash
        ]
        return unmet(needed, approving)

    def _groups(self, subject: Subject) -> frozenset[str]:
        return frozenset(group for group in self.policy.groups if self.policy.is_member(subject, group))

    async def may_decide(self, actor: Actor, operation: Operation) -> None:
        """Raise Denied unless this person may approve, and so may deny, this operation."""
        await self._require_own_channel(operation, fresh=False)
        if actor.subject.user == operation.requester.subject.user:
            raise Denied(
                "You asked for this, so somebody else decides it. Nothing was changed.",
                hint="You can cancel it in the card's menu.",
            )
        wanted = [item.group for item in operation.requirements.approvals]
        if not self._groups(actor.subject) & set(wanted):
            shown = " or ".join(f"@{group}" for group in wanted)
            raise Denied(
                f"You may not decide this: it needs {shown}. Nothing was changed.",
                hint=f"Rule “{operation.requirements.rule}” says so.",
            )
        await self._holds_the_verb(actor, operation)

    async def may_settle(self, actor: Actor, operation: Operation) -> None:
        """Raise Denied unless this person may say what became of a write that got no answer.

        Whoever may approve it; where nobody had to, whoever may do it himself: else its target stayed closed for ever.
        """
        if operation.requirements.approvals:
            await self.may_decide(actor, operation)
            return
        await self._require_own_channel(operation, fresh=False)
        command, args = self._command(operation)
        await self.permit(actor, command, args, operation.plan.namespace)

    async def _require_own_channel(self, operation: Operation, *, fresh: bool) -> None:
        """Raise Denied where the channel it was asked in may no longer speak of its namespace, or is shared now."""
        bound, namespace = self.channel(operation.channel), operation.plan.namespace
        if not bound.covers(namespace or "*"):
            raise Denied(
                f"This channel may not see namespace {namespace} any more. Nothing was changed.",
                hint=f"It is bound to {', '.join(bound.namespaces)}.",
            )
        if await self.directory.is_shared(operation.channel, fresh=fresh):
            raise _shared()

    async def _holds_the_verb(self, actor: Actor, operation: Operation) -> None:
        command, args = self._command(operation)
        _, tiers = self._judged(command, operation.plan)
        if any(tier.approver_must_hold_verb for tier in tiers):
            await self.permit(actor, command, args, operation.plan.namespace)

    async def recheck(self, operation: Operation) -> None:
        """Ask everything again before the first write: of the requester and of each approver, by today's policy.

        Raises Denied with what no longer holds; Unreachable when somebody cannot be asked.
        """
        today = await self._today(operation)
        await self._require_own_channel(today, fresh=True)
        command, args = self._command(today)
        await self.permit(today.requester, command, args, today.plan.namespace)
        for decision in today.decisions:
            await self.may_decide(decision.actor, today)
        if missing := self.missing(today):
            shown = ", ".join(f"{item.count} of @{item.group}" for item in missing)
            raise Denied(f"Policy now requires {shown} as well. Nothing was changed.", hint="Ask again.")

    async def _today(self, operation: Operation) -> Operation:
        """*operation* with its requester and approvers as they are now.

        An approval counts for the groups that its giver still has.
        """
        requester = await self._again(operation.requester)
        decisions = [
            msgspec.structs.replace(decision, actor=await self._again(decision.actor))
            for decision in operation.decisions
            if decision.verdict is Verdict.APPROVE
        ]
        return msgspec.structs.replace(operation, requester=requester, decisions=tuple(decisions))

    async def _again(self, actor: Actor) -> Actor:
        """The same person, asked of Slack anew. Raises Denied also where policy takes him for somebody else now."""
        now = await identify(
            self.directory, self.policy, team_id=actor.person.team_id, user_id=actor.person.user_id, fresh=True
        )
        if now.subject.user != actor.subject.user:
            raise Denied(
                f"Policy gives Slack account {actor.person.user_id} another identity now. Nothing was changed.",
                hint="Ask again.",
            )
        return now

    def _command(self, operation: Operation) -> tuple[Change[Any], Args]:
        """The change that an operation's line asks for, and its arguments."""
        parsed = parse(operation.plan.line, self.registry)
        if not isinstance(parsed, Parsed) or not isinstance(parsed.command, Change):
            raise Denied(f"This version of the bot does not know `{operation.plan.command}`. Nothing was changed.")
        return parsed.command, parsed.args


def _shared() -> Denied:
    return Denied(
        "This channel is shared with another workspace; the bot does not work in it. Nothing was done.",
        hint="Use a channel of your own workspace.",
    )


def _scope(resource: str, namespace: str) -> str:
    """The namespace to ask for: nodes and volumes belong to none, and only a ClusterRole gives them."""
    known = BY_NAME.get(resource.partition("/")[0])
    return namespace if known is None or known.namespaced else ""
