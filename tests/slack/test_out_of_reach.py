"""Where the bot may not speak, whoever asked hears of it; where strangers read along, nobody hears a thing."""

import dataclasses

import pytest

from bot.model.outgoing import Card, Document, Message, Whisper
from bot.model.plan import Json
from bot.slack.cards import WITHHELD
from bot.slack.channels import REMEMBERED
from tests.slack.sending import send, texts
from tests.slack.stand import MAYA, Stand, until

PLAN: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "the password is 42"}}


async def asked_where_the_bot_is_not(stand: Stand) -> tuple[str, str]:
    """A channel without the bot, and the key of a command that Maya gave there."""
    channel = stand.channel("general")
    await stand.practice.people.say(MAYA, channel, "/saas status")
    return channel, stand.inbox.only.origin.key


async def test_where_the_bot_is_not_a_member_a_whisper_comes_through_the_response_url(stand: Stand) -> None:
    channel, key = await asked_where_the_bot_is_not(stand)
    await send(stand, Whisper("w1", channel, MAYA, Message("All well."), origin_key=key))
    assert texts(stand.whispers(MAYA)) == ["All well."]


async def test_where_the_bot_is_not_a_member_and_the_url_is_unknown_a_whisper_is_a_direct_message(stand: Stand) -> None:
    channel, _ = await asked_where_the_bot_is_not(stand)
    await send(stand, Whisper("w1", channel, MAYA, Message("All well.")))
    direct = stand.practice.workspace.im(MAYA, stand.practice.installation.bot_user)
    assert direct is not None
    assert texts(stand.messages(direct.id)) == ["All well."]


async def test_where_the_bot_is_not_a_member_a_card_goes_to_the_asker_who_is_told_to_invite(stand: Stand) -> None:
    channel, key = await asked_where_the_bot_is_not(stand)
    await send(stand, Card("reply:1", channel, Message("41 pods"), origin_key=key))
    direct = stand.practice.workspace.im(MAYA, stand.practice.installation.bot_user)
    assert direct is not None
    assert texts(stand.messages(direct.id)) == ["41 pods"]
    assert "/invite" in stand.whispers(MAYA)[0].text
    await send(stand, Card("reply:1", channel, Message("42 pods"), origin_key=key))
    assert texts(stand.messages(direct.id)) == ["42 pods"]


async def test_a_card_that_nobody_can_get_is_given_up_with_the_reason(stand: Stand) -> None:
    await send(stand, Card("k", "C0NOWHERE1", Message("lost")))
    assert "channel_not_found" in stand.outbox.rows["k"].why


@pytest.mark.parametrize(
    ("fault", "code"),
    [("remove-scope", "missing_scope"), ("revoke", "token_revoked")],
    ids=["no scope", "no token"],
)
async def test_a_bot_that_may_not_write_still_tells_whoever_asked(stand: Stand, fault: str, code: str) -> None:
    ops = stand.channel("ops")
    await stand.practice.people.say(MAYA, ops, "/saas status")
    key = stand.inbox.only.origin.key
    stand.cause(fault)
    stand.outbox.put(Whisper("w", ops, MAYA, Message("For you alone."), origin_key=key))
    await until(lambda: stand.whispers(MAYA))
    stand.outbox.put(Card("c", ops, Message("41 pods"), origin_key=key))
    await until(lambda: len(stand.whispers(MAYA)) == 2)
    private, told = texts(stand.whispers(MAYA))
    assert (private, f"({code})" in told) == ("For you alone.", True)
    stand.cause("mend")
    await send(stand)
    assert texts(stand.messages(ops)) == ["41 pods"], "it waited"


async def test_a_channel_that_was_shared_later_is_shown_nothing_more(stand: Stand) -> None:
    ops = stand.channel("ops")
    await send(stand, Card("operation:1", ops, Message("secret plan", [PLAN])))
    channels = stand.practice.workspace.channels
    channels[ops] = dataclasses.replace(channels[ops], is_ext_shared=True)
    stand.practice.clock.turn(REMEMBERED.total_seconds() + 1)
    await send(
        stand,
        Card("operation:1", ops, Message("secret plan, done", [PLAN])),
        Card("incident:1", ops, Message("secret log", [PLAN])),
        Document("log", ops, "web.log", b"secret", parent="incident:1"),
        Card("dm", MAYA, Message("for Maya alone")),
    )
    assert {message.text for message in stand.messages(ops)} == {WITHHELD.text}
    assert all(not message.blocks for message in stand.messages(ops))
    assert stand.calls("files.getUploadURLExternal") == []
    direct = stand.practice.workspace.im(MAYA, stand.practice.installation.bot_user)
    assert direct is not None
    assert texts(stand.messages(direct.id)) == ["for Maya alone"]
