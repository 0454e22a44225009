"""backup prune: what is previewed is what is deleted, and what is needed meanwhile stops it."""

import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.backups.scripts import DELETE
from bot.errors import AlreadySo, BadArguments, NotFound
from bot.model.backup import Backup
from bot.model.operation import Operation, Requirements, State
from bot.model.plan import Phase, Plan
from bot.spec import Change
from tests.commands.asking import MAYA, change, context, parsed
from tests.commands.backup_world import GIB, LAST, MARK, OLD, World
from tests.fakes.history import FakeOperations
from tests.fakes.objects import NOW

OLDER = Backup("acme", "acme-20260101-140000", 5 * GIB, "ef" * 32, NOW - timedelta(days=59))


@pytest.fixture
def world() -> World:
    world = World()
    world.storage.kept.append(OLDER)
    return world


async def test_a_plan_lists_what_goes_and_says_what_stays(world: World) -> None:
    plan = await world.propose("backup prune acme --keep 1")
    assert (plan.title, plan.names) == ("Delete 2 backups of acme", "acme")
    assert plan.diff.splitlines() == [f"- {OLDER.id}  5 GiB", f"- {OLD.id}  1 GiB"]
    assert [fact.text for fact in plan.facts] == [
        "6 GiB; nothing brings them back",
        "1 backup: the newest of each instance",
        f"{OLDER.id}, 59 days old",
        f"{OLD.id}, 3 days old",
    ]
    assert parsed(plan.line).command is change(plan)


async def test_without_an_instance_it_is_about_all_of_them(world: World) -> None:
    gone = [Backup("globex", f"globex-{days}", GIB, "", NOW - timedelta(days=days)) for days in (90, 91)]
    world.storage.kept += gone
    plan = await world.propose("backup prune --keep 1 --older-than 30d")
    assert (plan.title, plan.names) == ("Delete 2 backups of 2 instances", "backups")
    assert plan.steps[0].desired["environment"] == {"DOOMED": f"globex/globex-91 acme/{OLDER.id}"}


@pytest.mark.parametrize(
    "line", ["backup prune", "backup prune acme --older-than 90d --keep 1", "backup prune globex --keep 1"]
)
async def test_where_nothing_goes_nothing_is_asked_of_anybody(world: World, line: str) -> None:
    with pytest.raises(
        AlreadySo, match=r"^There is no backup to delete beside those that stay: the newest .* Nothing was changed\.$"
    ):
        await world.propose(line)


async def test_an_instance_that_does_not_exist_is_told_with_near_misses(world: World) -> None:
    with pytest.raises(NotFound, match=r"There is no instance “acne”\. Nothing was done\.") as refusal:
        await world.propose("backup prune acne --keep 1")
    assert refusal.value.suggestions == ("backup prune acme --keep 1 -n saasodoo",)


@pytest.mark.parametrize(
    "line",
    [
        *(f"backup prune acme --keep {keep}" for keep in ("0", "-1", "1e99", "10Gb5", "1001")),
        *(f"backup prune --older-than '{span}'" for span in ("0", "0d", "-1d", "30", "1e9d", "$(id)", "30d;id")),
        *(f"backup prune -- '{name}'" for name in ("../acme", "a;b", "$(id)", "-rf", "a\nb")),
    ],
)
def test_what_is_no_number_age_or_name_gets_no_further(line: str) -> None:
    with pytest.raises(BadArguments):
        parsed(line)


async def restoring(world: World) -> Plan:
    """A restore of the oldest backup."""
    return await world.propose(f"backup restore {OLDER.id}")


async def test_a_backup_that_a_restore_waits_for_is_spared(world: World) -> None:
    asked = Operation(
        id="1",
        number=1,
        plan=await restoring(world),
        requester=MAYA,
        reason="",
        channel="C1",
        requirements=Requirements(),
        state=State.PENDING,
        created_at=NOW,
        approve_by=NOW,
    )
    understood = parsed("backup prune acme --keep 1")
    assert isinstance(understood.command, Change)
    ctx = replace(context(world.cluster), on=world.backends.reading, operations=FakeOperations((asked,)))
    plan = await understood.command.plan(understood.args, ctx)
    assert plan.diff == f"- {OLD.id}  1 GiB"
    assert plan.warnings == (f"Spared, for a restore needs it: {OLDER.id}",)


async def test_as_planned_it_may_be_done(world: World) -> None:
    plan = await world.propose("backup prune acme --keep 1")
    seen = await change(plan).observe(plan.steps[0], world.backends.reading)
    assert seen.fields == plan.steps[0].observed


async def test_one_that_has_become_the_newest_stops_it(world: World) -> None:
    plan = await world.propose("backup prune acme --keep 1")
    world.storage.kept.remove(LAST)
    seen = await change(plan).observe(plan.steps[0], world.backends.reading)
    assert seen.fields == {"backups to delete": f"{OLD.id} needed"}


async def test_one_that_is_being_restored_stops_it(world: World) -> None:
    plan = await world.propose("backup prune acme --keep 1")
    restore = await restoring(world)
    step = next(one for one in restore.steps if "job" in one.desired)
    await change(restore).apply(step, world.backends, MARK)
    command = change(plan)
    assert (await command.observe(plan.steps[0], world.backends.reading)).fields == {
        "backups to delete": f"{OLDER.id} needed"
    }
    world.ends(step, "Complete")
    assert (await command.observe(plan.steps[0], world.backends.reading)).fields == plan.steps[0].observed


async def test_it_is_done_when_none_of_them_is_listed_any_more(world: World) -> None:
    plan = await world.propose("backup prune acme --keep 1")
    command, step = change(plan), plan.steps[0]
    await command.apply(step, world.backends, MARK)
    world.ends(step, "Complete")
    left = await command.progress(step, world.backends.reading, NOW)
    assert (left.phase, left.reason.endswith(f"2 backups of 2 are still there: {OLDER.id}, {OLD.id}")) == (
        Phase.STALLED,
        True,
    )
    world.storage.kept = [LAST]
    seen = await command.progress(step, world.backends.reading, NOW)
    assert (seen.phase, seen.line) == (Phase.DONE, "2 backups deleted")


def deleting(folder: Path, doomed: str) -> subprocess.CompletedProcess[str]:
    """Run the Job's program on a folder of the test's."""
    script = DELETE.replace("/backups/", f"{folder}/")
    return subprocess.run(["sh", "-c", script], env={"DOOMED": doomed}, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for instance in ("acme", "globex"):
        (tmp_path / instance).mkdir()
        for name in ("1.json", "1.tar.gz", "2.json", "2.tar.gz"):
            (tmp_path / instance / f"{instance}-{name}").touch()
    return tmp_path


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_job_deletes_what_it_was_told_and_may_be_run_again(folder: Path) -> None:
    before = files(folder)
    for _ in range(2):
        done = deleting(folder, "acme/acme-1 globex/globex-2")
        assert (done.returncode, done.stderr) == (0, "")
        gone = {"acme/acme-1", "globex/globex-2"}
        assert before - files(folder) == {f"{one}{end}" for one in gone for end in (".json", ".tar.gz")}


@pytest.mark.parametrize(
    "name", ["../acme/acme-1", "acme/../globex/globex-1", "acme", "/etc/passwd", "acme/", "a/b/c", "acme/$(id)", "*/*"]
)
def test_the_job_refuses_what_is_no_backup_before_it_deletes_any(folder: Path, name: str) -> None:
    before = files(folder)
    done = deleting(folder, f"acme/acme-1 {name}")
    assert (done.returncode, f"{name} is no backup. Nothing was deleted." in done.stderr) == (1, True)
    assert files(folder) == before
