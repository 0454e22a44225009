"""backup restore: stop, swap, quota, start, each step once; what is told before, and what when it goes wrong."""

from typing import Any

import pytest
from msgspec import structs

from bot.engine.drift import drift
from bot.errors import Conflict
from bot.model.backup import Backup
from bot.model.plan import Effect, Mark, Phase, Plan, Waits
from bot.spec import Risk
from bot.store import PostgresLedger
from tests.commands.asking import change, parsed
from tests.commands.backup_world import GIB, LAST, MARK, OLD, SHA, World
from tests.engine.desk import Desk
from tests.fakes.objects import NAMESPACE, NOW, deployment, pod, replica_set

LINE = f"backup restore {LAST.id}"
STARTING = Mark(MARK.operation, "audit-4", "", NOW)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def desk(ledger: PostgresLedger) -> Desk:
    """Where operations are asked for."""
    return Desk(ledger)


def targets(plan: Plan) -> list[tuple[str, str]]:
    return [(str(step.target), step.waits.value) for step in plan.steps]


def odoo(world: World) -> dict[str, Any]:
    return world.cluster.objects[("deployments", NAMESPACE, "odoo-acme")]


async def test_an_instance_that_runs_is_stopped_first_and_started_in_any_case(world: World) -> None:
    assert targets(await world.propose(LINE)) == [
        ("deployment/odoo-acme", ""),
        ("instance/acme", "done"),
        ("quota/acme", "done"),
        ("deployment/odoo-acme", "ended"),
    ]


async def test_the_start_brings_back_the_former_count(world: World) -> None:
    stop, *_, start = (await world.propose(LINE)).steps
    assert (stop.desired, start.desired) == ({"replicas": 0}, {"replicas": 2})


async def test_one_that_is_stopped_stays_stopped(world: World) -> None:
    world.cluster.add(deployment("odoo-acme", replicas=0))
    plan = await world.propose(LINE)
    assert targets(plan) == [("deployment/odoo-acme", ""), ("instance/acme", "done"), ("quota/acme", "done")]
    assert "is stopped, and stays so" in plan.facts[3].text


async def test_one_that_somebody_has_started_since_is_not_swapped_under_its_pods(world: World) -> None:
    world.cluster.add(deployment("odoo-acme", replicas=0))
    plan = await world.propose(LINE)
    world.cluster.add(deployment("odoo-acme", replicas=2))
    first = plan.steps[0]
    assert drift(first, await change(plan).observe(first, world.backends.reading)) != ""


async def test_what_nothing_runs_is_only_swapped(world: World) -> None:
    plan = await world.propose(f"{LINE} --to globex")
    assert targets(plan) == [("instance/globex", ""), ("quota/globex", "done")]
    assert plan.warnings == ("This is the data of acme, not of globex",)


async def test_the_card_says_what_is_replaced_by_what_and_what_is_kept(world: World) -> None:
    plan = await world.propose(LINE)
    assert {fact.label: fact.text for fact in plan.facts} == {
        "Replaces": "8 GiB in 1 file: all of acme now",
        "By": "backup of acme, 3 h old, 2 GiB",
        "Kept": "odoo_data_acme.replaced-20260301-140000, until somebody deletes it",
        "Away": "deployment/odoo-acme is stopped first, and started again with 2 pods",
        "Free": "512 TiB; both copies lie side by side",
        "Database": "is not part of it, and stays as it is now",
    }
    assert len(plan.facts) <= 6


async def test_the_approver_types_the_instance(world: World) -> None:
    plan = await world.propose(LINE)
    assert (plan.names, change(plan).risk) == ("acme", Risk.DESTROY)
    assert parsed(plan.line).command is change(plan)


async def test_an_old_backup_is_warned_of(world: World) -> None:
    assert (await world.propose(f"backup restore {OLD.id}")).warnings == (
        "Everything of the last 3 days is gone from the instance",
        f"There is a newer backup: {LAST.id}, 3 h ago, 2 GiB",
    )


ANOTHER = Backup(LAST.instance, LAST.id, 1, "0123456789abcdef", LAST.at)


@pytest.mark.parametrize(
    ("kept", "now"), [([ANOTHER], f"{LAST.id} (0123456789ab)"), ([], "nothing")], ids=["another", "gone"]
)
async def test_a_backup_that_is_not_what_was_approved_is_drift_before_anything_is_stopped(
    world: World, kept: list[Backup], now: str
) -> None:
    plan = await world.propose(LINE)
    command, reading = change(plan), world.backends.reading
    for step in plan.steps[:2]:
        world.storage.kept = [LAST]
        assert not drift(step, await command.observe(step, reading))
        world.storage.kept = kept
        assert drift(step, await command.observe(step, reading)).endswith(
            f"changed since this was planned: backup {LAST.id} (abababababab) → {now}."
        )


async def test_the_job_is_told_the_checksum_and_cannot_write_to_the_backups(world: World) -> None:
    plan = await world.propose(LINE)
    await change(plan).apply(plan.steps[1], world.backends, MARK)
    pod_spec = world.job(plan.steps[1])["spec"]["template"]["spec"]
    [container] = pod_spec["containers"]
    assert {entry["name"]: entry["value"] for entry in container["env"]} == {
        "FOLDER": "odoo_data_acme",
        "ID": LAST.id,
        "OPERATION": MARK.operation,
        "SHA256": SHA,
        "SOURCE": "acme",
        "STAMP": "20260301-140000",
    }
    assert {mount["name"]: mount["readOnly"] for mount in container["volumeMounts"]} == {
        "instances": False,
        "backups": True,
    }


async def test_the_marks_of_stop_and_start_are_told_apart(world: World) -> None:
    plan = await world.propose(LINE)
    command, stop, start = change(plan), plan.steps[0], plan.steps[3]
    await command.apply(stop, world.backends, MARK)
    assert await command.effect(stop, world.backends.reading, MARK) is Effect.PRESENT
    assert await command.effect(start, world.backends.reading, STARTING) is Effect.ABSENT
    now = await command.observe(start, world.backends.reading)
    await command.apply(start, world.backends, structs.replace(STARTING, resource_version=now.resource_version))
    assert await command.effect(start, world.backends.reading, STARTING) is Effect.PRESENT
    assert odoo(world)["spec"]["replicas"] == 2


async def test_a_start_on_an_outdated_version_is_refused(world: World) -> None:
    plan = await world.propose(LINE)
    await change(plan).apply(plan.steps[0], world.backends, MARK)
    with pytest.raises(Conflict):
        await change(plan).apply(plan.steps[3], world.backends, structs.replace(STARTING, resource_version="1"))


async def test_it_is_stopped_only_when_the_last_pod_is_gone(world: World) -> None:
    plan = await world.propose(LINE)
    command, stop = change(plan), plan.steps[0]
    world.cluster.add(replica_set("odoo-acme", 12), pod("odoo-acme-r12-a", owner="odoo-acme-r12", app="odoo-acme"))
    seen = await command.progress(stop, world.backends.reading, NOW)
    assert (seen.phase, seen.line) == (Phase.RUNNING, "stopping, 1 left")
    del world.cluster.objects[("pods", NAMESPACE, "odoo-acme-r12-a")]
    assert (await command.progress(stop, world.backends.reading, NOW)).phase is Phase.DONE


async def test_the_quota_that_the_new_folder_lacks_is_set_again(world: World) -> None:
    plan = await world.propose(LINE)
    command, quota = change(plan), plan.steps[2]
    before = world.storage.instances["acme"]
    world.storage.instances["acme"] = (0, before[1])
    assert await command.effect(quota, world.backends.reading, MARK) is Effect.ABSENT
    await command.apply(quota, world.backends, MARK)
    assert world.storage.instances["acme"] == before
    assert await command.effect(quota, world.backends.reading, MARK) is Effect.PRESENT


async def test_where_there_was_no_quota_none_is_written(world: World) -> None:
    """A key that may not set quotas, and somebody who is quick, are left alone."""
    plan = await world.propose(f"{LINE} --to globex")
    command, quota = change(plan), plan.steps[1]
    world.storage.instances["globex"] = (5, 1)
    await command.apply(quota, world.backends, MARK)
    assert world.storage.instances["globex"] == (5, 1)


@pytest.mark.parametrize(("instance", "was"), [("acme", "10 GiB"), ("globex", "unlimited")])
async def test_a_quota_that_was_set_past_the_bot_is_drift_before_the_swap(
    world: World, instance: str, was: str
) -> None:
    plan = await world.propose(f"{LINE} --to {instance}")
    [swap] = [step for step in plan.steps if step.target.kind == "instance"]
    assert not drift(swap, await change(plan).observe(swap, world.backends.reading))
    await world.storage.set_quota(instance, 20 * GIB)
    assert drift(swap, await change(plan).observe(swap, world.backends.reading)) == (
        f"instance/{instance} changed since this was planned: quota {was} → 20 GiB."
    )


@pytest.mark.parametrize("first", ["restore", "quota"])
async def test_a_quota_cannot_be_set_while_a_restore_is_open_nor_the_other_way_round(desk: Desk, first: str) -> None:
    """It would be set on the folder that goes, and be lost with it; also where there is no quota yet."""
    world = World()
    lines = [f"{LINE} --to globex", "quota set globex 20Gi"]
    plans = [await world.propose(line) for line in (lines if first == "restore" else reversed(lines))]
    await desk.propose(plans[0])
    with pytest.raises(Conflict, match="holds quota/globex"):
        await desk.propose(plans[1])


ENDS = {
    "checksum": ("checking", "The data of acme is as it was."),
    "unpacking": ("unpacking", "The data of acme is as it was."),
    "swapping": ("swapping", "Not sure whether the data of acme was replaced: look at its folder."),
    "nothing known": ("", "Not sure whether the data of acme was replaced: look at its folder."),
}


@pytest.mark.parametrize(("phase", "left"), ENDS.values(), ids=ENDS)
async def test_a_failure_says_whether_the_data_was_touched(world: World, phase: str, left: str) -> None:
    plan = await world.propose(LINE)
    command, swap = change(plan), plan.steps[1]
    await command.apply(swap, world.backends, MARK)
    world.pod(swap, {"terminated": {"exitCode": 1}})
    world.says(*([f'{{"phase":"{phase}"}}'] if phase else []), "tar: it broke")
    world.ends(swap, "Failed", "BackoffLimitExceeded")
    seen = await command.progress(swap, world.backends.reading, NOW)
    assert seen.reason == f"job/restore-acme-20260301-140000 failed: tar: it broke. {left}"


async def test_a_job_that_ended_well_has_restored(world: World) -> None:
    plan = await world.propose(LINE)
    command, swap = change(plan), plan.steps[1]
    await command.apply(swap, world.backends, MARK)
    world.ends(swap, "Complete")
    seen = await command.progress(swap, world.backends.reading, NOW)
    assert (seen.phase, seen.line) == (Phase.DONE, f"restored from {LAST.id}")


async def test_a_job_that_nobody_saw_end_is_not_taken_for_done(world: World) -> None:
    plan = await world.propose(LINE)
    seen = await change(plan).progress(plan.steps[1], world.backends.reading, NOW)
    assert seen.phase is Phase.STALLED
    assert "if odoo_data_acme.replaced-20260301-140000 exists" in seen.reason


async def test_the_job_is_watched_and_so_is_the_deployment(world: World) -> None:
    plan = await world.propose(LINE)
    watched = [[str(ref) for ref in change(plan).watches(step)] for step in plan.steps]
    assert watched == [["deployment/odoo-acme"], ["job/restore-acme-20260301-140000"], [], ["deployment/odoo-acme"]]


async def test_only_the_first_step_waits_for_nothing(world: World) -> None:
    for line in (LINE, f"{LINE} --to globex"):
        assert [step.waits is Waits.NOTHING for step in (await world.propose(line)).steps].count(True) == 1
