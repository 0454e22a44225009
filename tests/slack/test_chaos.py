"""Deeds while sockets are cycled, cut, half-opened, refused and haunted, and the bot is killed between ack and work.

None is lost after its ack, none is done twice, and 99 of 100 acks leave within 300 ms. `-s` shows the figures.
"""

import asyncio
import itertools
import sys
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Sequence

import pytest

from bot.store import PostgresLedger
from playground.slack.server import PracticeSlack
from tests.slack.crowd import TRY_AGAIN_S, Crowd
from tests.slack.killed import Killed

SCALE = 5
"""Slack's time runs so much faster: it waits 0.6 s for an ack, so that a deed sent to a ghost is soon tried again."""
TROUBLE_EVERY = 250
ACK_MS = 300
"""99 of 100 acks take less, from the envelope to its ack as Slack sees it, where the machine has time for us."""
COMMITS = 10
"""Where it has not: no longer than so many bare commits, on the same database, timed from the same loop meanwhile."""
BEAT_S = 0.02
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
    practice.journal.deliveries = deque()  # all of them, not only the last
    commits_ms: list[float] = []
    troubles = [
        asyncio.create_task(time_commits(ledger, commits_ms)),
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
    acks_ms = [entry.ack_ms for entry in practice.journal.deliveries if entry.ack_ms is not None]
    assert len(acks_ms) >= deeds
    print(f"\n{deeds} deeds, {bot.kills} kills, {sum(attempts.values()) - deeds} tried again")
    print(f"{len(acks_ms)} acks: {figures(acks_ms)}; {len(commits_ms)} bare commits: {figures(commits_ms)}")
    assert percentile(acks_ms, 99) < max(ACK_MS, COMMITS * percentile(commits_ms, 99))


async def time_commits(ledger: PostgresLedger, into: list[float]) -> None:
    """Measure what the machine has to give: one row, committed, now and then, until cancelled."""
    await ledger.database.execute("CREATE TABLE beat (at timestamptz)")
    while True:
        began = time.monotonic()
        await ledger.database.execute("INSERT INTO beat VALUES (now())")
        into.append((time.monotonic() - began) * 1000)
        await asyncio.sleep(BEAT_S)


def percentile(samples: Sequence[float], percent: int) -> float:
    """The one that so many of a hundred do not pass."""
    return sorted(samples)[min(len(samples) - 1, len(samples) * percent // 100)]


def figures(milliseconds: Sequence[float]) -> str:
    """In the middle, and nearly at the worst."""
    return f"p50 {percentile(milliseconds, 50):.0f} ms, p99 {percentile(milliseconds, 99):.0f} ms"
