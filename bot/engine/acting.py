"""Acting on a message from its menu: what its buttons offer, also where they are out of sight."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from bot.engine.authorize import Authorizer
from bot.engine.noted import once_noted
from bot.engine.openings import Openings, kept, opening_id, placed
from bot.engine.windows import show, window
from bot.errors import NotFound
from bot.model.form import Opening
from bot.model.incoming import Click, Origin
from bot.model.outgoing import Message
from bot.model.plan import Json
from bot.ports_ledger import Ledger
from bot.render.acting import Action, acting_modal, asked_modal
from bot.render.run_buttons import button_id

RUN = "run"
FORM = "form"

DRAWN = frozenset({"approve", "deny", "details"})
"""Actions that draw their own content into the modal that they are pressed in."""


@dataclass(frozen=True)
class Acting:
    """Opened by the message shortcut; what it offers comes from the stored message, not from the one in Slack."""

    authorizer: Authorizer
    ledger: Ledger

    async def open(self, click: Click) -> None:
        """List the actions of the message in the modal that is open. Raises Denied, NotFound."""
        await self.authorizer.actor(click.origin, fresh=False)
        channel, ts = click.origin.channel, click.message_ts
        message = await once_noted(self.ledger, channel, partial(self.ledger.message_at, channel, ts))
        offered = list(_offered(message)) if message else []
        if message is None or not offered:
            raise NotFound("Nothing can be done with this message.", hint="Cards and lists of this bot have actions.")
        openings = {one: _opening(click.origin, one, message.lines) for one in offered if one.action not in DRAWN}
        actions = [_elsewhere(one, openings[one]) if one in openings else one for one in offered]
        await show(self.ledger, click, acting_modal(message.text, actions), kept([*openings.values()]))

    async def run(self, click: Click) -> Click:
        """A press outside of any message as one of a message's button; a modal says so. Raises Denied."""
        opening = await Openings(self.ledger).find(click.value, click.origin)
        if click.view_id:
            async with self.ledger.transaction() as tx:
                await tx.put(window(click.view_id, asked_modal(opening.channel), {}))
        value = button_id(opening.line) if opening.action == RUN else opening.about
        return Click(placed(click.origin, opening), opening.action, value)


def _opening(origin: Origin, offered: Action, lines: Mapping[str, str]) -> Opening:
    """What *offered* does in the channel of its message, which a press in a modal does not tell."""
    opening = Opening(user=origin.user_id, channel=origin.channel, thread_ts=origin.thread_ts, action=offered.action)
    if offered.action in (RUN, FORM):
        return msgspec.structs.replace(opening, line=lines[offered.value])
    return msgspec.structs.replace(opening, about=offered.value)


def _elsewhere(offered: Action, opening: Opening) -> Action:
    """The same where a press tells no channel."""
    return Action(offered.label, FORM if offered.action == FORM else RUN, opening_id(opening))


def _offered(message: Message) -> Iterator[Action]:
    """What the message offers, in its order; a menu's options one by one."""
    for element in _elements(message.blocks):
        action = str(element.get("action_id", "")).split(":", 1)[0]
        options: Sequence[dict[str, Json]] = element.get("options") or [element]
        for option in options:
            value = str(option.get("value", ""))
            if action not in (RUN, FORM) or value in message.lines:
                yield Action(str(option["text"]["text"]), action, value)


def _elements(blocks: Sequence[dict[str, Json]]) -> Iterator[dict[str, Json]]:
    for block in blocks:
        if block.get("type") == "actions":
            yield from block["elements"]
