"""A scope that an admin takes away: it is named where operators look, and what needed it waits or goes another way."""

import pytest

from bot.model.outgoing import Card, Document, Message, Outgoing, Reaction, Whisper
from bot.slack.scopes import sentence
from bot.slack.socket import TERMINAL_RETRY_S
from bot.slack.web import Refused
from playground.slack.values import Message as Posted
from tests.slack.sending import send, texts
from tests.slack.stand import JON, MAYA, Stand, until

OPS = "C0OPS00001"
KEPT: dict[str, tuple[str, str, Outgoing]] = {
    "a card": ("chat:write", "chat.postMessage", Card("k", OPS, Message("41 pods"))),
    "a whisper": ("chat:write", "chat.postEphemeral", Whisper("k", OPS, JON, Message("41 pods"))),
    "a direct message": ("im:write", "conversations.open", Card("k", MAYA, Message("41 pods"))),
    "a channel nobody may ask about": ("channels:read", "conversations.info", Card("k", OPS, Message("41 pods"))),
}


@pytest.mark.parametrize(("scope", "method", "item"), list(KEPT.values()), ids=list(KEPT))
async def test_what_lacks_a_scope_waits_for_it_and_the_scope_is_named(
    stand: Stand, scope: str, method: str, item: Outgoing
) -> None:
    stand.cause("remove-scope", scope=scope)
    stand.outbox.put(item)
    await until(lambda: stand.side.health().lacking)
    await until(lambda: not stand.outbox.rows["k"].is_claimed)
    assert stand.side.health().lacking[method].split(",")[0] == scope
    assert stand.outbox.rows["k"].is_due

    stand.cause("mend")
    stand.practice.clock.turn(TERMINAL_RETRY_S)
    await until(lambda: stand.outbox.is_settled)
    assert "41 pods" in texts([*everything(stand), *stand.whispers(JON)])
    assert method not in stand.side.health().lacking


async def test_in_place_of_a_file_stands_what_is_missing_and_what_to_do(stand: Stand) -> None:
    stand.cause("remove-scope", scope="files:write")
    log = Document("log", OPS, "web.log", b"line\n", parent="k")
    await send(stand, Card("k", OPS, Message("Logs")), log, Card("line", OPS, Message("Stopped"), parent="k"))
    card, *thread = stand.messages(OPS)
    assert texts(thread) == [
        "`web.log` is left out: the app may not share files. With the scope `files:write` it may; ask again then.",
        "Stopped",
    ]
    assert {reply.thread_ts for reply in thread} == {card.ts}
    assert stand.side.health().lacking == {"files.getUploadURLExternal": "files:write"}


async def test_a_picture_that_may_not_be_shared_leaves_no_line_for_its_card_says_the_same(stand: Stand) -> None:
    stand.cause("remove-scope", scope="files:write")
    picture = Document("picture", OPS, "top.png", b"png", alt_text="web uses 1 CPU", beside="k")
    await send(stand, Card("k", OPS, Message("web uses 1 CPU")), picture)
    assert texts(stand.messages(OPS)) == ["web uses 1 CPU"]
    assert stand.outbox.is_settled


async def test_an_emoji_that_may_not_be_set_holds_up_nothing_and_its_scope_is_named(stand: Stand) -> None:
    asked = stand.practice.workspace.post(OPS, user=MAYA, text="status")
    stand.cause("remove-scope", scope="reactions:write")
    await send(stand, Reaction("r", OPS, asked.ts, "eyes"))
    assert stand.side.health().lacking == {"reactions.add": "reactions:write"}


@pytest.mark.parametrize(
    ("refused", "lacks"),
    [
        pytest.param(Refused("missing_scope", needed="files:write"), True, id="it alone"),
        pytest.param(Refused("missing_scope", needed="files:read,files:write"), True, id="it or another"),
        pytest.param(Refused("missing_scope", needed="files:write:user"), False, id="one of a like name"),
        pytest.param(Refused("missing_scope"), False, id="none is named"),
        pytest.param(Refused("invalid_auth", needed="files:write"), False, id="for another reason"),
    ],
)
def test_a_refusal_is_for_want_of_a_scope_that_it_names(refused: Refused, lacks: bool) -> None:
    assert refused.lacks("files:write") is lacks


async def test_without_the_scopes_to_look_a_doubtful_post_goes_out_again_and_they_are_named(stand: Stand) -> None:
    await send(stand, Card("k", OPS, Message("41 pods")))
    stand.cause("remove-scope", scope="channels:history")
    stand.outbox.crash_after("k")
    await send(stand)
    assert texts(stand.messages(OPS)) == ["41 pods"] * 2
    assert "channels:history" in stand.side.health().lacking["conversations.history"]


def test_the_sentence_says_what_is_refused_and_what_to_do() -> None:
    assert sentence("chat.postMessage", "chat:write") == (
        "Slack refuses chat.postMessage: add the scope chat:write to the app and install it again."
    )


def everything(stand: Stand) -> list[Posted]:
    """Every message of every channel."""
    return [message for channel in stand.practice.workspace.messages.values() for message in channel.values()]
