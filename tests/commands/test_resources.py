"""resources: ratio, usage and advice per container."""

from decimal import Decimal

import pytest

from bot.commands.look.sizing import advice
from bot.errors import NotFound
from bot.model.kube.pods import ResourceRequirements
from bot.model.plan import Json
from bot.model.reply import Table, Text, Tone
from tests.commands.asking import ask
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import meta, pod

GOOD = {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}}


def sized(name: str, resources: dict[str, Json]) -> dict[str, Json]:
    made = pod(name)
    made["spec"]["containers"][0]["resources"] = resources
    return made


def measured(name: str, cpu: str, memory: str) -> dict[str, Json]:
    usage = {"cpu": cpu, "memory": memory}
    return {"kind": "PodMetrics", "metadata": meta(name), "containers": [{"name": "app", "usage": usage}]}


@pytest.mark.parametrize(
    ("requests", "limits", "used", "told"),
    [
        ({}, {}, {}, ["nothing is set"]),
        ({"cpu": "1", "memory": "1Gi"}, {"cpu": "2", "memory": "4Gi"}, {}, []),
        ({"cpu": "1", "memory": "1Gi"}, {"memory": "2Gi"}, {}, ["CPU: no limit"]),
        ({"memory": "1Gi"}, {"memory": "2Gi"}, {}, ["CPU: no request"]),
        ({"cpu": "1", "memory": "1Gi"}, {"cpu": "1500m", "memory": "2Gi"}, {}, ["CPU: limit too tight"]),
        ({"cpu": "1", "memory": "1Gi"}, {"cpu": "2", "memory": "5Gi"}, {}, ["memory: limit too wide"]),
        (
            {"cpu": "1", "memory": "100"},
            {"cpu": "2", "memory": "200"},
            {"memory": "180"},
            ["memory: 90% of its limit in use"],
        ),
        (
            {"cpu": "1", "memory": "100"},
            {"cpu": "2", "memory": "200"},
            {"memory": "179"},
            ["memory: uses more than it requests"],
        ),
        ({"cpu": "1", "memory": "100"}, {"cpu": "2", "memory": "200"}, {"memory": "100"}, []),
    ],
    ids=[
        "none",
        "good",
        "no limit",
        "no request",
        "tight",
        "wide",
        "near its limit",
        "above its request",
        "at request",
    ],
)
def test_advice_follows_the_rules_of_the_house(
    requests: dict[str, str], limits: dict[str, str], used: dict[str, str], told: list[str]
) -> None:
    declared = ResourceRequirements(requests=requests, limits=limits)
    assert advice(declared, {resource: Decimal(amount) for resource, amount in used.items()}) == told


async def test_containers_to_look_at_come_first_and_are_counted() -> None:
    cluster = FakeCluster().add(sized("a", GOOD), sized("b", {}), measured("a", "12500000n", "65536Ki"))
    reply = await ask("resources", cluster)
    [table] = reply.parts
    assert isinstance(table, Table)
    assert (reply.headline, reply.tone) == ("2 containers in saasodoo: 1 to look at", Tone.WARNING)
    assert table.rows[0] == ("b", "app", "nothing is set", *([""] * 8))
    assert table.rows[1] == ("a", "app", "", "250m", "1", "4 ×", "13m", "256Mi", "512Mi", "2 ×", "64Mi")


async def test_where_nobody_measures_the_rest_is_told_all_the_same() -> None:
    cluster = FakeCluster(refusing={"podmetrics": NotFound("This cluster does not know pods.")}).add(sized("a", GOOD))
    reply = await ask("resources", cluster)
    [table, text] = reply.parts
    assert isinstance(table, Table)
    assert isinstance(text, Text)
    assert reply.tone is Tone.GOOD
    assert "Install metrics-server" in text.text


async def test_finished_pods_use_nothing() -> None:
    reply = await ask("resources", FakeCluster().add(pod("a", phase="Succeeded")))
    assert reply.headline == "No container runs in saasodoo"
