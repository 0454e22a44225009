"""The modal that opens at once, while what belongs in it is still being read: a trigger_id lives for 3 s."""

from bot.model.plan import Json


def modal_saying(sentence: str) -> dict[str, Json]:
    """A modal with nothing but a sentence."""
    return {
        "type": "modal",
        "callback_id": "placeholder",
        "title": {"type": "plain_text", "text": "One moment"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [{"type": "section", "text": {"type": "plain_text", "text": sentence}}],
    }


PLACEHOLDER = modal_saying(
    "⏳ Reading the current state. If nothing follows within half a minute, close this and press the button again."
)
