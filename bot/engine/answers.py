"""What goes back to the one who asked: an answer, a refusal, a fault; as items for the outbox."""

from collections.abc import Iterator, Sequence

from bot.errors import BotError
from bot.model.incoming import Origin
from bot.model.outgoing import Card, Document, Message, Outgoing, Whisper
from bot.model.reply import Reply, Tone
from bot.render.refusal import refusal
from bot.render.reply import Picture, reply_files, reply_message


def answer(
    origin: Origin, reply: Reply, line: str, *, key: str = "", pictures: Sequence[Picture] = ()
) -> Sequence[Outgoing]:
    """The items that show *reply*; *key* names the card to edit in place instead of a new one.

    *pictures* are its charts, drawn; they follow the card, and are missing where files are refused.
    """
    message = reply_message(reply, line=line)
    key = key or f"reply:{origin.key}"
    if reply.private and origin.channel:
        return (_whispered(origin, key, message),)
    card = Card(
        key=key,
        channel=origin.channel or origin.user_id,
        message=message,
        thread_ts=origin.thread_ts,
        origin_key=origin.key,
    )
    return (card, *_charts(card, pictures), *_files(card, reply))


def _charts(card: Card, pictures: Sequence[Picture]) -> Iterator[Document]:
    """Where the card is, below it."""
    for number, picture in enumerate(pictures):
        yield Document(
            key=f"{card.key}:picture:{number}",
            channel=card.channel,
            name=picture.name,
            content=picture.content,
            title=picture.title,
            alt_text=picture.alt_text,
            beside=card.key,
            thread_ts=card.thread_ts,
        )


def _files(card: Card, reply: Reply) -> Iterator[Document]:
    """What is too long for the card, in its thread."""
    for number, file in enumerate(reply_files(reply)):
        yield Document(
            key=f"{card.key}:file:{number}",
            channel=card.channel,
            name=file.name,
            content=file.content,
            title=file.title,
            parent=card.key,
        )


def looking(origin: Origin, line: str) -> Sequence[Outgoing]:
    """Shown when an answer takes longer than a moment; the answer takes its place."""
    return answer(origin, Reply(headline=f"Looking: {line}", tone=Tone.RUNNING), line)


def refused(origin: Origin, error: BotError, line: str) -> Outgoing:
    """The refusal, for the asker's eyes only."""
    return whisper(origin, key=f"refusal:{origin.key}", error=error, line=line)


def whisper(origin: Origin, *, key: str, error: BotError, line: str) -> Outgoing:
    """One sentence and a next step, seen by one person; as a direct message where there is no channel."""
    message = refusal(error, line=line)
    if not origin.channel:
        return Card(key=key, channel=origin.user_id, message=message)
    return _whispered(origin, key, message)


def _whispered(origin: Origin, key: str, message: Message) -> Whisper:
    return Whisper(
        key=key,
        channel=origin.channel,
        user=origin.user_id,
        message=message,
        origin_key=origin.key,
        thread_ts=origin.thread_ts,
    )
