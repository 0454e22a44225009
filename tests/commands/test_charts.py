"""Which answers come with a picture, and that it states what the table states."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from bot.commands.incidents.per_day import MOST_BARS, per_day
from bot.model.chart import Chart
from bot.model.reply import Reply
from bot.model.symptom import Fault
from bot.ports import ReadOnly
from bot.spec import Query
from tests.commands.asking import ask, context, parsed
from tests.commands.test_incidents import answered, asked, known
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import NOW, meta, node, pod
from tests.fakes.storage import FakeStorage

GIB = 1024**3


def charts(reply: Reply) -> list[Chart]:
    return [part for part in reply.parts if isinstance(part, Chart)]


def limited(name: str, cpu: str, memory: str) -> list[dict[str, Any]]:
    """A pod that may use 1 CPU and 512Mi, and what it uses."""
    one = pod(name)
    one["spec"]["containers"][0]["resources"] = {"limits": {"cpu": "1", "memory": "512Mi"}}
    measured = [{"name": "app", "usage": {"cpu": cpu, "memory": memory}}]
    return [one, {"kind": "PodMetrics", "metadata": meta(name), "containers": measured}]


async def test_pods_are_shown_against_their_limits_the_fullest_first() -> None:
    cluster = FakeCluster().add(*limited("calm", "100m", "400Mi"), *limited("busy", "950m", "10Mi"))
    [chart] = charts(await ask("top pods", cluster))
    assert [row.label for row in chart.rows] == ["busy", "calm"]
    assert [reach.told for reach in chart.rows[0].reaches] == ["950m of 1000m", "10Mi of 512Mi"]
    assert chart.rows[0].reaches[0].pieces == (0.95,)


async def test_a_pod_without_a_limit_has_figures_and_no_bar() -> None:
    usage = {"kind": "PodMetrics", "metadata": meta("free"), "containers": [{"name": "app", "usage": {"cpu": "5m"}}]}
    cluster = FakeCluster().add(pod("free"), usage, *limited("calm", "100m", "400Mi"))
    [chart] = charts(await ask("top pods", cluster))
    assert (chart.rows[1].reaches[0].told, chart.rows[1].reaches[0].pieces) == ("5m, no limit", ())


@pytest.mark.parametrize(
    ("cpu", "memory", "told"),
    [("1", "512Mi", ["500m of 1000m", "256Mi of 512Mi"]), ("15", "60Gi", ["0.5 of 15 cores", "0.2 of 60 Gi"])],
    ids=["small", "large"],
)
async def test_figures_are_in_a_unit_that_leaves_them_short(cpu: str, memory: str, told: list[str]) -> None:
    usage = [
        {"kind": "NodeMetrics", "metadata": {"name": name}, "usage": {"cpu": "500m", "memory": "256Mi"}}
        for name in ("n1", "n2")
    ]
    nodes = [node("n1", cpu=cpu, memory=memory), node("n2", cpu=cpu, memory=memory)]
    [chart] = charts(await ask("top nodes", FakeCluster().add(*nodes, *usage)))
    assert [reach.told for reach in chart.rows[0].reaches] == told


@pytest.mark.parametrize(("count", "pictures"), [(1, 0), (2, 1)], ids=["one is read", "two are looked at"])
async def test_nodes_are_a_picture_once_there_are_several(count: int, pictures: int) -> None:
    usage = [
        {"kind": "NodeMetrics", "metadata": {"name": f"n{place}"}, "usage": {"cpu": "1", "memory": "1Gi"}}
        for place in range(count)
    ]
    reply = await ask("top nodes", FakeCluster().add(*(node(f"n{place}") for place in range(count)), *usage))
    assert len(charts(reply)) == pictures


async def test_quotas_are_shown_against_what_is_used() -> None:
    understood = parsed("quota list")
    assert isinstance(understood.command, Query)
    cluster = FakeCluster()
    storage = FakeStorage({"acme": (10 * GIB, 8 * GIB), "globex": (5 * GIB, 6 * GIB), "initech": (0, GIB)})
    on = ReadOnly(cluster=cluster, storage=storage)
    [chart] = charts(await understood.command.run(understood.args, replace(context(cluster), on=on)))
    assert [(row.label, row.reaches[0].told) for row in chart.rows] == [
        ("globex", "6 GiB of 5 GiB, 120%"),
        ("acme", "8 GiB of 10 GiB, 80%"),
        ("initech", "1 GiB of unlimited"),
    ]


async def test_incidents_of_a_week_are_shown_by_day_and_class() -> None:
    [chart] = charts(await answered("incidents --since 7d", asked(known(1), known(2), known(30, name="web"))))
    assert chart.legend == ("crash loop",)
    told = {row.label: row.reaches[0].told for row in chart.rows}
    assert told[f"{NOW - timedelta(hours=1):%a %d %b}"] == "2 incidents: 2 crash loop"
    assert told[f"{NOW - timedelta(hours=30):%a %d %b}"] == "1 incident: 1 crash loop"
    assert list(told.values()).count("none") == len(told) - 2


async def test_two_incidents_of_a_week_are_no_picture() -> None:
    assert not charts(await answered("incidents --since 7d", asked(known(1), known(2))))


async def test_incidents_of_now_are_no_picture() -> None:
    assert not charts(await answered("incidents", asked(known(1))))


@pytest.mark.parametrize("days", [1, 7, 30, 365])
def test_every_incident_of_the_time_is_in_exactly_one_bar(days: int) -> None:
    since = NOW - timedelta(days=days)
    opened = [structs.replace(known(1), opened_at=since + (NOW - since) * part / 40) for part in range(41)]
    chart = per_day(opened, since, NOW)
    assert len(chart.rows) <= MOST_BARS
    assert sum(int(row.reaches[0].told.split()[0]) for row in chart.rows if row.reaches[0].told != "none") == 41


def test_pieces_of_a_bar_follow_the_legend() -> None:
    classes = [Fault.IMAGE_PULL, Fault.CRASH_LOOP, Fault.IMAGE_PULL]
    opened = [structs.replace(known(1), opened_at=NOW, fault=fault) for fault in classes]
    chart = per_day(opened, NOW, NOW)
    assert chart.legend == ("image pull", "crash loop")
    assert chart.rows[0].reaches[0].pieces == pytest.approx((2 / 3, 1 / 3))
