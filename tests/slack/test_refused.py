"""Nothing listens where Slack should be, for minutes, with messages due, and the bot is killed in it and after it."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from itertools import groupby

import pytest

from bot.model.outgoing import Card, Lane, Message
from bot.store import PostgresLedger
from playground.slack.server import PracticeSlack
from playground.slack.values import Message as Posted
from tests.fakes.clocks import SharedClock
from tests.slack.killed import Killed
from tests.slack.pace import keep_pace
from tests.slack.test_chaos import EFFECT

SPEED = 30
"""The bot's time and Slack's: four minutes are eight seconds."""
MINUTE_S = 60
LOOK_EVERY_S = 0.05
PATIENCE_S = 300.0
"""Real seconds; generous for a slow shared machine."""
EACH = 8
"""Cards of a lane in a channel; each with a line in its thread."""
LANES = (Lane.PROGRESS, Lane.ALERT, Lane.APPROVAL)
CHANNELS = ("C0OPS00001", "C0ALERTS01")
UNREACHED = "SELECT count(*) FROM outbox WHERE is_due AND why <> ''"


@pytest.fixture
async def bot(practice: PracticeSlack, ledger: PostgresLedger) -> AsyncIterator[Killed]:
    """A bot of its own process, connected."""
    await ledger.database.execute(EFFECT)
    practice.clock.rescale(SPEED)
    slack = (practice.api_url, practice.bot_token, practice.app_token, str(SPEED))
    killed = Killed((sys.executable, "-m", "tests.slack.counting_bot", ledger.database.dsn, *slack))
    running = {
        asyncio.create_task(killed.run()),
        asyncio.create_task(keep_pace(SharedClock(practice.clock), ledger)),
    }
    await waits_for(lambda: bool(practice.sockets.connections))
    yield killed
    for task in running:
        task.cancel()
    await asyncio.wait(running)


async def put_all(ledger: PostgresLedger) -> None:
    """Put the cards and their lines, what may wait first."""
    async with ledger.transaction() as tx:
        for lane in LANES:
            for number in range(EACH):
                for channel in CHANNELS:
                    key = f"{lane.name}-{number}-{channel}"
                    await tx.put(Card(key, channel, Message(key), lane))
                    await tx.put(Card(f"{key}:line", channel, Message(f"{key} line"), lane, key))


async def test_what_was_due_arrives_once_and_the_urgent_first(
    practice: PracticeSlack, ledger: PostgresLedger, bot: Killed
) -> None:
    await practice.hang_up()
    await put_all(ledger)
    await comes(ledger, UNREACHED)
    await practice.clock.sleep(2 * MINUTE_S)
    bot.kill()
    await practice.clock.sleep(2 * MINUTE_S)
    assert not posted(practice), "Slack was not away"

    await practice.listen()
    await waits_for(lambda: len(posted(practice)) >= EACH)
    bot.kill()
    await comes(ledger, "SELECT NOT EXISTS (SELECT FROM outbox WHERE is_due)")

    keys = {f"{lane.name}-{number}-{channel}" for lane in LANES for number in range(EACH) for channel in CHANNELS}
    assert Counter(one.text for one in posted(practice)) == Counter([*keys, *(f"{key} line" for key in keys)])
    assert bot.kills == 2
    for channel in CHANNELS:
        cards = [one.text.partition("-")[0] for one in posted(practice) if one.channel == channel and not one.is_reply]
        assert [lane for lane, _ in groupby(cards)] == ["APPROVAL", "ALERT", "PROGRESS"]


def posted(practice: PracticeSlack) -> list[Posted]:
    """Everything in both channels, the oldest first."""
    messages = practice.workspace.messages
    return sorted((one for channel in CHANNELS for one in messages.get(channel, {}).values()), key=lambda one: one.ts)


async def waits_for(condition: Callable[[], bool]) -> None:
    """Look until *condition* holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - what is looked at tells nobody when it changes
            await asyncio.sleep(LOOK_EVERY_S)


async def comes(ledger: PostgresLedger, query: str) -> None:
    """Ask the database until it says so."""
    async with asyncio.timeout(PATIENCE_S):
        while not await ledger.database.value(query):  # noqa: ASYNC110 - nor does the database
            await asyncio.sleep(LOOK_EVERY_S)
