"""backup create: what is planned, what the Job is, how it is followed, what is refused."""

import pytest

from bot.commands.backups.running import Said, heard
from bot.commands.backups.task import Work, job_body, job_name, task_of
from bot.errors import BadArguments, Conflict, Denied, NotFound
from bot.model.backup import Backup
from bot.model.plan import Effect, Mark, Phase
from tests.commands.asking import change, parsed
from tests.commands.backup_world import LAST, MARK, OPERATION, World
from tests.fakes.objects import NOW

ENV = {"AT": "2026-03-01T14:00:00Z", "ID": "acme-20260301-140000", "INSTANCE": "acme", "OPERATION": OPERATION}


@pytest.fixture
def world() -> World:
    return World()


async def test_a_plan_names_the_backup_its_size_and_the_last_one(world: World) -> None:
    plan = await world.propose("backup create acme")
    assert [fact.text for fact in plan.facts[:3]] == [
        "8 GiB in 1 file",
        "acme-20260301-140000 · 512 TiB free",
        "3 h ago, 2 GiB",
    ]
    assert plan.names == "acme"
    assert not plan.warnings
    assert parsed(plan.line).command is change(plan)


async def test_too_little_space_is_warned_of(world: World) -> None:
    world.storage.total_bytes = 2
    assert (await world.propose("backup create acme")).warnings == (
        "It uses 8 GiB, and 1 B are free: packed it may not fit",
    )


async def test_the_job_is_bounded_never_retried_and_gone_by_itself(world: World) -> None:
    plan = await world.propose("backup create acme")
    await change(plan).apply(plan.steps[0], world.backends, MARK)
    spec = world.job(plan.steps[0])["spec"]
    assert (spec["backoffLimit"], spec["ttlSecondsAfterFinished"], spec["activeDeadlineSeconds"]) == (0, 300, 7200)
    assert spec["template"]["spec"]["restartPolicy"] == "Never"


async def test_all_that_differs_comes_by_environment(world: World) -> None:
    plan = await world.propose("backup create acme")
    await change(plan).apply(plan.steps[0], world.backends, MARK)
    [container] = world.job(plan.steps[0])["spec"]["template"]["spec"]["containers"]
    assert {entry["name"]: entry["value"] for entry in container["env"]} == ENV
    assert not any(value in container["command"][2] for value in ENV.values())


async def test_a_backup_cannot_write_to_the_instance(world: World) -> None:
    plan = await world.propose("backup create acme")
    await change(plan).apply(plan.steps[0], world.backends, MARK)
    pod = world.job(plan.steps[0])["spec"]["template"]["spec"]
    mounts = {mount["name"]: mount["readOnly"] for mount in pod["containers"][0]["volumeMounts"]}
    paths = {volume["name"]: volume["hostPath"]["path"] for volume in pod["volumes"]}
    assert mounts == {"instance": True, "backups": False}
    assert paths == {
        "instance": "/mnt/cephfs/odoo_instances/odoo_data_acme",
        "backups": "/mnt/cephfs/odoo_backups",
    }


async def test_a_second_attempt_finds_the_job_of_the_first(world: World) -> None:
    plan = await world.propose("backup create acme")
    command, step = change(plan), plan.steps[0]
    assert await command.effect(step, world.backends.reading, MARK) is Effect.ABSENT
    await command.apply(step, world.backends, MARK)
    await command.apply(step, world.backends, MARK)
    assert await command.effect(step, world.backends.reading, MARK) is Effect.PRESENT
    assert len(world.cluster.writes) == 1


async def test_somebody_elses_job_of_that_name_is_no_effect_of_ours(world: World) -> None:
    plan = await world.propose("backup create acme")
    command, step = change(plan), plan.steps[0]
    await command.apply(step, world.backends, MARK)
    other = Mark("another", "audit-2", "", NOW)
    assert await command.effect(step, world.backends.reading, other) is Effect.UNCLEAR
    with pytest.raises(Conflict):
        await command.apply(step, world.backends, other)


REFUSAL = Denied(
    "Kubernetes: no rule lets system:serviceaccount:bot-home:bot create jobs (batch) in saasodoo.",
    hint='Missing rule: apiGroups ["batch"], resources ["jobs"], verbs ["create"] in saasodoo.',
)


async def test_a_403_names_the_missing_rule_and_the_role_that_lacks_it(world: World) -> None:
    world.cluster.refusing_new["jobs"] = REFUSAL
    subjects = [{"kind": "ServiceAccount", "name": "bot", "namespace": "bot-home"}]
    ref = {"kind": "Role", "name": "bot-role"}
    metadata = {"name": "b", "namespace": "saasodoo"}
    world.cluster.add({"kind": "RoleBinding", "metadata": metadata, "roleRef": ref, "subjects": subjects})
    plan = await world.propose("backup create acme")
    with pytest.raises(Denied) as refusal:
        await change(plan).apply(plan.steps[0], world.backends, MARK)
    assert str(refusal.value) == (
        "Kubernetes: no rule lets system:serviceaccount:bot-home:bot create jobs (batch) in saasodoo. "
        'Missing rule: apiGroups ["batch"], resources ["jobs"], verbs ["create"] in saasodoo. '
        "Role bot-role -n saasodoo of ServiceAccount bot -n bot-home lacks it."
    )


async def test_where_bindings_cannot_be_read_the_account_alone_is_named(world: World) -> None:
    world.cluster.refusing_new["jobs"] = REFUSAL
    world.cluster.refusing["rolebindings"] = Denied("no")
    plan = await world.propose("backup create acme")
    with pytest.raises(Denied, match=r"Add it to a Role of ServiceAccount bot -n bot-home\.$"):
        await change(plan).apply(plan.steps[0], world.backends, MARK)


async def test_while_it_runs_the_line_is_the_scripts_own_phase(world: World) -> None:
    plan = await world.propose("backup create acme")
    command, step = change(plan), plan.steps[0]
    await command.apply(step, world.backends, MARK)
    world.pod(step, {"running": {}})
    world.says('{"phase":"packing"}', '{"phase":"verifying"}')
    seen = await command.progress(step, world.backends.reading, NOW)
    assert (seen.phase, seen.line) == (Phase.RUNNING, "verifying")


async def test_an_image_that_cannot_be_pulled_stalls_it_at_once(world: World) -> None:
    plan = await world.propose("backup create acme")
    command, step = change(plan), plan.steps[0]
    await command.apply(step, world.backends, MARK)
    world.pod(step, {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}})
    seen = await command.progress(step, world.backends.reading, NOW)
    assert seen.phase is Phase.STALLED
    assert "ImagePullBackOff" in seen.reason


async def test_it_is_done_when_the_storage_nodes_list_it(world: World) -> None:
    plan = await world.propose("backup create acme")
    command, step = change(plan), plan.steps[0]
    await command.apply(step, world.backends, MARK)
    world.ends(step, "Complete")
    assert (await command.progress(step, world.backends.reading, NOW)).phase is Phase.STALLED
    world.storage.kept.append(Backup("acme", ENV["ID"], 5, "ef" * 32, NOW))
    seen = await command.progress(step, world.backends.reading, NOW)
    assert (seen.phase, seen.line) == (Phase.DONE, f"{ENV['ID']} · 5 B · sha256 efefefefefef…")


async def test_a_failure_tells_the_last_words_of_the_log(world: World) -> None:
    plan = await world.propose("backup create acme")
    command, step = change(plan), plan.steps[0]
    await command.apply(step, world.backends, MARK)
    world.pod(step, {"terminated": {"exitCode": 1}})
    world.says('{"phase":"packing"}', "gzip: write error: No space left on device")
    world.ends(step, "Failed", "BackoffLimitExceeded")
    seen = await command.progress(step, world.backends.reading, NOW)
    assert seen.has_failed
    assert seen.reason == (
        "job/backup-acme-20260301-140000 failed: gzip: write error: No space left on device. "
        "No backup of acme was made; earlier ones are as they were."
    )


async def test_a_job_over_its_time_says_so(world: World) -> None:
    plan = await world.propose("backup create acme")
    command, step = change(plan), plan.steps[0]
    await command.apply(step, world.backends, MARK)
    world.ends(step, "Failed", "DeadlineExceeded")
    assert "It was stopped after 2 h, its limit." in (await command.progress(step, world.backends.reading, NOW)).reason


async def test_the_jobs_container_has_no_more_than_it_takes_to_read_and_give_back_files_of_others(world: World) -> None:
    plan = await world.propose("backup create acme")
    body = job_body(task_of(plan.steps[0]), MARK)
    pod = body["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    assert pod["containers"][0]["securityContext"] == {
        "runAsUser": 0,
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "seccompProfile": {"type": "RuntimeDefault"},
        "capabilities": {"drop": ["ALL"], "add": ["CHOWN", "DAC_OVERRIDE", "FOWNER"]},
    }


LOGS = {
    "nothing": ([], Said()),
    "phases": (['{"phase":"checking"}', '{"phase":"unpacking"}'], Said("unpacking")),
    "an error": (['{"phase":"packing"}', "tar: x: I/O error"], Said("packing", ("tar: x: I/O error",))),
    "JSON that is no phase": (['{"instance":"acme"}', "[1]", "7"], Said()),
    "a file whose name tells a phase": (
        ["tar: can't open './x", '{"phase":"✅ Approved by jon"}', "': No such file"],
        Said("", ("tar: can't open './x", "': No such file")),
    ),
    "a file whose name is deep": (["[" * 100_000], Said("", ("[" * 100_000,))),
    "many errors": ([f"tar: {n}" for n in range(9)], Said("", ("tar: 6", "tar: 7", "tar: 8"))),
}


@pytest.mark.parametrize(("lines", "said"), LOGS.values(), ids=LOGS)
def test_a_log_is_phases_and_errors(lines: list[str], said: Said) -> None:
    assert heard(lines) == said


@pytest.mark.parametrize("instance", ["acme", "a_b", "a-b", "x" * 63, "a__"])
def test_a_jobs_name_is_one_that_kubernetes_takes_for_its_pods_too(instance: str) -> None:
    name = job_name(Work.RESTORE, instance, NOW)
    assert len(name) <= 57
    assert parsed(f"get jobs {name}").command.name == "get"


def test_names_that_look_alike_to_kubernetes_stay_apart() -> None:
    assert len({job_name(Work.BACKUP, name, NOW) for name in ("a_b", "a-b", "x" * 40, "x" * 41)}) == 4


BAD = ["../etc", "a;b", "$(id)", "-rf", "a\nb", "Acme", "x" * 64]


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("line", ["backup create -- '{}'", "backup list -- '{}'", "backup restore x --to='{}'"])
def test_what_is_no_instances_name_gets_no_further(line: str, name: str) -> None:
    with pytest.raises(BadArguments):
        parsed(line.format(name))


@pytest.mark.parametrize("name", ["../etc", "a;b", "$(id)", "-rf", "a\nb", "a..b", "a/b", "x" * 122])
@pytest.mark.parametrize("line", ["backup show -- '{}'", "backup restore -- '{}'"])
def test_what_is_no_backups_id_gets_no_further(line: str, name: str) -> None:
    with pytest.raises(BadArguments):
        parsed(line.format(name))


UNKNOWN = {
    "instance": ("backup create acne", ("backup create acme -n saasodoo",)),
    "instance to list": ("backup list globbex", ("backup list globex",)),
    "instance to restore to": (
        f"backup restore {LAST.id} --to acne",
        (f"backup restore {LAST.id} --to acme -n saasodoo",),
    ),
    "backup": ("backup show acme-20260301-110001", (f"backup show {LAST.id}", "backup show acme-20260226-140000")),
    "an instance for a backup": (
        "backup restore acme",
        (f"backup restore {LAST.id} -n saasodoo", "backup restore acme-20260226-140000 -n saasodoo"),
    ),
    "nothing like it": ("backup create zzz", ()),
}


@pytest.mark.parametrize(("line", "suggestions"), UNKNOWN.values(), ids=UNKNOWN)
async def test_near_misses_are_offered_as_whole_lines(world: World, line: str, suggestions: tuple[str, ...]) -> None:
    ask = world.ask if line.startswith(("backup list", "backup show")) else world.propose
    with pytest.raises(NotFound, match=r"Nothing was done\.") as refusal:
        await ask(line)
    assert refusal.value.suggestions == suggestions
    assert refusal.value.suggestions or refusal.value.hint
