"""get: kubectl's columns, the unhealthy first, a headline that alone would do."""

import pytest

from bot.errors import BadArguments, NotFound
from bot.model.plan import Json
from bot.model.reply import Reply, Table, Tone
from tests.commands.asking import ask, parsed
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import ago, deployment, event, meta, node, pod, waiting


def table(reply: Reply) -> Table:
    """The only table."""
    [found] = [part for part in reply.parts if isinstance(part, Table)]
    return found


def pods() -> FakeCluster:
    """Two healthy pods, one that crash-loops."""
    last = {"exitCode": 1, "finishedAt": ago(seconds=80)}
    crashing = waiting("CrashLoopBackOff", restarts=7, last=last)
    return FakeCluster().add(
        pod("a", app="odoo"), pod("b", app="odoo"), pod("c", app="x", ready=False, containerStatuses=[crashing])
    )


async def test_pods_are_summed_up_and_the_unhealthy_come_first() -> None:
    reply = await ask("get pods", pods())
    assert reply.headline == "3 pods in saasodoo: 2 Running, 1 CrashLoopBackOff"
    assert reply.tone is Tone.WARNING
    assert table(reply).columns == ("NAME", "READY", "STATUS", "RESTARTS", "AGE")
    assert table(reply).rows[0] == ("c", "0/1", "CrashLoopBackOff", "7 (80s ago)", "60m")
    assert [button.line for button in table(reply).row_buttons[0]] == [
        "logs c -n saasodoo",
        "describe pod c -n saasodoo",
        "delete pod c -n saasodoo",
    ]
    assert table(reply).row_buttons[1] == ()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        pytest.param("get pods -l app=odoo", ["a", "b"], id="label selector"),
        pytest.param("get po --failed", ["c"], id="failed only"),
        pytest.param("get pods a c", ["a", "c"], id="by name, unhealthy first"),
        pytest.param("get pod/a", ["a"], id="as KIND/NAME"),
        pytest.param("get po/a po/c", ["a", "c"], id="as KIND/NAME, several"),
        pytest.param("get pods --sort-by .metadata.name", ["a", "b", "c"], id="by name"),
        pytest.param(
            "get pods --sort-by '{.status.containerStatuses[0].restartCount}'", ["a", "b", "c"], id="by a JSONPath"
        ),
    ],
)
async def test_what_is_asked_for_is_shown(line: str, names: list[str]) -> None:
    assert sorted(row[0] for row in table(await ask(line, pods())).rows) == names


async def test_sorting_keeps_the_order_asked_for_whoever_is_unhealthy() -> None:
    rows = table(await ask("get pods --sort-by=.status.containerStatuses[0].restartCount", pods())).rows
    assert rows[-1][0] == "c"


async def test_all_namespaces_name_the_namespace_of_each_row() -> None:
    other = pod("z")
    other["metadata"]["namespace"] = "billing"
    reply = await ask("get pods -A", pods().add(other))
    assert table(reply).columns[0] == "NAMESPACE"
    assert reply.headline.startswith("4 pods in all namespaces")


@pytest.mark.parametrize(
    ("line", "columns", "row"),
    [
        pytest.param(
            "get deploy -o wide",
            ("NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE", "CONTAINERS", "IMAGES", "SELECTOR"),
            ("x", "3/4", "4", "3", "5d", "x", "registry/app:1.8.2", "app=x"),
            id="deployments",
        ),
        pytest.param(
            "get nodes",
            ("NAME", "STATUS", "ROLES", "AGE", "VERSION"),
            ("n1", "Ready", "worker", "30d", "v1.34.4"),
            id="nodes",
        ),
        pytest.param(
            "get svc",
            ("NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"),
            ("web", "NodePort", "10.0.0.7", "<none>", "80:30080/TCP,443/TCP", "5d"),
            id="services",
        ),
        pytest.param(
            "get jobs",
            ("NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE"),
            ("backup", "Failed", "0/1", "10m", "5d"),
            id="jobs",
        ),
        pytest.param(
            "get cj",
            ("NAME", "SCHEDULE", "TIMEZONE", "SUSPEND", "ACTIVE", "LAST SCHEDULE", "AGE"),
            ("nightly", "0 3 * * *", "<none>", "True", "0", "11h", "5d"),
            id="cronjobs",
        ),
        pytest.param("get secrets", ("NAME", "TYPE", "DATA", "AGE"), ("keys", "Opaque", "1", "5d"), id="secrets"),
        pytest.param(
            "get pvc",
            (
                *("NAME", "STATUS", "VOLUME", "CAPACITY", "ACCESS MODES"),
                *("STORAGECLASS", "VOLUMEATTRIBUTESCLASS", "AGE"),
            ),
            ("data", "Bound", "pv-1", "5Gi", "RWO,RWX", "cephfs", "<unset>", "5d"),
            id="claims",
        ),
        pytest.param(
            "get events",
            ("LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"),
            ("5m (x4 over 20m)", "Warning", "BackOff", "pod/c", "back-off"),
            id="events",
        ),
    ],
)
async def test_columns_and_cells_are_kubectls(line: str, columns: tuple[str, ...], row: tuple[str, ...]) -> None:
    job = {
        "kind": "Job",
        "metadata": meta("backup"),
        "spec": {"completions": 1},
        "status": {
            "startTime": ago(days=1),
            "completionTime": ago(days=1, minutes=-10),
            "conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}],
        },
    }
    cron_job = {
        "kind": "CronJob",
        "metadata": meta("nightly"),
        "spec": {"schedule": "0 3 * * *", "suspend": True},
        "status": {"lastScheduleTime": ago(hours=11)},
    }
    ports: list[Json] = [{"port": 80, "nodePort": 30080}, {"port": 443}]
    claim = {
        "kind": "PersistentVolumeClaim",
        "metadata": meta("data"),
        "spec": {"volumeName": "pv-1", "storageClassName": "cephfs"},
        "status": {
            "phase": "Bound",
            "capacity": {"storage": "5Gi"},
            "accessModes": ["ReadWriteMany", "ReadWriteOnce"],
        },
    }
    cluster = FakeCluster().add(
        deployment("x", ready=3),
        node("n1"),
        {
            "kind": "Service",
            "metadata": meta("web"),
            "spec": {"type": "NodePort", "clusterIP": "10.0.0.7", "ports": ports},
        },
        job,
        cron_job,
        {"kind": "Secret", "metadata": meta("keys"), "type": "Opaque", "data": {"password": "aHVudGVyMg=="}},
        claim,
        event("BackOff", "back-off", about=("Pod", "c")),
    )
    shown = table(await ask(line, cluster))
    assert shown.columns == columns
    assert shown.rows == (row,)


async def test_nothing_found_is_said() -> None:
    assert (await ask("get jobs", FakeCluster())).headline == "No jobs in saasodoo"


async def test_a_name_that_does_not_exist_brings_near_misses() -> None:
    cluster = FakeCluster().add(deployment("instance-worker"))
    with pytest.raises(NotFound) as refused:
        await ask("get deployment instance-wroker", cluster)
    assert refused.value.suggestions == ("get deployments instance-worker -n saasodoo",)


async def test_endpoints_are_called_by_their_services_name() -> None:
    cluster = FakeCluster()
    for name, service in (("web-x7k", "web"), ("web-9qp", "web"), ("other-1", "other")):
        labels: dict[str, Json] = {"kubernetes.io/service-name": service}
        cluster.add({"kind": "EndpointSlice", "metadata": {**meta(name), "labels": labels}, "addressType": "IPv4"})
    assert [row[0] for row in table(await ask("get endpoints web", cluster)).rows] == ["web-9qp", "web-x7k"]
    assert [row[0] for row in table(await ask("get ep other-1", cluster)).rows] == ["other-1"]


async def test_a_field_that_nothing_has_cannot_be_sorted_by() -> None:
    with pytest.raises(BadArguments, match="No object has a field"):
        await ask("get pods --sort-by .spec.nonsense", pods())


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("get unicorns", id="unknown kind"),
        pytest.param("get pods ../../secrets", id="path"),
        pytest.param("get pods -o toml", id="unknown output"),
        pytest.param("get deployments --failed", id="failed deployments"),
        pytest.param("get pods a -l app=x", id="name and selector"),
        pytest.param("get pods --page 0", id="page zero"),
        pytest.param("get", id="no kind"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(line: str) -> None:
    with pytest.raises(BadArguments):
        parsed(line)


def test_a_call_needs_only_the_kind_it_asks_for() -> None:
    understood = parsed("get pods")
    assert understood.command.needs is not None
    [access] = understood.command.needs(understood.args)
    assert (access.group, access.resources, access.verbs) == ("", ("pods",), ("list",))


async def test_a_line_of_a_thousand_names_asks_the_api_server_nothing() -> None:
    with pytest.raises(BadArguments, match="at most 20 names, not 1000"):
        await ask("get pods " + " ".join("a" for _ in range(1000)), pods())
