"""A picture stands below the card that it belongs to; where files are refused, the card stands alone."""

from bot.model.outgoing import Card, Document, Message
from tests.slack.sending import send
from tests.slack.stand import MAYA, Stand

PICTURE = b"\x89PNG\r\n\x1a\n"


def picture(channel: str, *, thread_ts: str = "") -> Document:
    return Document("p", channel, "top.png", PICTURE, "Use", "web: CPU 20%.", beside="k", thread_ts=thread_ts)


async def test_a_picture_stands_in_the_channel_below_its_card_with_its_alternative_text(stand: Stand) -> None:
    ops = stand.channel("ops")
    await send(stand, picture(ops), Card("k", ops, Message("2 pods")))
    card, shared = stand.messages(ops)
    (file,) = (stand.practice.workspace.files[file_id] for file_id in shared.files)
    assert (card.text, card.ts < shared.ts, shared.thread_ts) == ("2 pods", True, None)
    assert (file.content, file.mimetype, file.alt_txt) == (PICTURE, "image/png", "web: CPU 20%.")


async def test_in_a_thread_it_stands_in_the_same_thread(stand: Stand) -> None:
    ops = stand.channel("ops")
    await stand.practice.people.say(MAYA, ops, "pods?")
    (asked,) = stand.messages(ops)
    await send(stand, Card("k", ops, Message("2 pods"), thread_ts=asked.ts), picture(ops, thread_ts=asked.ts))
    assert [message.thread_ts for message in stand.messages(ops) if message.files] == [asked.ts]


async def test_without_the_scope_for_files_the_card_still_comes_and_the_picture_is_left_out(stand: Stand) -> None:
    ops = stand.channel("ops")
    stand.cause("remove-scope", scope="files:write")
    await send(stand, Card("k", ops, Message("2 pods")), picture(ops))
    assert [message.text for message in stand.messages(ops)] == ["2 pods"]
    assert len(stand.calls("files.getUploadURLExternal")) == 1
