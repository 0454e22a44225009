"""What the outbox holds arrives in Slack: once, in order, where it belongs, whatever Slack says."""

import asyncio
import dataclasses
from collections import Counter

import pytest

from bot.model.outgoing import Card, Document, HomeContent, Message, Reaction, ViewContent, Whisper
from bot.model.plan import Json
from bot.slack.cards import WITHHELD
from bot.slack.channels import REMEMBERED
from playground.slack.values import Message as Posted
from tests.slack.stand import JON, MAYA, Stand, until

SECTION: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "*4* of 4"}}
MODAL: Json = {"type": "modal", "title": {"type": "plain_text", "text": "Plan"}, "blocks": [SECTION]}


async def send(stand: Stand, *items: Card | Whisper | Document | ViewContent | HomeContent | Reaction) -> None:
    """Put *items* into the outbox and wait until nothing is due; time runs fast, since nobody waits for an ack."""
    stand.practice.clock.rescale(100)
    for item in items:
        stand.outbox.put(item)
    await until(lambda: stand.outbox.is_settled)


def texts(messages: list[Posted]) -> list[str]:
    """Only the words."""
    return [message.text for message in messages]


async def test_a_card_is_posted_with_its_colour_and_edited_in_place(stand: Stand) -> None:
    ops = stand.channel("ops")
    await send(stand, Card("operation:1", ops, Message("Waiting", [SECTION, SECTION], color="#8d99ae")))
    await send(stand, Card("operation:1", ops, Message("Done", [SECTION, SECTION], color="#2e7d32")))
    (card,) = stand.messages(ops)
    assert (card.text, card.attachments[0]["color"]) == ("Done", "#2e7d32")
    assert len(stand.calls("chat.postMessage")) == 1


async def test_a_line_goes_into_the_thread_of_its_parent(stand: Stand) -> None:
    ops = stand.channel("ops")
    line = Card("operation:1:line:1", ops, Message("approved"), parent="operation:1")
    await send(stand, line, Card("operation:1", ops, Message("card")))
    card, reply = stand.messages(ops)
    assert (card.text, reply.text, reply.thread_ts) == ("card", "approved", card.ts)


async def test_messages_of_one_channel_keep_their_order(stand: Stand) -> None:
    ops = stand.channel("ops")
    await send(stand, *(Card(f"k{number}", ops, Message(str(number))) for number in range(12)))
    assert texts(stand.messages(ops)) == [str(number) for number in range(12)]


async def test_a_person_as_channel_is_a_direct_message(stand: Stand) -> None:
    await send(stand, Card("dm:1", MAYA, Message("one")), Card("dm:2", MAYA, Message("two")))
    direct = stand.practice.workspace.im(MAYA, stand.practice.installation.bot_user)
    assert direct is not None
    assert texts(stand.messages(direct.id)) == ["one", "two"]
    assert len(stand.calls("conversations.open")) == 1


async def test_a_card_that_was_deleted_is_posted_anew(stand: Stand) -> None:
    ops = stand.channel("ops")
    await send(stand, Card("operation:1", ops, Message("one")))
    stand.practice.workspace.remove(ops, stand.messages(ops)[0].ts)
    await send(stand, Card("operation:1", ops, Message("two")))
    assert texts(stand.messages(ops)) == ["two"]
    assert stand.outbox.forgotten == ["operation:1"]


async def test_a_card_that_may_not_be_edited_is_posted_anew(stand: Stand) -> None:
    ops = stand.channel("ops")
    await send(stand, Card("operation:1", ops, Message("one")))
    (old,) = stand.messages(ops)
    stand.practice.workspace.messages[ops][old.ts] = dataclasses.replace(old, user=MAYA, bot_id=None)
    await send(stand, Card("operation:1", ops, Message("two")))
    assert texts(stand.messages(ops)) == ["one", "two"]
    await send(stand, Card("operation:1", ops, Message("three")))
    assert texts(stand.messages(ops)) == ["one", "three"]


async def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(stand: Stand) -> None:
    ops = stand.channel("ops")
    await send(stand, Card("operation:1", ops, Message("card")))
    stand.outbox.crash_after("operation:1")
    await send(stand)
    assert texts(stand.messages(ops)) == ["card"]
    assert (len(stand.calls("chat.postMessage")), stand.calls("chat.update")) == (1, [])
    assert stand.outbox.posted["operation:1"].ts == stand.messages(ops)[0].ts


async def test_what_is_under_way_when_the_bot_must_stop_is_brought_to_its_end(stand: Stand) -> None:
    stand.cause("latency", milliseconds=300)
    stand.outbox.put(Card("operation:1", stand.channel("ops"), Message("card")))
    await until(lambda: stand.outbox.rows["operation:1"].is_claimed)
    await stand.stop()
    assert texts(stand.messages(stand.channel("ops"))) == ["card"]
    assert stand.outbox.is_settled


async def test_an_older_version_that_was_posted_unheard_is_edited(stand: Stand) -> None:
    ops = stand.channel("ops")
    await send(stand, Card("operation:1", ops, Message("old")))
    stand.outbox.crash_after("operation:1")
    await send(stand, Card("operation:1", ops, Message("new")))
    assert texts(stand.messages(ops)) == ["new"]


async def test_blocks_that_slack_refuses_become_plain_text(stand: Stand) -> None:
    ops = stand.channel("ops")
    odd: Json = {"type": "hologram"}
    await send(stand, Card("operation:1", ops, Message("Waiting", [SECTION, odd], color="#8d99ae")))
    await send(stand, Card("operation:1", ops, Message("Done", [SECTION, odd], color="#8d99ae")))
    assert texts(stand.messages(ops)) == ["Done\n*4* of 4"]


async def test_a_whisper_is_seen_by_one_person(stand: Stand) -> None:
    ops = stand.channel("ops")
    await send(stand, Whisper("w1", ops, JON, Message("No.", [SECTION], color="#c00")))
    assert texts(stand.whispers(JON)) == ["No."]
    assert stand.messages(ops) == []


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


async def test_a_document_is_a_file_in_the_thread(stand: Stand) -> None:
    ops = stand.channel("ops")
    await send(stand, Card("k", ops, Message("Logs")), Document("f", ops, "pod.log", b"line\n" * 9, parent="k"))
    card, shared = stand.messages(ops)
    (file,) = (stand.practice.workspace.files[file_id] for file_id in shared.files)
    assert (file.name, file.content, shared.thread_ts) == ("pod.log", b"line\n" * 9, card.ts)


async def test_a_file_whose_last_answer_was_lost_is_shared_once(stand: Stand) -> None:
    ops = stand.channel("ops")
    stand.cause("fail", method="files.completeUploadExternal", count=1)
    await send(stand, Document("f", ops, "pod.log", b"x"))
    assert len(stand.messages(ops)) == 1
    assert len(stand.calls("files.getUploadURLExternal")) == 1


async def test_an_open_modal_is_filled_and_a_closed_one_is_let_be(stand: Stand) -> None:
    shared = stand.practice.workspace
    outcome = await stand.practice.people.shortcut(JON, "open_console")
    assert outcome.ok
    (view,) = shared.views_of(JON)
    await send(stand, ViewContent("v1", view.id, MODAL), ViewContent("v2", "V0GONE0001", MODAL))
    assert shared.views_of(JON)[0].title == {"type": "plain_text", "text": "Plan"}
    assert stand.side.health().counts["sent"] == 2


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


async def test_a_modal_that_slack_refuses_says_so_instead_of_waiting_for_ever(stand: Stand) -> None:
    await stand.practice.people.shortcut(JON, "open_console")
    (view,) = stand.practice.workspace.views_of(JON)
    await send(stand, ViewContent("v1", view.id, MODAL | {"blocks": [{"type": "hologram"}]}))
    assert "Slack refuses to show this" in str(stand.practice.workspace.views_of(JON)[0].blocks)


async def test_a_message_that_breaks_the_sender_does_not_stop_the_others(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    ops = stand.channel("ops")

    def broken(message: Message) -> Json:
        return {"text": message.text} if message.text != "poison" else 1 / 0

    monkeypatch.setattr("bot.slack.cards.contents", broken)
    stand.outbox.put(Card("k1", ops, Message("poison")))
    stand.outbox.put(Card("k2", ops, Message("well")))
    await send(stand)
    assert texts(stand.messages(ops)) == ["well"]
    assert (stand.side.health().counts["failed"], "inside the bot" in stand.outbox.rows["k1"].why) == (5, True)


async def test_a_home_is_published(stand: Stand) -> None:
    await send(stand, HomeContent("h", MAYA, {"type": "home", "blocks": [SECTION]}))
    home = stand.practice.workspace.home_of(MAYA)
    assert home is not None
    assert "*4* of 4" in str(home.blocks)


async def test_a_message_is_marked_while_it_is_looked_after_and_when_it_was(stand: Stand) -> None:
    asked = stand.practice.workspace.post(stand.channel("ops"), user=MAYA, text="status")
    working = Reaction("r", asked.channel, asked.ts, "eyes")
    await send(stand, working)
    assert reactions(stand, asked) == ["eyes"]
    await send(stand, Reaction("r", asked.channel, asked.ts, "white_check_mark", instead_of="eyes"))
    assert reactions(stand, asked) == ["white_check_mark"]
    await send(stand, working, Reaction("r2", asked.channel, "1.000000", "eyes"))
    assert reactions(stand, asked) == ["white_check_mark", "eyes"], "and what is gone holds up nothing"


def reactions(stand: Stand, message: Posted) -> list[str]:
    now = stand.practice.workspace.message(message.channel, message.ts)
    assert now is not None
    return [reaction.name for reaction in now.reactions]


async def send_500(stand: Stand) -> Counter[str]:
    """Put 500 messages for three channels into the outbox, and count what is seen in the end."""
    stand.practice.clock.rescale(100)
    channels = [stand.channel(name) for name in ("ops", "alerts", "general")]
    stand.practice.workspace.join(channels[2], [stand.practice.installation.bot_user])
    for number in range(500):
        stand.outbox.put(Card(f"k{number}", channels[number % 3], Message(f"message {number}")))
    await until(lambda: stand.outbox.is_settled)
    mine = stand.practice.installation.bot_user
    return Counter(one.text for channel in channels for one in stand.messages(channel) if one.user == mine)


EACH_ONCE = Counter({f"message {number}": 1 for number in range(500)})


async def test_500_messages_survive_ten_minutes_of_429(stand: Stand) -> None:
    stand.cause("throttle", method="chat.postMessage", count=3, retry_after=600)
    stand.cause("throttle", method="chat.postMessage", count=3, retry_after=60)
    sending = asyncio.ensure_future(send_500(stand))
    await until(lambda: stand.side.health().throttled == 3)
    assert len(stand.outbox.posted) == 0
    stand.practice.clock.turn(600)
    assert await sending == EACH_ONCE
    assert stand.side.health().throttled == 6


async def test_500_messages_survive_a_slack_that_fails(stand: Stand) -> None:
    stand.cause("fail", method="chat.postMessage", count=40, status=503)
    assert await send_500(stand) == EACH_ONCE


async def test_approvals_pass_progress_when_updates_are_scarce(stand: Stand) -> None:
    ops = stand.channel("ops")
    keys = [f"operation:{n}" for n in range(4)]
    await send(stand, *(Card(key, ops, Message("new")) for key in keys))
    stand.cause("exhaust", method="chat.update")
    await send(stand, *(Card(key, ops, Message("newer")) for key in keys))
    assert texts(stand.messages(ops)) == ["newer"] * 4


async def test_a_channel_that_was_shared_later_is_shown_nothing_more(stand: Stand) -> None:
    ops = stand.channel("ops")
    await send(stand, Card("operation:1", ops, Message("secret plan", [SECTION])))
    channels = stand.practice.workspace.channels
    channels[ops] = dataclasses.replace(channels[ops], is_ext_shared=True)
    stand.practice.clock.turn(REMEMBERED.total_seconds() + 1)
    await send(
        stand,
        Card("operation:1", ops, Message("secret plan, done", [SECTION])),
        Card("incident:1", ops, Message("secret log", [SECTION])),
        Document("log", ops, "web.log", b"secret", parent="incident:1"),
        Card("dm", MAYA, Message("for Maya alone")),
    )
    assert {message.text for message in stand.messages(ops)} == {WITHHELD.text}
    assert all(not message.blocks for message in stand.messages(ops))
    assert stand.calls("files.getUploadURLExternal") == []
    direct = stand.practice.workspace.im(MAYA, stand.practice.installation.bot_user)
    assert direct is not None
    assert texts(stand.messages(direct.id)) == ["for Maya alone"]
