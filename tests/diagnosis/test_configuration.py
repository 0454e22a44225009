"""Configuration as a cause: what a workload reads, and what of that was written shortly before."""

import msgspec
import pytest

from bot.diagnosis.configuration import LOOKED_AT, references, written_before
from bot.errors import Denied
from bot.model.kube.pods import PodSpec
from bot.model.plan import Json
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import NAMESPACE, NOW, ago, meta

SPEC: dict[str, Json] = {
    "containers": [
        {
            "name": "app",
            "envFrom": [{"secretRef": {"name": "all"}}, {"configMapRef": {"name": "tuning"}}],
            "env": [
                {"name": "PLAIN", "value": "x"},
                {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "database", "key": "password"}}},
                {"name": "LEVEL", "valueFrom": {"configMapKeyRef": {"name": "tuning", "key": "level"}}},
            ],
        }
    ],
    "initContainers": [{"name": "migrate", "envFrom": [{"secretRef": {"name": "database"}}]}],
    "volumes": [
        {"name": "tls", "secret": {"secretName": "tls"}},
        {"name": "conf", "configMap": {"name": "conf"}},
        {"name": "tmp", "emptyDir": {}},
    ],
    "imagePullSecrets": [{"name": "registry"}],
}


def spec(body: dict[str, Json] | None = None) -> PodSpec:
    """A pod's spec, decoded."""
    return msgspec.convert(SPEC if body is None else body, PodSpec)


def reads(*names: str) -> PodSpec:
    """The spec of a pod that reads these Secrets."""
    return spec({"containers": [{"name": "app", "envFrom": [{"secretRef": {"name": name}} for name in names]}]})


def secret(name: str, *writers: tuple[str, str, str], **more: Json) -> dict[str, Json]:
    """A Secret that each of *writers* (manager, time, field) has written."""
    managed = [{"manager": who, "time": when, "fieldsV1": {field: {}}} for who, when, field in writers]
    return {
        "kind": "Secret",
        "metadata": meta(name, managedFields=managed, **more),
        "data": {"password": "aHVudGVyMg=="},
    }


async def told(cluster: FakeCluster, of: PodSpec) -> list[str]:
    """What is said of it at NOW."""
    return [str(one) for one in await written_before(cluster, of, NAMESPACE, NOW)]


def test_everything_that_a_pod_reads_is_known() -> None:
    assert list(dict.fromkeys((kind.singular, name) for kind, name in references(spec()))) == [
        ("secret", "all"),
        ("configmap", "tuning"),
        ("secret", "database"),
        ("secret", "tls"),
        ("configmap", "conf"),
        ("secret", "registry"),
    ]


async def test_what_was_written_shortly_before_is_told_with_who_wrote_it() -> None:
    cluster = FakeCluster().add(secret("database", ("kubectl-edit", ago(minutes=3), "f:data")))
    assert await told(cluster, spec()) == ["secret/database written 3 min before, by “kubectl-edit”"]


async def test_the_newest_two_are_told_the_newest_first() -> None:
    cluster = FakeCluster().add(
        *(secret(name, ("helm", ago(minutes=minutes), "f:data")) for name, minutes in (("a", 9), ("b", 2), ("c", 5)))
    )
    assert [one.split()[0] for one in await told(cluster, reads("a", "b", "c"))] == ["secret/b", "secret/c"]


@pytest.mark.parametrize(
    "writers",
    [
        pytest.param([("kubectl", ago(days=2), "f:data")], id="long ago"),
        pytest.param([("kubectl", ago(minutes=-1), "f:data")], id="afterwards"),
        pytest.param([("kubectl", ago(days=2), "f:data"), ("labeller", ago(minutes=1), "f:metadata")], id="its labels"),
        pytest.param([], id="nobody knows, and it is old"),
    ],
)
async def test_what_cannot_be_the_cause_is_not_told(writers: list[tuple[str, str, str]]) -> None:
    assert await told(FakeCluster().add(secret("database", *writers)), reads("database")) == []


async def test_what_was_made_just_before_is_told_though_nobody_knows_by_whom() -> None:
    cluster = FakeCluster().add(secret("database", creationTimestamp=ago(minutes=1)))
    assert await told(cluster, reads("database")) == ["secret/database written 60 s before"]


async def test_what_is_missing_or_forbidden_hides_nothing_else() -> None:
    cluster = FakeCluster().add(secret("database", ("kubectl", ago(minutes=3), "f:data")))
    assert len(await told(cluster, reads("missing", "database"))) == 1
    cluster.refusing["secrets"] = Denied("no rule")
    assert await told(cluster, reads("missing", "database")) == []


async def test_of_many_references_only_the_first_are_asked_for() -> None:
    names = [f"s{number}" for number in range(LOOKED_AT + 5)]
    cluster = FakeCluster().add(*(secret(name, ("helm", ago(minutes=9), "f:data")) for name in names[LOOKED_AT:]))
    assert await told(cluster, reads(*names)) == []


async def test_a_name_that_tries_to_speak_stays_in_its_quotes() -> None:
    cluster = FakeCluster().add(secret("database", ("x” by `root", ago(minutes=3), "f:data")))
    [said] = await told(cluster, reads("database"))
    assert said.endswith("by “x' by ’root”")
