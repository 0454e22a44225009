"""What the outbox holds arrives in Slack: once, in order, where it belongs, whatever Slack says."""

import dataclasses

import pytest

from bot.model.outgoing import Card, Document, HomeContent, Message, Reaction, ViewContent, Whisper
from bot.model.plan import Json
from playground.slack.values import Message as Posted
from tests.slack.sending import send, texts
from tests.slack.stand import JON, MAYA, Stand, until

SECTION: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "*4* of 4"}}
MODAL: Json = {"type": "modal", "title": {"type": "plain_text", "text": "Plan"}, "blocks": [SECTION]}


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


async def test_approvals_pass_progress_when_updates_are_scarce(stand: Stand) -> None:
    ops = stand.channel("ops")
    keys = [f"operation:{n}" for n in range(4)]
    await send(stand, *(Card(key, ops, Message("new")) for key in keys))
    stand.cause("exhaust", method="chat.update")
    await send(stand, *(Card(key, ops, Message("newer")) for key in keys))
    assert texts(stand.messages(ops)) == ["newer"] * 4
