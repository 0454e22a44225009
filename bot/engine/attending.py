"""Attending: an emoji on a person's own message says at once that it is looked after, and at the end that it was.

The last one is put in the transaction that finishes the deed: a kill leaves neither a done deed with 👀 nor ✅ on one
that is still to be done.
"""

from enum import Enum

from bot.model.incoming import Command, Incoming
from bot.model.outgoing import Reaction
from bot.ports_ledger import Ledger, Transaction


class Attended(Enum):
    """How far it is; each goes in the place of 👀, by Slack's names."""

    WORKING = "eyes"
    ANSWERED = "white_check_mark"
    REFUSED = "warning"


def attended(item: Incoming, how: Attended) -> Reaction | None:
    """The emoji on the message that *item* was written in; nothing else of a person's can bear one."""
    if not isinstance(item, Command) or not item.origin.message_ts:
        return None
    return Reaction(
        key=f"reaction:{item.origin.key}",
        channel=item.origin.channel,
        ts=item.origin.message_ts,
        name=how.value,
        instead_of="" if how is Attended.WORKING else Attended.WORKING.value,
    )


async def begin(ledger: Ledger, item: Incoming) -> None:
    """Say that *item* is looked after, unless it is done by now; what is quick shows its end alone, for that is later.

    Raises Unreachable.
    """
    if reaction := attended(item, Attended.WORKING):
        async with ledger.transaction() as tx:
            if await tx.hold_incoming(item.origin.key):
                await tx.put(reaction)


async def finish(tx: Transaction, deed: str, how: Attended = Attended.ANSWERED) -> None:
    """The deed of that key is done, and its message says *how*. Raises Fenced when another process did it first."""
    if reaction := attended(await tx.finish_incoming(deed), how):
        await tx.put(reaction)
