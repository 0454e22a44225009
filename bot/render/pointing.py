"""What is said where a change was asked for, when its card stands elsewhere."""

from bot.model.outgoing import Message
from bot.render.escape import mrkdwn


def pointer(title: str, channel: str) -> Message:
    """A link to the channel where *title* has its card."""
    said = f"⏳ {mrkdwn(title)}: its card stands in <#{channel}>, where it is approved and followed."
    return Message(said, [{"type": "section", "text": {"type": "mrkdwn", "text": said, "verbatim": True}}])
