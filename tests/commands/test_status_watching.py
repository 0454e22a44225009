"""status: what incidents are not told of, because the bot may not see it or nobody watches."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model.reply import Facts
from bot.model.view import View
from bot.spec import Query
from tests.commands.asking import context, parsed
from tests.fakes.cluster import FakeCluster
from tests.fakes.history import FakeIncidents
from tests.fakes.objects import NOW, node


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


async def test_status_is_silent_about_a_watch_that_sees_everything() -> None:
    assert "Watching" not in await status_with(FakeIncidents(seen=View(NOW)))


async def status_with(incidents: FakeIncidents) -> dict[str, str]:
    """The facts of a status."""
    understood = parsed("status")
    assert isinstance(understood.command, Query)
    ctx = replace(context(FakeCluster().add(node("n1"))), incidents=incidents)
    [facts] = [part for part in (await understood.command.run(understood.args, ctx)).parts if isinstance(part, Facts)]
    return {fact.label: fact.text for fact in facts.facts}
