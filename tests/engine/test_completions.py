"""Names that exist now, for what a declaration completes."""

from bot.engine.completions import COMPLETED
from bot.model.plan import Json
from bot.ports import ReadOnly
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import NAMESPACE


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
    assert await COMPLETED["job"](ReadOnly(cluster=cluster), NAMESPACE) == ["failed", "old"]
