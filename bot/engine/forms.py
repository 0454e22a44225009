"""Forms: a command's arguments asked for in a modal; what is submitted goes the way of a typed line."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from bot.engine.asking import Asking
from bot.engine.authorize import Authorizer
from bot.engine.composing import compose, faults
from bot.engine.draft import Draft
from bot.engine.form_fields import form_for
from bot.engine.openings import Openings, kept, opening_id, placed
from bot.engine.parse import begun
from bot.engine.requirements import tiers_for
from bot.engine.windows import show
from bot.errors import BotError, Denied
from bot.model.form import Form, Opening, Preview
from bot.model.incoming import Click, Command, Origin, Submission
from bot.ports_ledger import Ledger
from bot.render.forms import form_modal
from bot.render.modals import View
from bot.spec import Change


@dataclass(frozen=True)
class Forms:
    """Believes of Slack who filled in what; which command and which channel come from the database."""

    authorizer: Authorizer
    ledger: Ledger
    asking: Asking

    async def open(self, click: Click) -> None:
        """Draw the form of the line behind a button into the modal that is open. Raises Denied, NotFound."""
        opening = await self._opening(click.value, click.origin)
        await self.authorizer.actor(click.origin, fresh=False)
        await self._show(click, form_modal(self._drawn(opening), about=opening_id(opening)), opening)

    async def fill(self, click: Click) -> None:
        """Draw the form again after a choice on which the names offered in other fields hang."""
        opening = await self._filled(click)
        await self.authorizer.actor(click.origin, fresh=False)
        await self._show(click, form_modal(self._drawn(opening), about=opening_id(opening)), opening)

    async def preview(self, click: Click) -> None:
        """Draw the form again, with what its change would do, or why it would not be done."""
        opening = await self._filled(click)
        meaning: Preview | BotError
        try:
            meaning = await self.asking.preview(placed(click.origin, opening), opening.line)
        except BotError as error:
            meaning = error
        view = form_modal(self._drawn(opening), about=opening_id(opening), previewed=meaning)
        await self._show(click, view, opening)

    async def _filled(self, click: Click) -> Opening:
        """The opening with what stands in the form by now: Slack does not tell it while a person types."""
        opening = await self._opening(click.value, click.origin)
        command = begun(opening.line, self.authorizer.registry).command
        return msgspec.structs.replace(opening, line=compose(command, click.fields))

    async def spelled(self, submission: Submission) -> Command:
        """The line that a submitted form stands for, asked where the form was opened. Raises Denied."""
        opening = await self._opening(submission.value, submission.origin)
        command = begun(opening.line, self.authorizer.registry).command
        return Command(placed(submission.origin, opening), compose(command, submission.fields))

    async def validate(self, submission: Submission) -> Mapping[str, str]:
        """As Features: errors by field, while the person waits; what cannot be told now is told after the submit."""
        if submission.callback != "form":
            return {}
        try:
            opening = await self._opening(submission.value, submission.origin)
            draft = begun(opening.line, self.authorizer.registry)
        except BotError:
            return {}
        return faults(draft.command, submission.fields, self.authorizer.registry)

    async def _opening(self, opaque: str, origin: Origin) -> Opening:
        return await Openings(self.ledger).find(opaque, origin)

    def _drawn(self, opening: Opening) -> Form:
        """Raises Denied where the channel is bound to nothing."""
        draft = begun(opening.line, self.authorizer.registry)
        channel = self.authorizer.channel(opening.channel)
        characters = self._reason_characters(draft, channel.home)
        return form_for(draft, channel, opening.channel, reason_characters=characters)

    def _reason_characters(self, draft: Draft, namespace: str) -> int:
        """What every target would need; a rule for some targets alone speaks up when the line is asked."""
        command = draft.command
        if not isinstance(command, Change):
            return 0
        try:
            _, tiers = tiers_for(
                self.authorizer.policy, command=command.name, risk=command.risk, namespace=namespace, names=()
            )
        except Denied:
            return 0
        return max((tier.reason.min_length for tier in tiers if tier.reason.required), default=0)

    async def _show(self, click: Click, view: View, opening: Opening) -> None:
        await show(self.ledger, click, view, kept([opening]))
