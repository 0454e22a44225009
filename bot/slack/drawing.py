"""A Message → the arguments of chat.postMessage, chat.update and chat.postEphemeral; pure."""

import hashlib
from collections.abc import Iterator

import msgspec

from bot.model.outgoing import Card, Message
from bot.model.plan import Json

EVENT_TYPE = "saas_bot"
TEXT_AT_MOST = 3_900
"""chat.update refuses a text over 4,000 that chat.postMessage took, so nothing longer is ever sent."""
CUT = "\n… cut."


def contents(message: Message) -> dict[str, Json]:
    """Text, blocks and attachments, always all three: what chat.update is not given, it keeps or drops as it likes.

    The headline stands above the coloured bar: were it inside, Slack would show the text above it and say it twice.
    """
    text = cut(message.text)
    headline, body = message.blocks[:1], message.blocks[1:]
    if message.color and body:
        bar = {"color": message.color, "fallback": text, "blocks": body}
        return {"text": text, "blocks": headline, "attachments": [bar]}
    return {"text": text, "blocks": message.blocks, "attachments": []}


def plain_contents(message: Message) -> dict[str, Json]:
    """The same message without blocks, for a workspace that refuses them."""
    lines = [message.text, *(line for line in _texts(message.blocks) if line.strip() != message.text.strip())]
    return {"text": cut("\n".join(lines)), "blocks": [], "attachments": []}


def whispered(message: Message) -> dict[str, Json]:
    """Text and blocks; attachments with blocks are not valid in an ephemeral message."""
    return {"text": cut(message.text), "blocks": message.blocks}


def metadata(card: Card) -> dict[str, Json]:
    """What lets us find the card again when we do not know whether it was posted, and see which version stands."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": card.key, "version": version(card.message)}}


def version(message: Message) -> str:
    """The same for the same content."""
    return hashlib.sha256(msgspec.json.encode(message)).hexdigest()[:16]


def cut(text: str) -> str:
    """*text*, with its end cut off before an entity or a mention that would be torn."""
    if len(text) <= TEXT_AT_MOST:
        return text
    head = text[: TEXT_AT_MOST - len(CUT)]
    for opening, closing in (("&", ";"), ("<", ">")):
        start = head.rfind(opening)
        if start > head.rfind(closing):
            head = head[:start]
    return head + CUT


def _texts(value: Json) -> Iterator[str]:
    """The words in blocks, line by line; what Slack would not parse there is escaped here, where it would."""
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    if not isinstance(value, dict):
        return
    match value.get("type"):
        case "actions" | "input" | "divider":
            return
        case "mrkdwn":
            yield str(value["text"])
        case "plain_text" | "raw_text":
            yield _escaped(str(value["text"]))
        case "rich_text_section" | "rich_text_preformatted" | "rich_text_quote":
            yield "".join(_escaped(str(element.get("text", ""))) for element in value.get("elements", []))
        case _:
            for part in ("title", "text", "fields", "rows", "elements", "blocks"):
                yield from _texts(value.get(part))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
