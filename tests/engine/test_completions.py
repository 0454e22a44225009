"""Names that exist now, for what a declaration completes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.engine.completions import COMPLETED, Asked
from bot.engine.dependent_completions import DEPENDENT
from bot.model.backup import Backup
from bot.model.plan import Json
from bot.model.suggestion import Option
from bot.ports import ReadOnly
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import NAMESPACE, NOW, deployment, pod, replica_set
from tests.fakes.storage import FakeStorage

ASKED = Asked(NAMESPACE, NOW)
WORLD = FakeCluster().add(
    deployment("web"),
    *(replica_set("web", number, image=f"registry/app:1.{number}") for number in (10, 11, 12)),
    pod("web-0"),
)


def job(name: str, made: str, *conditions: str) -> dict[str, Json]:
    return {
        "kind": "Job",
        "metadata": {"name": name, "namespace": NAMESPACE, "uid": name, "creationTimestamp": made},
        "status": {"conditions": [{"type": one, "status": "True"} for one in conditions]},
    }


async def test_jobs_that_have_ended_can_be_run_again_the_newest_first() -> None:
    cluster = FakeCluster().add(
        job("old", "2026-01-01T00:00:00Z", "Complete"),
        job("running", "2026-01-03T00:00:00Z"),
        job("failed", "2026-01-02T00:00:00Z", "FailureTarget", "Failed"),
    )
    assert await COMPLETED["job"](ReadOnly(cluster=cluster), ASKED) == [
        Option("failed", "failed", "Failed · 58d"),
        Option("old", "old", "Complete · 59d"),
    ]


async def test_pods_are_told_apart_by_their_state() -> None:
    (found,) = await COMPLETED["pod"](ReadOnly(cluster=WORLD), ASKED)
    assert (found.value, found.about) == ("web-0", "Running · 60m")


async def test_backups_are_offered_the_newest_first_with_their_age_and_size() -> None:
    kept = [Backup("acme", f"acme-{days}", 3 << 30, "ab", NOW - timedelta(days=days)) for days in (9, 1)]
    found = await COMPLETED["backup"](ReadOnly(cluster=WORLD, storage=FakeStorage(kept=kept)), ASKED)
    assert [(one.value, one.about) for one in found] == [
        ("acme-1", "acme · 24h old · 3 GiB"),
        ("acme-9", "acme · 9d old · 3 GiB"),
    ]


@pytest.mark.parametrize("chosen", ["web", "deployment/web"])
async def test_the_revisions_to_go_back_to_are_those_of_the_workload_that_is_chosen(chosen: str) -> None:
    found = await DEPENDENT["revision"].read(ReadOnly(cluster=WORLD), replace(ASKED, chosen=chosen))
    assert [(one.value, one.about) for one in found] == [("11", "app:1.11 · 5d old"), ("10", "app:1.10 · 5d old")]


@pytest.mark.parametrize(
    ("word", "chosen", "wanted"),
    [
        pytest.param("revision", "nothing", [], id="unknown workload"),
        pytest.param("revision", "a b", [], id="no name"),
        pytest.param("name", "deploy", ["web"], id="kind by its short name"),
        pytest.param("name", "nonsense", [], id="unknown kind"),
        pytest.param("container", "web-0", ["app"], id="containers of a pod"),
        pytest.param("container", "deployment/web", [], id="not a pod"),
        pytest.param("container", "gone", [], id="pod that is gone"),
    ],
)
async def test_what_hangs_on_another_field_is_read_from_what_stands_there(
    word: str, chosen: str, wanted: list[str]
) -> None:
    found = await DEPENDENT[word].read(ReadOnly(cluster=WORLD), replace(ASKED, chosen=chosen))
    assert [one.value for one in found] == wanted
