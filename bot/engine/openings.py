"""Openings: what forms and consoles are about, kept in the database under the opaque id that Slack holds."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from bot.errors import Denied
from bot.model.form import Opening
from bot.model.incoming import Origin
from bot.ports_ledger import Ledger
from bot.render.run_buttons import button_id


def opening_id(opening: Opening) -> str:
    """The id that Slack is given."""
    return button_id(_stored(opening))


def kept(openings: Sequence[Opening]) -> dict[str, str]:
    """Id → text, to be stored with the message or view that holds the ids."""
    return {opening_id(one): _stored(one) for one in openings}


def _stored(opening: Opening) -> str:
    return msgspec.json.encode(opening).decode()


@dataclass(frozen=True)
class Openings:
    """Finds them again."""

    ledger: Ledger

    async def find(self, opaque: str, origin: Origin) -> Opening:
        """What *opaque* stands for: an opening, or the line of a button that stands where it was pressed.

        Raises Denied when it is not ours, or somebody else's.
        """
        stored = await self.ledger.line_of(opaque)
        if stored is None:
            raise Denied("This is not one of the bot's, or is too old. Nothing was done.", hint="Begin again.")
        if not stored.startswith("{"):
            return Opening(user=origin.user_id, channel=origin.channel, thread_ts=origin.thread_ts, line=stored)
        opening = msgspec.json.decode(stored, type=Opening)
        if opening.user != origin.user_id:
            raise Denied("This was opened by somebody else. Nothing was done.", hint="Open one of your own.")
        return opening


def placed(origin: Origin, opening: Opening) -> Origin:
    """*origin* where the opening says; a modal tells no channel itself."""
    return msgspec.structs.replace(origin, channel=opening.channel, thread_ts=opening.thread_ts)
