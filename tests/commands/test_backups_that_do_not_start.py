"""A Job whose folders are not there is named within a minute, stopped, and leaves nothing behind."""

from datetime import timedelta

import pytest

from bot.commands.backups.stalling import SETTLING
from bot.errors import Denied
from bot.model.plan import Json, Phase, Progress, Step
from bot.spec import Change
from tests.commands.asking import change
from tests.commands.backup_world import LAST, MARK, World
from tests.fakes.objects import NAMESPACE, NOW

JOB = "backup-acme-20260301-140000"
MISSING = """MountVolume.SetUp failed for volume "backups" :
hostPath type check failed: /mnt/cephfs/odoo_backups is not a directory"""
SAID = {
    "the folder of backups": (
        MISSING,
        "node node-1 has no folder /mnt/cephfs/odoo_backups. See whether the file system is mounted there, "
        "make the folder or correct BACKUP_ROOT, then ask again",
    ),
    "the instance's folder": (
        MISSING.replace("odoo_backups", "odoo_instances/odoo_data_acme"),
        "node node-1 has no folder /mnt/cephfs/odoo_instances/odoo_data_acme. See whether the file system is mounted "
        "there, make the folder or correct BACKUP_INSTANCES and BACKUP_PREFIX, then ask again",
    ),
    "anything else": (
        "Unable to attach or mount volumes: timed out.",
        "node node-1 cannot give it its folders: Unable to attach or mount volumes: timed out. "
        "Mend that, then ask again",
    ),
}


@pytest.fixture
def world() -> World:
    return World()


async def begun(world: World, line: str) -> tuple[Change, Step]:  # type: ignore[type-arg]
    """The change, and the step that is a Job, which has been created."""
    plan = await world.propose(line)
    step = next(one for one in plan.steps if "job" in one.desired)
    await change(plan).apply(step, world.backends, MARK)
    return change(plan), step


def waits(world: World, step: Step, message: str, *, since: timedelta = SETTLING, reason: str = "FailedMount") -> None:
    """The Job has a pod that waits on its node, which says why."""
    name = f"{step.desired['job']}-x"
    made = (NOW - since).isoformat()
    labels = {"job-name": step.desired["job"]}
    metadata = {"name": name, "namespace": NAMESPACE, "labels": labels, "creationTimestamp": made}
    state = {"name": "tar", "state": {"waiting": {"reason": "ContainerCreating"}}}
    status = {"phase": "Pending", "containerStatuses": [state]}
    pod: dict[str, Json] = {"kind": "Pod", "metadata": metadata, "spec": {"nodeName": "node-1"}, "status": status}
    about = {"uid": f"uid-{name}", "kind": "Pod", "name": name}
    event = {"name": f"{name}.1", "namespace": NAMESPACE}
    world.cluster.add(
        pod,
        {"kind": "Event", "metadata": event, "type": "Warning", "reason": reason, "message": message}
        | {"involvedObject": about, "lastTimestamp": NOW.isoformat()},
    )


@pytest.mark.parametrize(("message", "why"), SAID.values(), ids=SAID)
async def test_what_its_node_says_is_told_with_what_to_do(world: World, message: str, why: str) -> None:
    command, step = await begun(world, "backup create acme")
    waits(world, step, message)
    seen = await command.progress(step, world.backends.reading, NOW)
    assert (seen.phase, seen.reason) == (Phase.STALLED, f"job/{JOB} does not start: {why}")


@pytest.mark.parametrize(
    ("since", "reason"),
    [(SETTLING - timedelta(seconds=1), "FailedMount"), (SETTLING, "Pulling")],
    ids=["a mount that may still heal", "an event of something else"],
)
async def test_what_may_still_start_is_waited_for(world: World, since: timedelta, reason: str) -> None:
    command, step = await begun(world, "backup create acme")
    waits(world, step, MISSING, since=since, reason=reason)
    assert (await command.progress(step, world.backends.reading, NOW)).phase is Phase.RUNNING


STALLED = Progress(Phase.STALLED, "does not start", reason=f"job/{JOB} does not start: why")


@pytest.mark.parametrize(
    ("line", "left"),
    [("backup create acme", "No backup was made."), (f"backup restore {LAST.id}", "The data is as it was.")],
    ids=["backup", "restore"],
)
async def test_its_job_is_stopped_and_that_is_told(world: World, line: str, left: str) -> None:
    command, step = await begun(world, line)
    assert command.stop is not None
    seen = await command.stop(step, world.backends, STALLED)
    assert seen.reason == f"job/{JOB} does not start: why. The Job was stopped. {left}"
    assert ("jobs", NAMESPACE, step.desired["job"]) not in world.cluster.objects
    assert await command.stop(step, world.backends, STALLED) == STALLED, "a second time there is nothing to stop"


async def test_a_job_that_has_ended_stays_to_be_read(world: World) -> None:
    command, step = await begun(world, "backup create acme")
    world.ends(step, "Failed", "BackoffLimitExceeded")
    assert command.stop is not None
    assert await command.stop(step, world.backends, STALLED) == STALLED
    assert world.job(step)


async def test_a_job_that_may_not_be_deleted_is_left_to_people(world: World) -> None:
    command, step = await begun(world, "backup create acme")
    world.cluster.refusing_deletion["jobs"] = Denied("No rule lets the bot delete jobs.")
    assert command.stop is not None
    seen = await command.stop(step, world.backends, STALLED)
    assert seen.reason.endswith(f"The Job could not be stopped (No rule lets the bot delete jobs.): delete job/{JOB}.")


async def test_of_a_restore_only_the_job_is_stopped(world: World) -> None:
    plan = await world.propose(f"backup restore {LAST.id}")
    command, start = change(plan), plan.steps[-1]
    assert command.stop is not None
    assert await command.stop(start, world.backends, STALLED) == STALLED
    assert world.cluster.writes == []
