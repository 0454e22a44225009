"""Acting on a message from its menu: what its buttons offer, also where they are out of sight."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.engine.authorize import Authorizer
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


@dataclass(frozen=True)
class Acting:
    """Opened by the message shortcut; what it offers comes from the stored message, not from the one in Slack."""

    authorizer: Authorizer
    ledger: Ledger

    async def open(self, click: Click) -> None:
        """List the actions of the message in the modal that is open. Raises Denied, NotFound."""
        await self.authorizer.actor(click.origin, fresh=False)
        message = await self.ledger.message_at(click.origin.channel, click.message_ts)
        actions = list(_actions(message)) if message else []
        if message is None or not actions:
            raise NotFound("Nothing can be done with this message.", hint="Cards and lists of this bot have actions.")
        openings = {one.value: _opening(click.origin, message.lines[one.value]) for one in actions if one.action == RUN}
        values = {value: opening_id(opening) for value, opening in openings.items()}
        await show(self.ledger, click, acting_modal(message.text, actions, values), kept([*openings.values()]))

    async def run(self, click: Click) -> Click:
        """A press outside of any message as one of a message's button; a modal says so. Raises Denied."""
        opening = await Openings(self.ledger).find(click.value, click.origin)
        if click.view_id:
            async with self.ledger.transaction() as tx:
                await tx.put(window(click.view_id, asked_modal(opening.channel), {}))
        return Click(placed(click.origin, opening), RUN, button_id(opening.line))


def _opening(origin: Origin, line: str) -> Opening:
    return Opening(user=origin.user_id, channel=origin.channel, thread_ts=origin.thread_ts, line=line)


def _actions(message: Message) -> Iterator[Action]:
    """What the message offers, in its order; a menu's options one by one."""
    for element in _elements(message.blocks):
        action = str(element.get("action_id", "")).split(":", 1)[0]
        options: Sequence[dict[str, Json]] = element.get("options") or [element]
        for option in options:
            value = str(option.get("value", ""))
            if action != RUN or value in message.lines:
                yield Action(str(option["text"]["text"]), action, value)


def _elements(blocks: Sequence[dict[str, Json]]) -> Iterator[dict[str, Json]]:
    for block in blocks:
        if block.get("type") == "actions":
            yield from block["elements"]
