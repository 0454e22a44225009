"""What is said where a change was asked for, when its card stands elsewhere."""

from bot.model.outgoing import Message
from bot.render import blocks, rich
from bot.render.escape import inline, mrkdwn
from bot.render.limits import NOTIFICATION_CHARACTERS


def pointer(title: str, channel: str) -> Message:
    """A link to the channel where *title* has its card."""
    where = rich.glue(": its card stands in "), {"type": "channel", "channel_id": channel}
    said = [rich.glue("⏳ "), rich.text(title), *where, rich.glue(", where it is approved and followed.")]
    text = f"⏳ {mrkdwn(inline(title, NOTIFICATION_CHARACTERS))}: its card stands in <#{channel}>."
    return Message(text, [blocks.paragraph(*said)])
