"""backup list and show: the newest first, who is overdue, what is under way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model.backup import Backup, BackupPlaces
from bot.model.reply import Table, Text, Tone
from bot.spec import Query
from tests.commands.asking import change, context, parsed
from tests.commands.backup_world import LAST, MARK, World
from tests.fakes.objects import NOW


@pytest.fixture
def world() -> World:
    return World()


async def test_the_list_has_the_newest_first_and_who_is_overdue(world: World) -> None:
    reply = await world.ask("backup list")
    assert reply.headline == "2 backups, 2 instances overdue"
    assert isinstance(reply.parts[0], Table)
    assert [row[0] for row in reply.parts[0].rows] == [LAST.id, "acme-20260226-140000"]
    assert reply.parts[-1] == Text("Overdue: bare_1 (no backup yet), globex (no backup yet)")
    assert reply.tone is Tone.WARNING


async def test_one_instances_list_says_only_its_own(world: World) -> None:
    reply = await world.ask("backup list acme")
    assert (reply.headline, reply.tone) == ("2 backups of acme", Tone.PLAIN)


async def test_a_backup_of_the_day_before_yesterday_is_overdue(world: World) -> None:
    world.storage.kept = [Backup("acme", "acme-1", 1, "", NOW - timedelta(hours=27))]
    assert (await world.ask("backup list acme")).headline == "1 backup of acme, overdue"


async def test_where_any_age_will_do_only_those_without_a_backup_are_overdue(world: World) -> None:
    world.storage.kept = [Backup("acme", "acme-1", 1, "", NOW - timedelta(days=400))]
    understood = parsed("backup list")
    assert isinstance(understood.command, Query)
    anytime = replace(world.backends.reading, places=BackupPlaces(overdue_after=timedelta(0)))
    reply = await understood.command.run(understood.args, replace(context(world.cluster), on=anytime))
    assert reply.headline == "1 backup, 2 instances overdue"


async def test_jobs_under_way_are_listed(world: World) -> None:
    plan = await world.propose("backup create acme")
    await change(plan).apply(plan.steps[0], world.backends, MARK)
    tables = [part for part in (await world.ask("backup list")).parts if isinstance(part, Table)]
    assert tables[-1].rows == (("backup-acme-20260301-140000", "Running", ""),)


async def test_one_backup_is_shown_whole(world: World) -> None:
    reply = await world.ask(f"backup show {LAST.id}")
    assert reply.headline == f"{LAST.id} is 3 h old"
