"""The supervisor: whatever happens to the sockets, commands get through and health tells the truth."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest

from bot.model.incoming import Incoming
from bot.slack.settings import SocketSettings
from playground.slack.server import PracticeSlack
from tests.fakes.clocks import SharedClock
from tests.fakes.inbox import FakeInbox
from tests.fakes.outbox import FakeOutbox
from tests.slack.stand import MAYA, Stand
from tests.slack.stand import until as wait_until

ATTENTIVE = SocketSettings(sockets=1, ping_interval_s=0.4)
"""Finds a dead peer in half a second."""


class GatedInbox(FakeInbox):
    """Takes in only while its gate is open."""

    def __init__(self) -> None:
        """Start open."""
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.waiting = 0

    async def accept(self, item: Incoming) -> bool:
        """As bot.ports.Inbox, once the gate opens."""
        self.waiting += 1
        await self.gate.wait()
        return await super().accept(item)


def stand_with(practice: PracticeSlack, socket: SocketSettings, inbox: FakeInbox | None = None) -> Stand:
    """A stand with its own settings."""
    clock = SharedClock(practice.clock)
    return Stand(practice, inbox=inbox or FakeInbox(), outbox=FakeOutbox(clock), clock=clock, socket=socket)


@pytest.fixture
async def gated(practice: PracticeSlack) -> AsyncIterator[tuple[Stand, GatedInbox]]:
    """A stand whose inbox can be held up."""
    inbox = GatedInbox()
    async with stand_with(practice, SocketSettings(sockets=1), inbox) as stand:
        yield stand, inbox


def open_sockets(stand: Stand) -> int:
    """As Slack sees them."""
    return sum(connection.open for connection in stand.practice.sockets.connections)


def reconnects(stand: Stand) -> dict[str, int]:
    """By reason."""
    socket = stand.side.health().socket
    return dict(socket.reconnects) if socket else {}


def num_connections(stand: Stand) -> int:
    """As Slack counted at the last hello."""
    socket = stand.side.health().socket
    return socket.num_connections if socket else 0


def has_more_reconnects(stand: Stand, *, than: int) -> bool:
    """Whether another one was counted."""
    return sum(reconnects(stand).values()) > than


async def time_passes(stand: Stand, *, until: Callable[[], object], step_s: float = 10) -> None:
    """Turn the clock, step by step, until something has happened."""

    def turned() -> object:
        stand.practice.clock.turn(step_s)
        return until()

    await wait_until(turned)


async def works(stand: Stand) -> bool:
    """Whether a command is taken in and acked."""
    before = len(stand.inbox.items)
    outcome = await stand.practice.people.say(MAYA, stand.channel("ops"), "/saas status")
    return outcome.ok and len(stand.inbox.items) == before + 1


async def test_after_a_warning_the_successor_is_there_before_the_old_socket_goes(stand: Stand) -> None:
    stand.cause("refresh")
    await wait_until(lambda: open_sockets(stand) == 2)
    assert await works(stand)
    stand.practice.clock.turn(10)
    await wait_until(lambda: open_sockets(stand) == 1)
    assert await works(stand)
    assert reconnects(stand) == {"warning": 1}


async def test_before_its_announced_end_a_socket_is_replaced(stand: Stand) -> None:
    stand.practice.clock.turn(18_060 * 0.8)
    await wait_until(lambda: reconnects(stand) == {"aged": 1})
    assert await works(stand)


async def test_an_ack_leaves_on_the_socket_that_its_envelope_came_from(gated: tuple[Stand, GatedInbox]) -> None:
    stand, inbox = gated
    inbox.gate.clear()
    asking = asyncio.ensure_future(works(stand))
    await wait_until(lambda: inbox.waiting)
    stand.cause("refresh")
    await wait_until(lambda: open_sockets(stand) == 2)
    stand.practice.sockets.connections[-1].half_open = True  # an ack on the new socket would be lost
    inbox.gate.set()
    assert await asking


@pytest.mark.parametrize(
    ("trouble", "reason"), [("drop", "closed"), ("reconnect", "refresh_requested")], ids=["cut", "ended"]
)
async def test_a_lost_socket_is_replaced(stand: Stand, trouble: str, reason: str) -> None:
    stand.cause(trouble)
    await wait_until(lambda: reconnects(stand) == {reason: 1} and stand.side.health().ready)
    assert await works(stand)


async def test_a_half_open_socket_is_found_out(practice: PracticeSlack) -> None:
    async with stand_with(practice, ATTENTIVE) as stand:
        stand.cause("half-open")
        await wait_until(lambda: len(reconnects(stand)) == 1)
        await wait_until(lambda: stand.side.health().ready)
        assert set(reconnects(stand)) <= {"stale", "closed"}
        assert await works(stand)


async def test_a_refused_handshake_is_tried_again_with_a_new_ticket(stand: Stand) -> None:
    stand.cause("refuse", count=2)
    stand.cause("drop")
    await wait_until(lambda: len(stand.calls("apps.connections.open")) == 2)
    await time_passes(stand, until=lambda: stand.side.health().ready)
    assert len(stand.calls("apps.connections.open")) == 4
    assert await works(stand)


async def test_a_switched_off_app_is_unready_and_asks_again_every_five_minutes(stand: Stand) -> None:
    stand.cause("link-disabled")
    await wait_until(lambda: not stand.side.health().ready)
    health = stand.side.health()
    assert health.socket is not None
    assert (health.socket.is_refused, "link_disabled" in health.why_not) == (True, True)
    asked = len(stand.calls("apps.connections.open"))
    stand.cause("mend")
    await time_passes(stand, until=lambda: stand.side.health().ready)
    refused, again = (call.at for call in stand.calls("apps.connections.open")[asked - 1 : asked + 1])
    assert again - refused >= 300
    assert await works(stand)


async def test_a_revoked_app_token_is_named(stand: Stand) -> None:
    stand.cause("revoke", token="app")
    stand.cause("drop")
    await wait_until(lambda: "refuses the app" in stand.side.health().why_not)
    assert len(stand.calls("apps.connections.open")) == 2


async def test_after_too_many_websockets_nothing_is_opened_for_a_minute(stand: Stand) -> None:
    stand.cause("too-many")
    await wait_until(lambda: reconnects(stand) == {"too_many_websockets": 1})
    await time_passes(stand, until=lambda: stand.side.health().ready)
    refused, again = (call.at for call in stand.calls("apps.connections.open")[:2])
    assert again - refused >= 60
    assert await works(stand)


async def test_ghosts_that_fill_the_cap_are_waited_for(stand: Stand) -> None:
    stand.cause("ghost", count=10)
    stand.cause("drop")
    await wait_until(lambda: len(stand.calls("apps.connections.open")) == 2)
    stand.cause("mend")
    await time_passes(stand, until=lambda: stand.side.health().ready)


async def test_near_the_cap_ghosts_are_counted_and_the_second_socket_is_given_up_for_a_while(
    practice: PracticeSlack,
) -> None:
    practice.sockets.ghosts = 8
    async with stand_with(practice, SocketSettings(sockets=2, replicas=1)) as stand:
        await wait_until(lambda: num_connections(stand) == 10)
        await wait_until(lambda: open_sockets(stand) == 1)
        socket = stand.side.health().socket
        assert socket is not None
        assert socket.ghosts == 7
        stand.cause("mend")
        await time_passes(stand, until=lambda: open_sockets(stand) == 2)


async def test_a_pause_that_slack_asks_for_is_kept(stand: Stand) -> None:
    stand.cause("throttle", method="apps.connections.open", count=1, retry_after=30)
    stand.cause("drop")
    await wait_until(lambda: len(stand.calls("apps.connections.open")) == 2)
    stand.practice.clock.turn(29)
    assert not stand.side.health().ready
    await time_passes(stand, until=lambda: stand.side.health().ready)


async def test_frequent_drops_make_it_unready_though_connected(stand: Stand) -> None:
    for _ in range(6):
        before = sum(reconnects(stand).values())
        stand.cause("drop")
        await wait_until(partial(has_more_reconnects, stand, than=before))
        await time_passes(stand, until=lambda: open_sockets(stand) == 1, step_s=1)
    await wait_until(lambda: "dropped 6 sockets" in stand.side.health().why_not)
    stand.practice.clock.turn(60)
    assert "dropped" not in stand.side.health().why_not


async def test_at_sigterm_what_was_taken_is_acked_before_the_socket_closes(gated: tuple[Stand, GatedInbox]) -> None:
    stand, inbox = gated
    inbox.gate.clear()
    asking = asyncio.ensure_future(works(stand))
    await wait_until(lambda: inbox.waiting)
    stopping = asyncio.ensure_future(stand.stop())
    await wait_until(lambda: inbox.waiting)
    inbox.gate.set()
    assert await asking
    await stopping
    assert open_sockets(stand) == 0


async def test_a_thousand_commands_are_acked_in_time(stand: Stand) -> None:
    channel = stand.channel("ops")

    async def ask(count: int) -> list[bool]:
        return [(await stand.practice.people.say(MAYA, channel, "/saas status")).ok for _ in range(count)]

    outcomes = await asyncio.gather(*(ask(125) for _ in range(8)))
    assert sum(map(sum, outcomes)) == len(stand.inbox.items) == stand.side.health().acks.count == 1000


async def test_while_one_replica_leaves_the_other_serves(practice: PracticeSlack) -> None:
    inbox, asked, answered = FakeInbox(), 0, 0
    async with stand_with(practice, SocketSettings(), inbox) as staying:
        leaving = await stand_with(practice, SocketSettings(), inbox).__aenter__()
        await wait_until(lambda: open_sockets(staying) == 4)
        stopping = asyncio.ensure_future(leaving.__aexit__(None, None, None))
        while not stopping.done() or asked < 50:
            asked += 1
            answered += await works(staying)
        await stopping
        assert open_sockets(staying) == 2
        assert len(inbox.items) >= answered
        assert answered >= asked - 1  # one may be under way to a socket that is just closing; its person is told
