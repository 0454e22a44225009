"""The outbox: the latest version of each message, in order, by one sender at a time."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.model.backlog import Backlog
from bot.model.outgoing import Card, Document, HomeContent, Lane, Message, Outgoing, Reaction, ViewContent, Whisper
from bot.ports_slack import Delivery, Location
from bot.store import PostgresLedger, outbox


def card(key: str, text: str = "x", *, lane: Lane = Lane.ANSWER, parent: str = "", **lines: str) -> Card:
    """A message of one line, with a button for each of *lines*."""
    return Card(key=key, channel="C1", message=Message(text=text, lines=lines), lane=lane, parent=parent)


async def put(ledger: PostgresLedger, *items: Outgoing) -> None:
    """Hand items to the sender, each in a transaction of its own."""
    for item in items:
        async with ledger.transaction() as tx:
            await tx.put(item)


async def send(ledger: PostgresLedger, due: Sequence[Delivery]) -> None:
    """Say that everything arrived."""
    for delivery in due:
        await ledger.sent(delivery, Location("C1", f"{delivery.id}.0"))


def keys(due: Sequence[Delivery]) -> list[str]:
    """Whose turn it is."""
    return [delivery.item.key for delivery in due]


ITEMS: dict[str, Outgoing] = {
    "card": card("k", "<b> \u0000 \u202e ünï", b1="scale web"),
    "whisper": Whisper(key="k", channel="C1", user="U1", message=Message("hi"), thread_ts="1.0"),
    "document": Document(key="k", channel="C1", name="a.txt", content=b"\x00\xff", parent=""),
    "view": ViewContent(key="k", view_id="V1", view={"type": "modal"}),
    "home": HomeContent(key="k", user="U1", view={"type": "home"}),
    "reaction": Reaction(key="k", channel="C1", ts="1.0", name="eyes"),
}


@pytest.mark.parametrize("item", list(ITEMS.values()), ids=list(ITEMS))
async def test_what_is_put_is_claimed_as_it_was(ledger: PostgresLedger, item: Outgoing) -> None:
    await put(ledger, item)
    (delivery,) = await ledger.claim(10)
    assert (delivery.item, delivery.posted, delivery.parent, delivery.attempts) == (item, None, None, 0)


async def test_nothing_is_put_when_the_transaction_fails(ledger: PostgresLedger) -> None:
    async def put_and_fail() -> None:
        async with ledger.transaction() as tx:
            await tx.put(card("a"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await put_and_fail()
    assert not await ledger.claim(10)


async def test_an_unsent_card_is_replaced_and_keeps_its_place(ledger: PostgresLedger) -> None:
    await put(ledger, card("a", "old"), card("b"), card("a", "new"))
    due = await ledger.claim(10)
    assert [(d.item.key, d.item.message.text) for d in due if isinstance(d.item, Card)] == [("a", "new"), ("b", "x")]


async def test_a_card_that_was_posted_is_edited(ledger: PostgresLedger) -> None:
    await put(ledger, card("a", "old"))
    await send(ledger, await ledger.claim(1))
    await put(ledger, card("a", "new"))
    (again,) = await ledger.claim(10)
    assert again.posted == Location("C1", "1.0")


async def test_the_same_version_is_not_sent_again(ledger: PostgresLedger) -> None:
    await put(ledger, card("a"))
    await send(ledger, await ledger.claim(1))
    await put(ledger, card("a"))
    assert not await ledger.claim(10)


@pytest.mark.parametrize("kind", ["whisper", "document"])
async def test_whispers_and_documents_go_once_per_key(ledger: PostgresLedger, kind: str) -> None:
    await put(ledger, ITEMS[kind])
    await ledger.sent((await ledger.claim(1))[0], None)
    await put(ledger, ITEMS[kind])
    assert not await ledger.claim(10)


async def test_what_stands_beside_a_card_is_due_once_that_was_sent_and_knows_where(ledger: PostgresLedger) -> None:
    await put(ledger, Document(key="p", channel="C1", name="top.png", content=b"", beside="a"), card("a"))
    first = await ledger.claim(10)
    assert keys(first) == ["a"]
    await send(ledger, first)
    (picture,) = await ledger.claim(10)
    assert (picture.item.key, picture.parent) == ("p", Location("C1", "1.0"))


async def test_what_was_uploaded_is_known_to_whoever_goes_on(ledger: PostgresLedger) -> None:
    await put(ledger, Document(key="d", channel="C1", name="pod.log", content=b""))
    (delivery,) = await ledger.claim(1)
    await ledger.uploaded(delivery, "F1")
    await ledger.postpone(delivery, 0, "Slack gave no answer.")
    (again,) = await ledger.claim(1)
    assert (delivery.upload, again.upload) == ("", "F1")


async def test_a_version_put_while_the_one_before_is_in_flight_waits_for_it(ledger: PostgresLedger) -> None:
    await put(ledger, card("a", "old"))
    in_flight = await ledger.claim(1)
    await put(ledger, card("a", "new"))
    assert not await ledger.claim(1)
    await send(ledger, in_flight)
    (newer,) = await ledger.claim(1)
    assert newer.item == card("a", "new")
    assert newer.posted == Location("C1", "1.0")
    await send(ledger, [newer])
    assert not await ledger.claim(1)


async def test_approvals_go_before_answers_and_progress_last(ledger: PostgresLedger) -> None:
    lanes = [Lane.PROGRESS, Lane.ANSWER, Lane.ALERT, Lane.APPROVAL]
    await put(ledger, *(card(lane.name, lane=lane) for lane in lanes))
    assert keys(await ledger.claim(10)) == ["APPROVAL", "ALERT", "ANSWER", "PROGRESS"]


async def test_a_thread_waits_for_its_card(ledger: PostgresLedger) -> None:
    await put(ledger, card("line", parent="a"), card("a"), card("b"))
    assert keys(await ledger.claim(10)) == ["a", "b"]
    assert not await ledger.claim(10)


async def test_lines_follow_their_card(ledger: PostgresLedger) -> None:
    await put(ledger, card("a"), card("line 1", parent="a"), card("line 2", parent="a"))
    order = []
    while due := await ledger.claim(10):
        order.append([(d.item.key, d.parent) for d in due])
        await send(ledger, due)
    parent = Location("C1", "1.0")
    assert order == [[("a", None)], [("line 1", parent)], [("line 2", parent)]]


async def test_a_line_whose_card_was_given_up_goes_alone(ledger: PostgresLedger) -> None:
    await put(ledger, card("a"), card("line", parent="a"))
    await ledger.give_up((await ledger.claim(1))[0], "channel_not_found")
    (line,) = await ledger.claim(10)
    assert (line.item.key, line.parent) == ("line", None)


async def test_what_was_given_up_is_tried_again_with_its_next_version(ledger: PostgresLedger) -> None:
    await put(ledger, card("a", "old"))
    await ledger.give_up((await ledger.claim(1))[0], "msg_too_long")
    assert not await ledger.claim(10)
    await put(ledger, card("a", "new"))
    assert keys(await ledger.claim(10)) == ["a"]


async def test_what_is_postponed_waits_and_counts_the_attempt(ledger: PostgresLedger) -> None:
    await put(ledger, card("a"))
    await ledger.postpone((await ledger.claim(1))[0], 60, "ratelimited")
    assert not await ledger.claim(10)
    await ledger.database.execute("UPDATE outbox SET not_before = now()")
    (again,) = await ledger.claim(10)
    assert again.attempts == 1


async def test_a_new_version_does_not_jump_a_pause_that_slack_asked_for(ledger: PostgresLedger) -> None:
    await put(ledger, card("a", "old"))
    await ledger.postpone((await ledger.claim(1))[0], 60, "ratelimited")
    await put(ledger, card("a", "new"))
    assert not await ledger.claim(10)


async def test_a_claim_lapses_and_the_late_sender_changes_nothing(
    ledger: PostgresLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "CLAIM", timedelta(0))
    await put(ledger, card("a"))
    (late,), (second,) = await ledger.claim(1), await ledger.claim(1)
    assert second.attempts == 1
    await ledger.sent(second, Location("C1", "2.0"))
    await ledger.sent(late, Location("C1", "1.0"))
    await put(ledger, card("a", "new"))
    assert (await ledger.claim(1))[0].posted == Location("C1", "2.0")


async def test_a_message_that_is_gone_is_posted_anew(ledger: PostgresLedger) -> None:
    await put(ledger, card("a"))
    await send(ledger, await ledger.claim(1))
    await ledger.forget("a")
    await put(ledger, card("a", "new"))
    assert (await ledger.claim(1))[0].posted is None


async def test_buttons_and_cards_are_found_again(ledger: PostgresLedger) -> None:
    await put(ledger, card("a", b1="scale web", b2="logs web"))
    await ledger.sent((await ledger.claim(1))[0], Location("C7", "7.0"))
    assert [await ledger.line_of(button) for button in ("b1", "b2", "b3")] == ["scale web", "logs web", None]
    assert [await ledger.card_at(*place) for place in (("C7", "7.0"), ("C7", "8.0"))] == ["a", None]


async def test_many_senders_claim_each_message_once(ledger: PostgresLedger) -> None:
    await put(ledger, *(card(f"k{n}") for n in range(60)))
    claimed: list[str] = []

    async def sender() -> None:
        while due := await ledger.claim(3):
            claimed.extend(keys(due))
            await send(ledger, due)

    await asyncio.gather(*(sender() for _ in range(6)))
    assert sorted(claimed) == sorted(f"k{n}" for n in range(60))


async def test_what_is_on_its_way_to_a_channel_may_stand_there(ledger: PostgresLedger) -> None:
    await put(ledger, card("a"))
    due = await ledger.is_posting("C1")
    [delivery] = await ledger.claim(1)
    claimed = [await ledger.is_posting(channel) for channel in ("C1", "C2")]
    await ledger.sent(delivery, Location("C1", "1.0"))
    assert (due, claimed, await ledger.is_posting("C1")) == (False, [True, False], False)


async def test_purging_keeps_what_is_not_sent(ledger: PostgresLedger) -> None:
    await put(ledger, card("sent"), card("due"))
    await send(ledger, await ledger.claim(1))
    await ledger.database.execute("UPDATE outbox SET put_at = now() - interval '1 year'")
    await ledger.purge()
    assert keys(await ledger.claim(10)) == ["due"]
    assert await ledger.card_at("C1", "1.0") == "sent"


async def test_the_backlog_counts_what_waits_and_nothing_that_was_sent(ledger: PostgresLedger) -> None:
    assert await ledger.backlog() == Backlog(due=0, oldest_s=0.0)
    await put(ledger, card("a"), card("b"))
    before = await ledger.backlog()
    assert (before.due, before.oldest_s >= 0) == (2, True)
    await send(ledger, await ledger.claim(1))
    assert (await ledger.backlog()).due == 1


async def test_the_backlog_says_what_kept_the_oldest_and_for_how_long(ledger: PostgresLedger) -> None:
    await put(ledger, card("old"), card("new"))
    await ledger.database.execute("UPDATE outbox SET put_at = now() - interval '5 minutes' WHERE key = 'old'")
    for delivery in await ledger.claim(10):
        await ledger.postpone(
            delivery, 60.0 if delivery.item.key == "old" else 5.0, f"Slack took no {delivery.item.key}."
        )
    told = await ledger.backlog()
    assert (told.due, told.oldest_s >= 300, told.why) == (2, True, "Slack took no old.")
    assert 5 < told.next_s <= 60
    await ledger.hurry({"old"})
    assert (await ledger.backlog()).next_s == 0


async def test_what_the_ids_in_a_view_stand_for_is_kept_with_it(ledger: PostgresLedger) -> None:
    await put(ledger, ViewContent(key="v", view_id="V1", view={}, lines={"b1": "scale web"}))
    await put(ledger, HomeContent(key="h", user="U1", view={}, lines={"b2": "status"}))
    assert [await ledger.line_of(one) for one in ("b1", "b2", "b3")] == ["scale web", "status", None]


async def test_a_message_is_found_where_it_stands_as_it_was_put_last(ledger: PostgresLedger) -> None:
    await put(ledger, card("k", "first"))
    (delivery,) = await ledger.claim(10)
    await ledger.sent(delivery, Location("C1", "1.0"))
    await put(ledger, card("k", "second", b1="scale web"))
    found = await ledger.message_at("C1", "1.0")
    assert found is not None
    assert (found.text, found.lines) == ("second", {"b1": "scale web"})
    assert await ledger.message_at("C1", "2.0") is None


async def test_of_one_channel_a_few_are_claimed_and_the_rest_leaves_room_to_others(ledger: PostgresLedger) -> None:
    await put(ledger, *(card(f"storm {n}") for n in range(9)), Card(key="calm", channel="C2", message=Message("x")))
    assert sorted(keys(await ledger.claim(10))) == ["calm", *(f"storm {n}" for n in range(outbox.OF_ONE_CHANNEL))]
    assert not await ledger.claim(10)


async def test_an_approval_is_claimed_however_many_of_its_channel_are_on_their_way(ledger: PostgresLedger) -> None:
    await put(ledger, *(card(f"k{n}", lane=Lane.PROGRESS) for n in range(9)))
    await ledger.claim(10)
    await put(ledger, card("approval", lane=Lane.APPROVAL))
    assert keys(await ledger.claim(10)) == ["approval"]


async def test_within_a_lane_namespaces_take_turns(ledger: PostgresLedger) -> None:
    storm = [Card(f"shop {n}", "C1", Message("x"), Lane.ALERT, namespace="shop") for n in range(9)]
    await put(ledger, *storm, Card("billing 0", "C1", Message("x"), Lane.ALERT, namespace="billing"))
    assert keys(await ledger.claim(3)) == ["shop 0", "billing 0", "shop 1"]


async def test_what_was_set_back_is_due_when_it_is_hurried_and_nothing_else(ledger: PostgresLedger) -> None:
    await put(ledger, card("a"), card("b"))
    for delivery in await ledger.claim(10):
        await ledger.postpone(delivery, 60, "Slack gave no answer.")
    await ledger.hurry(["a", "unknown"])
    assert keys(await ledger.claim(10)) == ["a"]
