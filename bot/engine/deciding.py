"""Clicks and modals on an operation's card: show what would be approved, and take a person's verdict on it."""

from dataclasses import dataclass

import msgspec

from bot.engine import attending
from bot.engine.answers import whisper
from bot.engine.approval import Approvals, require_undecided
from bot.engine.authority import Authority
from bot.engine.authorize import Authorizer
from bot.errors import BadArguments, BotError, Conflict, Denied, NotFound
from bot.model.actor import Actor
from bot.model.event import Event, EventKind
from bot.model.incoming import Click, Origin, Submission
from bot.model.operation import Operation, State, Verdict
from bot.model.outgoing import ViewContent
from bot.model.plan import Json
from bot.ports_ledger import Ledger
from bot.render.modals import NAME_FIELD, REASON_FIELD, approval_modal, deny_modal, details_modal, message_modal

VERDICTS = {"approve": Verdict.APPROVE, "deny": Verdict.DENY}
"""Which modal gives which verdict."""

AT_ONCE = frozenset({"cancel", "happened", "did_not_happen"})
"""Buttons that need no modal: they take back, or tell what is so already."""


@dataclass(frozen=True)
class Deciding:
    """What is shown comes from the database; what is believed of a click is who made it, and an operation's id."""

    authorizer: Authorizer
    authority: Authority
    approvals: Approvals
    ledger: Ledger

    async def click(self, click: Click) -> None:
        """Take a click on a card. A refusal is shown in the modal that the click opened, else raised."""
        if click.action in AT_ONCE:
            await self._do_at_once(click)
            return
        try:
            view = await self._view(click)
        except (Denied, Conflict, NotFound) as error:
            if not click.view_id:
                raise
            view = message_modal("Not possible", f"{error} {error.hint}".strip())
            await self._note(click.origin, error, click.value)
        async with self.ledger.transaction() as tx:
            if click.view_id:
                await tx.put(ViewContent(key=f"view:{click.view_id}", view_id=click.view_id, view=view))
            await attending.finish(tx, click.origin.key)

    async def _do_at_once(self, click: Click) -> None:
        """Cancel, or say what a look at the target showed when the bot could not tell itself."""
        operation, actor = await self._about(click.origin, click.value)
        if click.action == "cancel":
            await self.approvals.cancel(operation.id, actor, deed=click.origin.key)
            return
        await self.authority.may_settle(actor, operation)
        happened = click.action == "happened"
        outcome = f"{actor.called} looked: it {'happened' if happened else 'did not happen'}."
        to = State.APPLIED if happened else State.FAILED
        await self.approvals.settle(operation.id, actor, to, outcome, deed=click.origin.key)

    async def _view(self, click: Click) -> dict[str, Json]:
        operation, actor = await self._about(click.origin, click.value)
        match click.action:
            case "details":
                return details_modal(operation)
            case "approve":
                require_undecided(operation, actor, Verdict.APPROVE)
                await self.authority.may_decide(actor, operation)
                return approval_modal(operation)
            case "deny":
                require_undecided(operation, actor, Verdict.DENY)
                await self.authority.may_decide(actor, operation)
                return deny_modal(operation)
            case _:
                raise Denied("This button is not one of the bot's. Nothing was changed.")

    async def submit(self, submission: Submission) -> None:
        """Take the verdict given in a modal that showed the plan whole; a refusal is told beside the card."""
        operation, actor = await self._about(submission.origin, submission.value)
        try:
            await self._decide(submission, operation, actor)
        except (Denied, Conflict, BadArguments) as error:
            await self._tell_beside_card(submission.origin, operation, error)

    async def _decide(self, submission: Submission, operation: Operation, actor: Actor) -> None:
        verdict = VERDICTS.get(submission.callback)
        if verdict is None:
            raise Denied("This form is not one of the bot's. Nothing was changed.")
        require_undecided(operation, actor, verdict)
        await self.authority.may_decide(actor, operation)
        if verdict is Verdict.APPROVE and operation.requirements.type_name:
            _require_typed(operation, submission.fields.get(NAME_FIELD, ""))
        reason = submission.fields.get(REASON_FIELD, "")
        hash_shown = operation.plan.hash  # the plan never changes, so what the modal showed is what is stored
        await self.approvals.decide(operation.id, actor, verdict, hash_shown, reason, deed=submission.origin.key)

    async def _about(self, origin: Origin, operation_id: str) -> tuple[Operation, Actor]:
        actor = await self.authorizer.actor(origin, fresh=True)
        operation = await self.ledger.operation(operation_id)
        if origin.channel not in {"", operation.channel} and not origin.channel.startswith("D"):
            raise Denied("That operation is not shown in this channel. Nothing was changed.")
        return operation, actor

    async def _tell_beside_card(self, origin: Origin, operation: Operation, error: BotError) -> None:
        """A modal is gone once submitted: its refusal stands where the card stands."""
        await self._note(origin, error, operation.id)
        place = msgspec.structs.replace(origin, channel=origin.channel or operation.channel)
        async with self.ledger.transaction() as tx:
            await tx.put(whisper(place, key=f"refusal:{origin.key}", error=error, line=operation.plan.line))
            await attending.finish(tx, origin.key)

    async def _note(self, origin: Origin, error: BotError, operation_id: str) -> None:
        """Keep the refused verdict in the audit, in a transaction of its own."""
        detail = {"team": origin.team_id, "user": origin.user_id}
        async with self.ledger.transaction() as tx:
            await tx.audit(Event(kind=EventKind.REFUSED, operation=operation_id, text=str(error), detail=detail))


def _require_typed(operation: Operation, typed: str) -> None:
    names = operation.plan.names
    if " ".join(typed.split()) != names:
        raise BadArguments(
            f"“{typed[:60]}” is not {names}, so it is not approved. Nothing was changed.",
            hint="Approve again and type the name.",
        )
