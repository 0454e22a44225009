"""status: how fresh the watches are, what incidents are not told of, and what Slack is not told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model.backlog import Backlog
from bot.model.reply import Facts, Reply, Table, Tone
from bot.model.view import Stream, View
from bot.spec import Query
from tests.commands.asking import context, parsed
from tests.fakes.cluster import FakeCluster
from tests.fakes.history import FakeIncidents, FakeOutboxReads
from tests.fakes.objects import NOW, node


async def test_status_says_that_messages_wait_for_slack_and_why() -> None:
    late = FakeOutboxReads(Backlog(due=40, oldest_s=240.0, why="Slack asks for a pause.", next_s=26.0))
    told = await status_with(FakeIncidents(), late)
    assert told["Slack"].startswith("40 messages wait to be sent, the oldest for 4 min. Slack asks for a pause.")
    assert "Slack" not in await status_with(FakeIncidents())


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(None, "nobody watches the cluster: no incident opens, and none ends", id="never watched"),
        pytest.param(View(NOW - timedelta(minutes=5)), "nobody watches the cluster for 5 min", id="no longer watched"),
        pytest.param(View(NOW, ("jobs are not watched. No rule.",)), "jobs are not watched. No rule.", id="no rule"),
    ],
)
async def test_status_says_what_incidents_are_not_told_of(seen: View | None, words: str) -> None:
    told = await status_with(FakeIncidents(seen=seen))
    assert words in told["Watching"]


async def test_while_all_is_well_one_line_says_how_fresh_it_is() -> None:
    told = await status_with(FakeIncidents(seen=View(NOW, streams=(stream("pods", heard_s=12, event_s=3), JOBS))))
    assert (
        told["Watching"]
        == "2 watches, each heard from in the last 41 s; last event 3 s ago; no reconnects since they began 4 h ago"
    )


async def test_what_broke_is_told_by_reason_and_an_hourly_end_is_no_news() -> None:
    pods = stream("pods", heard_s=1, event_s=1, reconnects={"ended": 3, "connection lost": 2, "silent": 1})
    told = await status_with(FakeIncidents(seen=View(NOW, streams=(pods,))))
    assert (
        "3 reconnects since it began 4 h ago (connection lost 2, silent 1). `status --watches` has each"
        in told["Watching"]
    )


async def test_what_is_wrong_now_comes_first() -> None:
    told = await status_with(FakeIncidents(seen=View(NOW, ("Nothing was heard of jobs for 200 s.",), (JOBS,))))
    assert told["Watching"].startswith("Nothing was heard of jobs for 200 s. 1 watch, heard from in the last 41 s;")


async def test_what_was_told_a_while_ago_is_not_passed_off_as_now() -> None:
    told = await status_with(FakeIncidents(seen=View(NOW - timedelta(seconds=50), streams=(JOBS,))))
    assert told["Watching"].startswith("Told 50 s ago: 1 watch, heard from in the last")


async def test_a_watch_that_has_just_begun_is_no_line_yet() -> None:
    assert "Watching" not in await status_with(FakeIncidents(seen=View(NOW)))


async def test_each_watch_is_a_row_when_asked() -> None:
    pods = stream("pods", heard_s=12, event_s=3, reconnects={"ended": 3, "silent": 1}, trouble="silent")
    reply = await status("status --watches", FakeIncidents(seen=View(NOW, streams=(pods, JOBS))))
    [table] = reply.parts
    assert isinstance(table, Table)
    assert (table.columns, table.rows, reply.tone) == (
        ("WATCH", "LAST BYTE", "LAST EVENT", "RECONNECTS", "NOW"),
        (("pods", "12s", "3s", "ended 3, silent 1", "silent"), ("jobs -n shop", "41s", "", "", "")),
        Tone.GOOD,
    )


@pytest.mark.parametrize("seen", [None, View(NOW - timedelta(minutes=5)), View(NOW, ("jobs are not watched.",))])
async def test_without_a_whole_view_the_rows_come_with_a_warning(seen: View | None) -> None:
    assert (await status("status --watches", FakeIncidents(seen=seen))).tone is Tone.WARNING


def stream(
    name: str, *, heard_s: int, event_s: int | None, reconnects: Mapping[str, int] = {}, trouble: str = ""
) -> Stream:
    event_at = None if event_s is None else NOW - timedelta(seconds=event_s)
    heard_at = NOW - timedelta(seconds=heard_s)
    return Stream(name, NOW - timedelta(hours=4), heard_at, event_at, reconnects, trouble)


ALL_SENT = FakeOutboxReads()
JOBS = stream("jobs -n shop", heard_s=41, event_s=None)


async def status_with(incidents: FakeIncidents, outbox: FakeOutboxReads = ALL_SENT) -> dict[str, str]:
    """The facts of a status."""
    [facts] = [part for part in (await status("status", incidents, outbox)).parts if isinstance(part, Facts)]
    return {fact.label: fact.text for fact in facts.facts}


async def status(line: str, incidents: FakeIncidents, outbox: FakeOutboxReads = ALL_SENT) -> Reply:
    understood = parsed(line)
    assert isinstance(understood.command, Query)
    ctx = replace(context(FakeCluster().add(node("n1"))), incidents=incidents, outbox=outbox)
    return await understood.command.run(understood.args, ctx)
