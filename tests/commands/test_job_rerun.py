"""job rerun: a new job from the same template, once, that stands in for the first."""

from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from bot.commands.change.job_rerun import COMMAND, JobRerunArgs
from bot.errors import BadArguments, Conflict, NotFound
from bot.model.fingerprint import Fingerprints
from bot.model.plan import Effect, Json, Mark, Phase
from bot.ports import ReadOnly
from tests.commands.asking import backends, change, context, propose
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import NOW, ago, meta

MARK = Mark("op-1", "audit-1", resource_version="1", at=datetime(2026, 3, 1, 14, 3, 5, tzinfo=UTC))
NEW = "backup-acme-rerun-0301140000"


def job(name: str = "backup-acme", *, state: str = "Failed", **annotations: str) -> dict[str, Json]:
    """A job as its controller left it."""
    condition = {
        "type": state,
        "status": "True",
        "reason": "BackoffLimitExceeded",
        "lastTransitionTime": ago(minutes=3),
    }
    labels = {"app": "backup", "controller-uid": "u", "batch.kubernetes.io/job-name": name}
    return {
        "kind": "Job",
        "metadata": meta(name, labels={"app": "backup"}, annotations=annotations),
        "spec": {
            "backoffLimit": 0,
            "selector": {"matchLabels": {"controller-uid": "u"}},
            "template": {
                "metadata": {"labels": labels, "creationTimestamp": None},
                "spec": {"restartPolicy": "Never", "containers": [{"name": "tar", "image": "busybox:1.37"}]},
            },
        },
        "status": {"failed": 1, "conditions": [condition] if state else []},
    }


async def test_the_card_says_what_runs_again_and_how_the_first_run_ended() -> None:
    plan = await propose("job rerun backup-acme", FakeCluster().add(job()))
    facts = {fact.label: fact.text for fact in plan.facts}
    assert plan.title == "Run job/backup-acme again"
    assert facts["First run"] == "failed, BackoffLimitExceeded · 3 min ago"
    assert (facts["New job"], facts["Tries"], facts["Runs"]) == (NEW, "1 pod", "busybox:1.37")
    assert plan.warnings == ("What the first run did before it failed may be done twice",)


async def test_a_first_run_that_completed_is_not_said_to_have_failed() -> None:
    plan = await propose("job rerun backup-acme", FakeCluster().add(job(state="Complete")))
    assert plan.warnings == ("What the first run did may be done twice",)


async def test_the_new_job_has_the_template_and_nothing_of_the_first_controller() -> None:
    cluster = FakeCluster().add(job())
    plan = await propose("job rerun backup-acme", cluster)
    await change(plan).apply(plan.steps[0], backends(cluster), MARK)
    made = cluster.objects[("jobs", "saasodoo", NEW)]
    assert "selector" not in made["spec"]
    assert made["spec"]["template"]["metadata"] == {"labels": {"app": "backup"}}
    assert made["spec"]["template"]["spec"]["containers"] == [{"name": "tar", "image": "busybox:1.37"}]
    assert made["metadata"]["annotations"] == {
        "chatops.saas.io/rerun-of": "job/backup-acme",
        "chatops.saas.io/operation": "op-1",
    }


async def test_a_second_try_of_the_same_operation_makes_no_second_job() -> None:
    cluster = FakeCluster().add(job())
    plan = await propose("job rerun backup-acme", cluster)
    [step] = plan.steps
    on = ReadOnly(cluster=cluster)
    assert await change(plan).effect(step, on, MARK) is Effect.ABSENT
    for _ in range(2):
        await change(plan).apply(step, backends(cluster), MARK)
    assert await change(plan).effect(step, on, MARK) is Effect.PRESENT
    assert len([key for key in cluster.objects if key[0] == "jobs"]) == 2


async def test_a_rerun_of_a_rerun_still_stands_in_for_the_first() -> None:
    cluster = FakeCluster().add(job(**{"chatops.saas.io/rerun-of": "cronjob/backup"}))
    plan = await propose("job rerun backup-acme", cluster)
    await change(plan).apply(plan.steps[0], backends(cluster), MARK)
    made = cluster.objects[("jobs", "saasodoo", NEW)]
    assert made["metadata"]["annotations"]["chatops.saas.io/rerun-of"] == "cronjob/backup"


def with_password(value: str) -> dict[str, Json]:
    """A job whose author put a password where it does not belong."""
    made = job()
    made["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "DB_PASSWORD", "value": value}]
    return made


async def test_a_password_in_its_environment_is_run_with_and_not_stored() -> None:
    cluster = FakeCluster().add(with_password("hunter2-hunter2"))
    plan = await propose("job rerun backup-acme", cluster)
    assert b"hunter2" not in msgspec.json.encode(plan)
    await change(plan).apply(plan.steps[0], backends(cluster), MARK)
    assert "hunter2" in str(cluster.objects[("jobs", "saasodoo", NEW)])


async def test_its_digest_cannot_be_had_by_guessing_the_password() -> None:
    """Whoever reads the job knows all of it but the password: a plain hash would tell him when a guess is right."""
    cluster = FakeCluster().add(with_password("hunter2"))
    here = context(cluster)
    elsewhere = replace(here, on=replace(here.on, fingerprints=Fingerprints.of("another installation")))
    args = JobRerunArgs(name="backup-acme", namespace="saasodoo")
    digests = {(await COMMAND.plan(args, of)).steps[0].desired["digest"] for of in (here, here, elsewhere)}
    assert len(digests) == 2


async def test_another_template_than_the_one_approved_is_not_run() -> None:
    cluster = FakeCluster().add(with_password("one"))
    plan = await propose("job rerun backup-acme", cluster)
    cluster.add(with_password("another"))
    with pytest.raises(Conflict, match="no longer what was approved"):
        await change(plan).apply(plan.steps[0], backends(cluster), MARK)
    assert ("jobs", "saasodoo", NEW) not in cluster.objects


@pytest.mark.parametrize(
    ("state", "phase"),
    [("", Phase.RUNNING), ("Complete", Phase.DONE), ("Failed", Phase.STALLED)],
)
async def test_it_is_followed_to_its_end(state: str, phase: Phase) -> None:
    cluster = FakeCluster().add(job())
    plan = await propose("job rerun backup-acme", cluster)
    cluster.add(job(NEW, state=state))
    seen = await change(plan).progress(plan.steps[0], ReadOnly(cluster=cluster), NOW)
    assert seen.phase is phase


async def test_a_job_that_still_runs_is_not_run_again() -> None:
    with pytest.raises(BadArguments, match="still running"):
        await propose("job rerun backup-acme", FakeCluster().add(job(state="")))


async def test_a_job_that_its_ttl_deleted_is_said_to_be_gone() -> None:
    with pytest.raises(NotFound, match="No job “backup-acme”"):
        await propose("job rerun backup-acme", FakeCluster())


async def test_a_long_name_leaves_room_for_what_is_added() -> None:
    name = f"backup-{'x' * 56}"
    plan = await propose(f"job rerun {name}", FakeCluster().add(job(name)))
    assert len(plan.steps[0].desired["job"]) <= 63
