"""Socket Mode: who gets an envelope, what happens without an answer, how connections begin and end."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import aiohttp
import pytest

from playground.slack.connections import Reason
from playground.slack.envelopes import CONNECTION_LIMIT
from playground.slack.people import Outcome
from playground.slack.server import PracticeSlack
from tests.playground.slack.app import MAYA, OPS, BareApp, BareSocket, Json, button, until


def started(work: Coroutine[Any, Any, Outcome]) -> asyncio.Task[Outcome]:
    return asyncio.ensure_future(work)


async def test_each_envelope_goes_to_exactly_one_of_two_sockets(slack: PracticeSlack, bare: BareApp) -> None:
    sockets = [await bare.ready(), await bare.ready()]
    got: list[tuple[int, str]] = []

    async def serve(number: int, socket: BareSocket) -> None:
        while True:
            envelope = await socket.frame()
            got.append((number, envelope["payload"]["text"]))
            await socket.ack(envelope)

    readers = [asyncio.ensure_future(serve(number, socket)) for number, socket in enumerate(sockets)]
    await asyncio.gather(*(slack.people.say(MAYA, OPS, f"/saas {n}") for n in range(40)))
    for reader in readers:
        reader.cancel()
    assert sorted(text for _, text in got) == sorted(str(n) for n in range(40))
    assert {number for number, _ in got} == {0, 1}


async def test_without_a_socket_a_command_fails_at_once(slack: PracticeSlack) -> None:
    outcome = await slack.people.say(MAYA, OPS, "/saas help")
    assert outcome.failure == '/saas failed with the error "dispatch_failed"'


async def test_an_unacknowledged_command_fails_after_three_seconds_and_is_not_repeated(
    slack: PracticeSlack, bare: BareApp
) -> None:
    socket = await bare.ready()
    with slack.workspace.subscribe(MAYA) as seen:
        saying = started(slack.people.say(MAYA, OPS, "/saas help"))
        envelope = await socket.frame()
        slack.clock.turn(2.9)
        await asyncio.sleep(0)
        assert not saying.done()
        slack.clock.turn(0.2)
        assert (await saying).failure == '/saas failed with the error "operation_timeout"'
        await socket.ack(envelope, {"text": "too late"})
        notice = await seen.next()
    assert getattr(notice, "text", None) == '/saas failed with the error "operation_timeout"'
    assert slack.workspace.ephemerals == {}
    assert [entry.outcome for entry in slack.journal.deliveries] == ["unanswered"]


async def test_an_unacknowledged_click_is_told_to_the_person_who_clicked(slack: PracticeSlack, bare: BareApp) -> None:
    message = slack.workspace.post(OPS, user="U", bot_id="B", blocks=(button("go"),))
    socket = await bare.ready()
    clicking = started(slack.people.click(MAYA, OPS, message.ts, "b", "go"))
    assert (await socket.frame())["accepts_response_payload"] is True
    slack.clock.turn(3)
    assert (await clicking).failure == "SaaS did not respond in time. Try again in a moment."


async def test_an_unacknowledged_event_is_repeated_three_times_with_the_same_event_id(
    slack: PracticeSlack, bare: BareApp
) -> None:
    socket = await bare.ready()
    await slack.people.say(MAYA, OPS, "@saas hello")
    frames = [await socket.frame()]
    for delay in (0, 60, 300):
        slack.clock.turn(3)
        await until(lambda: len(slack.journal.deliveries) == len(frames))
        slack.clock.turn(delay)
        frames.append(await socket.frame())
    slack.clock.turn(3)
    await until(lambda: len(slack.journal.deliveries) == 4)
    assert [(f.get("retry_attempt"), f.get("retry_reason")) for f in frames] == [
        (None, None),
        (1, "timeout"),
        (2, "timeout"),
        (3, "timeout"),
    ]
    assert len({f["payload"]["event_id"] for f in frames}) == 1
    assert len({f["envelope_id"] for f in frames}) == 4


async def test_an_event_waits_for_a_socket_by_being_repeated(slack: PracticeSlack, bare: BareApp) -> None:
    await slack.people.say(MAYA, OPS, "@saas hello")
    await until(lambda: len(slack.journal.deliveries) == 2)
    socket = await bare.ready()
    slack.clock.turn(60)
    envelope = await socket.frame()
    await socket.ack(envelope)
    assert (envelope["retry_attempt"], envelope["retry_reason"]) == (2, "connection_failed")


async def test_an_event_that_nobody_subscribed_to_is_not_sent(slack: PracticeSlack) -> None:
    await slack.people.say(MAYA, OPS, "just talking")
    assert list(slack.journal.deliveries) == []


@pytest.mark.parametrize(
    ("typed", "thread", "failure"),
    [
        ("/nosuch thing", None, "/nosuch is not a valid command."),
        ("/saas help", "1.0", "/saas is not supported in threads. Sorry!"),
    ],
    ids=["unknown command", "in a thread"],
)
async def test_slack_refuses_some_commands_itself(
    slack: PracticeSlack, bare: BareApp, typed: str, thread: str | None, failure: str
) -> None:
    await bare.ready()
    assert (await slack.people.say(MAYA, OPS, typed, thread_ts=thread)).failure == failure
    assert list(slack.journal.deliveries) == []


async def test_hello_counts_connections_and_announces_their_lifetime(slack: PracticeSlack, bare: BareApp) -> None:
    slack.sockets.ghosts = 2
    first, second = await bare.connect(), await bare.connect()
    counts = [(await socket.frame())["num_connections"] for socket in (first, second)]
    third = await (await bare.connect(await bare.url() + "&debug_reconnects=true")).frame()
    assert counts == [3, 4]
    assert third["debug_info"]["approximate_connection_time"] == 360
    assert third["connection_info"] == {"app_id": slack.installation.app_id}


async def test_a_ticket_opens_one_connection_within_its_time(slack: PracticeSlack, bare: BareApp) -> None:
    used, late = await bare.url(), await bare.url()
    await bare.connect(used)
    slack.clock.turn(31)
    for url in (used, late):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await bare.connect(url)
        assert refused.value.status == 408


async def test_the_eleventh_connection_is_turned_away(slack: PracticeSlack, bare: BareApp) -> None:
    kept = [await bare.ready() for _ in range(CONNECTION_LIMIT)]
    frame = await (await bare.connect()).frame()
    assert (frame["type"], frame["reason"]) == ("disconnect", "too_many_websockets")
    assert len(slack.sockets.connections) == len(kept)


@pytest.mark.parametrize("reason", [Reason.REFRESH_REQUESTED, Reason.LINK_DISABLED, Reason.TOO_MANY_WEBSOCKETS])
async def test_a_connection_is_told_why_it_ends(slack: PracticeSlack, bare: BareApp, reason: Reason) -> None:
    socket = await bare.ready()
    slack.sockets.end(reason)
    assert (await socket.frame())["reason"] == reason.value
    assert (await socket.socket.receive(timeout=30)).type is aiohttp.WSMsgType.CLOSE


async def test_a_refresh_warns_ten_seconds_before_the_end(slack: PracticeSlack, bare: BareApp) -> None:
    socket = await bare.ready()
    slack.sockets.refresh()
    assert (await socket.frame())["reason"] == "warning"
    assert slack.sockets.connections[0].open
    slack.clock.turn(10)
    assert (await socket.frame())["reason"] == "refresh_requested"


async def test_a_connection_ends_when_its_announced_time_is_over(slack: PracticeSlack, bare: BareApp) -> None:
    socket = await bare.ready()
    slack.clock.turn(18_050)
    assert (await socket.frame())["reason"] == "warning"
    slack.clock.turn(10)
    assert (await socket.frame())["reason"] == "refresh_requested"


async def test_an_envelope_sent_to_a_ghost_is_lost(slack: PracticeSlack, bare: BareApp) -> None:
    slack.sockets.ghosts = 1
    saying = started(slack.people.say(MAYA, OPS, "/saas help"))
    await asyncio.sleep(0)
    slack.clock.turn(3)
    assert "operation_timeout" in str((await saying).failure)


async def test_a_half_open_connection_answers_no_ping_and_loses_envelopes(slack: PracticeSlack, bare: BareApp) -> None:
    socket = await bare.ready()
    slack.sockets.half_open()
    saying = started(slack.people.say(MAYA, OPS, "/saas help"))
    await asyncio.sleep(0)
    slack.clock.turn(3)
    assert "operation_timeout" in str((await saying).failure)
    assert not socket.socket.closed


async def test_a_ping_comes_back_with_its_text(bare: BareApp, session: aiohttp.ClientSession) -> None:
    socket = await session.ws_connect(await bare.url(), autoping=False)
    await socket.receive(timeout=30)
    await socket.ping(b"sdk-ping-pong:1.5")
    pong = await socket.receive(timeout=30)
    assert (pong.type, bytes(pong.data)) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1.5")


async def test_an_acknowledgement_is_taken_from_another_socket_of_the_app(slack: PracticeSlack, bare: BareApp) -> None:
    first = await bare.ready()
    saying = started(slack.people.say(MAYA, OPS, "/saas help"))
    envelope: Json = await first.frame()
    await (await bare.ready()).ack(envelope, {"text": "moved"})
    assert (await saying).ok
    assert [m.text for m in slack.workspace.ephemerals_of(OPS, MAYA)] == ["moved"]


async def test_a_dropped_connection_is_forgotten(slack: PracticeSlack, bare: BareApp) -> None:
    await bare.ready()
    slack.sockets.drop()
    await until(lambda: not slack.sockets.connections)
    assert "dispatch_failed" in str((await slack.people.say(MAYA, OPS, "/saas help")).failure)
