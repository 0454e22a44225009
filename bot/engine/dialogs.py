"""Dialogs: the modals that lead to a line: console, form, a message's actions; and what is read out of them."""

from dataclasses import dataclass

from bot.engine.acting import Acting
from bot.engine.consoles import Consoles
from bot.engine.forms import Forms
from bot.errors import Denied
from bot.model.incoming import Click, Command, Incoming, Submission

ACTIONS = frozenset({"open_console", "console", "form", "fill", "preview", "alert_actions"})
"""Clicks and shortcuts that fill a modal."""


@dataclass(frozen=True)
class Dialogs:
    """Which modal a click asks for, and which line a filled-in one stands for."""

    forms: Forms
    consoles: Consoles
    acting: Acting

    async def spelled(self, item: Incoming) -> Incoming:
        """*item* as the line or the button that it stands for: from there it goes the way of every other.

        Raises Denied.
        """
        match item:
            case Submission(callback="form"):
                return await self.forms.spelled(item)
            case Click(action="run") if not item.message_ts:
                return await self.acting.run(item)
            case Click(action="search"):
                return Command(item.origin, item.value)
            case _:
                return item

    async def click(self, click: Click) -> None:
        """Fill the modal that is open. Raises every BotError."""
        match click.action:
            case "open_console" | "console":
                await self.consoles.open(click)
            case "form":
                await self.forms.open(click)
            case "fill":
                await self.forms.fill(click)
            case "preview":
                await self.forms.preview(click)
            case "alert_actions":
                await self.acting.open(click)
            case _:
                raise Denied("This button is not one of the bot's. Nothing was changed.")
