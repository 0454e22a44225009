"""What is told of the audit chain outside of the database: its head, and that it is not what it was."""

from bot.model.checkpoint import Checkpoint
from bot.model.counting import counted
from bot.model.outgoing import Message
from bot.model.plan import Fact
from bot.render import blocks
from bot.render.tone import RED


def head_message(checkpoint: Checkpoint) -> Message:
    """The head, and how to hold the database to it."""
    words = f"The audit has {counted(checkpoint.size, 'row')}"
    facts = [Fact("Head", f"`{checkpoint.head.hex()}`"), Fact("Check", f"`bot audit verify --head {checkpoint}`")]
    return Message(text=words, blocks=[blocks.headline(words), blocks.facts(facts)])


def broken_message(last: Checkpoint) -> Message:
    """The chain was changed behind the bot's back."""
    words = "The audit was changed in the database"
    facts = [
        Fact("Missing", f"row {last.size} with hash `{last.head.hex()}`, which the bot has read before"),
        Fact("Signing", "stopped, so that the changed rows are vouched for by nobody"),
        Fact("Next", "`bot audit verify` says what differs; look who can write to the database besides the bot"),
    ]
    return Message(text=f"🔴 {words}", blocks=[blocks.headline(words, emoji="🔴"), blocks.facts(facts)], color=RED)
