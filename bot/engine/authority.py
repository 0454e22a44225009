"""Authority over an operation: who may decide on it, what it still lacks, and whether it may still be done.

The same layers as at asking, for everybody who had to do with it, at each verdict and again before the first write.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from bot.engine.authorize import Authorizer, shared_channel
from bot.engine.identity import identify
from bot.engine.parse import Parsed, parse
from bot.engine.requirements import required, stricter, unmet
from bot.errors import Denied
from bot.model.actor import Actor, Subject
from bot.model.operation import Approvers, Operation, Verdict
from bot.spec import Args, Change


@dataclass(frozen=True)
class Authority:
    """Deny when unsure, as the authorizer whose layers it asks."""

    authorizer: Authorizer

    def missing(self, operation: Operation) -> tuple[Approvers, ...]:
        """Whose approvals *operation* still lacks; judged by the stricter of then's and today's policy."""
        command, _ = self._command(operation)
        needed = stricter(operation.requirements, required(*self.authorizer.judged(command, operation.plan)))
        approving = [
            self._groups(decision.actor.subject)
            for decision in operation.decisions
            if decision.verdict is Verdict.APPROVE and decision.plan_hash == operation.plan.hash
        ]
        return unmet(needed, approving)

    def _groups(self, subject: Subject) -> frozenset[str]:
        return frozenset(
            group for group in self.authorizer.policy.groups if self.authorizer.policy.is_member(subject, group)
        )

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
        await self.authorizer.permit(actor, command, args, operation.plan.namespace)

    async def _require_own_channel(self, operation: Operation, *, fresh: bool) -> None:
        """Raise Denied where the channel it was asked in may no longer speak of its namespace, or is shared now."""
        bound, namespace = self.authorizer.channel(operation.channel), operation.plan.namespace
        if not bound.covers(namespace or "*"):
            raise Denied(
                f"This channel may not see namespace {namespace} any more. Nothing was changed.",
                hint=f"It is bound to {', '.join(bound.namespaces)}.",
            )
        if await self.authorizer.directory.is_shared(operation.channel, fresh=fresh):
            raise shared_channel()

    async def _holds_the_verb(self, actor: Actor, operation: Operation) -> None:
        command, args = self._command(operation)
        _, tiers = self.authorizer.judged(command, operation.plan)
        if any(tier.approver_must_hold_verb for tier in tiers):
            await self.authorizer.permit(actor, command, args, operation.plan.namespace)

    async def recheck(self, operation: Operation) -> None:
        """Ask everything again before the first write: of the requester and of each approver, by today's policy.

        Raises Denied with what no longer holds; Unreachable when somebody cannot be asked.
        """
        today = await self._today(operation)
        await self._require_own_channel(today, fresh=True)
        command, args = self._command(today)
        missing = self.missing(today)
        with _naming(today.requester):
            await self.authorizer.permit(today.requester, command, args, today.plan.namespace)
        for decision in today.decisions:
            with _naming(decision.actor):
                await self.may_decide(decision.actor, today)
        if missing:
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
        with _naming(actor):
            now = await identify(
                self.authorizer.directory,
                self.authorizer.policy,
                team_id=actor.person.team_id,
                user_id=actor.person.user_id,
                fresh=True,
            )
        if now.subject.user != actor.subject.user:
            raise Denied(
                f"Policy gives Slack account {actor.person.user_id} another identity now. Nothing was changed.",
                hint="Ask again.",
            )
        return now

    def _command(self, operation: Operation) -> tuple[Change[Any], Args]:
        """The change that an operation's line asks for, and its arguments."""
        parsed = parse(operation.plan.line, self.authorizer.registry)
        if not isinstance(parsed, Parsed) or not isinstance(parsed.command, Change):
            raise Denied(f"This version of the bot does not know `{operation.plan.command}`. Nothing was changed.")
        return parsed.command, parsed.args


@contextmanager
def _naming(actor: Actor) -> Iterator[None]:
    """Say of whom it is: what a refused person is told as “you”, a whole channel reads on the card here."""
    try:
        yield
    except Denied as error:
        said = str(error).removesuffix(" Nothing was changed.").removesuffix(" Nothing was done.")
        raise Denied(f"{actor.called} is refused now: “{said}” Nothing was changed.") from error
