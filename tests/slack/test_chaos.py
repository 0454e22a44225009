"""Deeds while sockets are cycled, cut, half-opened, refused and haunted, and the bot is killed between ack and work.

None is lost after its ack, none is done twice. `-s` shows how long the acks took.
"""

import asyncio
import itertools
import sys
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from bot.store import PostgresLedger
from playground.slack.server import PracticeSlack
from tests.slack.crowd import TRY_AGAIN_S, Crowd
from tests.slack.killed import Killed

SCALE = 5
"""Slack's time runs so much faster: it waits 0.6 s for an ack, so that a deed sent to a ghost is soon tried again."""
TROUBLE_EVERY = 250
EFFECT = "CREATE TABLE effect (key text NOT NULL, line text NOT NULL)"
PATIENCE_S = 600.0
"""Real seconds for all of it: ten times what it takes."""
ALL_DONE_S = 120.0
"""Generous: the work takes 10 ms a deed, eight at once."""


@pytest.fixture
async def bot(practice: PracticeSlack, ledger: PostgresLedger) -> AsyncIterator[Killed]:
    """A counting bot on PostgreSQL and the practice Slack."""
    await ledger.database.execute(EFFECT)
    practice.clock.rescale(SCALE)
    slack = (practice.api_url, practice.bot_token, practice.app_token)
    killed = Killed((sys.executable, "-m", "tests.slack.counting_bot", ledger.database.dsn, *slack))
    running = asyncio.create_task(killed.run())
    yield killed
    running.cancel()
    await asyncio.wait({running})


async def waiting(ledger: PostgresLedger) -> int:
    """How much is acked and not done."""
    count: int = await ledger.database.value("SELECT count(*) FROM inbox WHERE done_at IS NULL")
    return count


async def kill_between(bot: Killed, crowd: Crowd, ledger: PostgresLedger, every: int) -> None:
    """Kill it every so many deeds, while something that was acked waits for its work; until cancelled."""
    for at in itertools.count(every // 2, every):
        while crowd.done < at or not await waiting(ledger):  # noqa: ASYNC110 - a count tells nobody
            await asyncio.sleep(TRY_AGAIN_S)
        bot.kill()


@pytest.mark.parametrize(
    ("deeds", "kills"),
    [pytest.param(1_000, 2, id="a thousand"), pytest.param(10_000, 6, id="ten thousand", marks=pytest.mark.long)],
)
async def test_what_was_acked_is_done_once_whatever_happens(
    practice: PracticeSlack, ledger: PostgresLedger, bot: Killed, deeds: int, kills: int
) -> None:
    crowd = Crowd(practice, deeds)
    troubles = [
        asyncio.create_task(crowd.make_trouble(TROUBLE_EVERY)),
        asyncio.create_task(kill_between(bot, crowd, ledger, deeds // kills)),
    ]
    async with asyncio.timeout(PATIENCE_S):
        await crowd.act()
    for trouble in troubles:
        trouble.cancel()
    await asyncio.wait(troubles)
    async with asyncio.timeout(ALL_DONE_S):
        while await waiting(ledger):  # noqa: ASYNC110 - nor does the database
            await asyncio.sleep(TRY_AGAIN_S)

    done = await ledger.database.rows("SELECT key, line FROM effect")
    taken = {row["key"] for row in await ledger.database.rows("SELECT key FROM inbox")}
    assert Counter(row["key"] for row in done) == Counter(taken), "each deed that was taken in is done once"
    lines = Counter(row["line"] for row in done)
    clicks, attempts = lines.pop("1"), crowd.attempts
    assert set(lines) == {f"restart worker-{number}" for number in range(0, deeds, 2)}, "nothing acked is lost"
    assert all(count <= attempts[int(line.rpartition("-")[2])] for line, count in lines.items())
    assert deeds // 2 <= clicks <= sum(attempts[number] for number in range(1, deeds, 2))
    assert bot.kills >= kills
    print(f"\n{deeds} deeds, {bot.kills} kills, {sum(attempts.values()) - deeds} tried again: {ack_times(practice)}")


def ack_times(practice: PracticeSlack) -> str:
    """From the envelope to its ack, over the last thousands."""
    acks = sorted(entry.ack_ms for entry in practice.journal.deliveries if entry.ack_ms is not None)
    return f"acks p50 {acks[len(acks) // 2]:.0f} ms, p99 {acks[len(acks) * 99 // 100]:.0f} ms over {len(acks)}"
