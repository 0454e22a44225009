"""What fills the modal that a click opened."""

from collections.abc import Mapping

from bot.engine import attending
from bot.errors import BotError, Unreachable
from bot.model.incoming import Click
from bot.model.outgoing import Outgoing, ViewContent
from bot.ports_ledger import Ledger
from bot.render.modals import View, message_modal


async def show(ledger: Ledger, click: Click, view: View, lines: Mapping[str, str]) -> None:
    """Draw *view* there and be done with the click. Raises Unreachable when Slack opened no modal."""
    if not click.view_id:
        raise Unreachable("Slack did not open a window in time. Nothing was done.", hint="Press it again.")
    async with ledger.transaction() as tx:
        await tx.put(window(click.view_id, view, lines))
        await attending.finish(tx, click.origin.key)


def window(view_id: str, view: View, lines: Mapping[str, str]) -> Outgoing:
    """The content of an open modal."""
    return ViewContent(key=f"view:{view_id}", view_id=view_id, view=view, lines=dict(lines))


def refusing(view_id: str, error: BotError) -> Outgoing:
    """A refusal where the person looks: in the modal."""
    return window(view_id, message_modal("Not possible", f"{error} {error.hint}".strip()), {})
