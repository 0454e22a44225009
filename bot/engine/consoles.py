"""The console: every command that a person may use, one choice away from its form, in a channel of his."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.engine.authorize import Authorizer
from bot.engine.help import AREAS
from bot.engine.openings import Openings, kept, opening_id
from bot.engine.places import places
from bot.engine.usable import usable
from bot.engine.windows import show
from bot.errors import Denied
from bot.model.form import Opening
from bot.model.incoming import Click
from bot.ports import Directory
from bot.ports_ledger import Ledger
from bot.render.console import Choice, Group, Place, console_modal
from bot.spec import AnyCommand


@dataclass(frozen=True)
class Consoles:
    """Opened by the global shortcut, which tells no channel: the person chooses among his own."""

    authorizer: Authorizer
    directory: Directory
    ledger: Ledger

    async def open(self, click: Click) -> None:
        """Draw the console for the first of his channels, or the one he chose. Raises Denied."""
        actor = await self.authorizer.actor(click.origin, fresh=False)
        openings = await self._openings(click)
        here = openings[0]
        if click.action == "console":
            here = await Openings(self.ledger).find(click.value, click.origin)
        commands = await usable(self.authorizer, actor, self.authorizer.channel(here.channel).home)
        forms = {one.name: Opening(user=here.user, channel=here.channel, line=one.name) for one in commands}
        view = console_modal(
            places=[Place(one.channel, opening_id(one)) for one in openings],
            chosen=Place(here.channel, opening_id(here)),
            groups=_groups(commands, forms),
        )
        await show(self.ledger, click, view, kept([*openings, *forms.values()]))

    async def _openings(self, click: Click) -> list[Opening]:
        """A console per place."""
        mine = await places(self.authorizer, self.directory, click.origin.user_id)
        if not mine:
            raise Denied(
                "You are in no channel that is bound to a namespace. Nothing was done.",
                hint="Join one, or ask the policy file's owner to bind direct messages as `dm`.",
            )
        return [Opening(user=click.origin.user_id, channel=channel) for channel in mine]


def _groups(commands: Sequence[AnyCommand], forms: Mapping[str, Opening]) -> list[Group]:
    """By area, in the order of help."""
    found: dict[str, list[Choice]] = {area: [] for area in AREAS}
    for one in commands:
        found.setdefault(one.area, []).append(Choice(one.name, one.summary, opening_id(forms[one.name])))
    return [Group(area, choices) for area, choices in found.items() if choices]
