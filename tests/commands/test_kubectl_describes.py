"""On a real cluster `describe`, `top` and `rollout status` say what kubectl's say, field by field."""

import pytest

from bot.k8s.cluster import KubernetesCluster
from bot.model.quantity import parse
from bot.model.reply import Reply, Table
from tests.commands.agreeing import (
    NAMESPACE,
    PATIENCE_S,
    Kubectl,
    ask,
    columns,
    describe,
    facts,
    labelled,
    printed,
    section,
    table,
    until_equal,
)
from tests.commands.agreeing import cluster as cluster
from tests.commands.agreeing import session as session
from tests.commands.agreeing import world as world

pytestmark = pytest.mark.kubelab

LABELS: dict[str, dict[str, str]] = {
    "pod/postgres-0": {
        "Status": "STATUS",
        "IP": "IP",
        "Service Account": "Service account",
        "Controlled By": "Controlled by",
        "QoS Class": "QoS class",
        "Labels": "Labels",
    },
    "deployment/worker": {
        "Selector": "SELECTOR",
        "Replicas": "Replicas",
        "StrategyType": "Strategy",
        "MinReadySeconds": "Min ready seconds",
        "Labels": "Labels",
    },
    "deployment/crasher": {
        "Replicas": "Replicas",
        "RollingUpdateStrategy": "Rolling update",
        "StrategyType": "Strategy",
    },
    "deployment/stuck": {
        "Replicas": "Replicas",
        "Selector": "SELECTOR",
        "NewReplicaSet": "New replica set",
        "OldReplicaSets": "Old replica sets",
    },
    "daemonset/by-hand": {"Node-Selector": "Node selector", "Pods Status": "Pods status"},
    "statefulset/postgres": {"Replicas": "Replicas", "Update Strategy": "Strategy", "Labels": "Labels"},
    "statefulset/halfway": {"Replicas": "Replicas", "Update Strategy": "Strategy", "Pods Status": "Pods status"},
    "statefulset/by-hand": {"Update Strategy": "Strategy", "Pods Status": "Pods status"},
    "daemonset/agent": {
        "Selector": "SELECTOR",
        "Node-Selector": "Node selector",
        "Desired Number of Nodes Scheduled": "DESIRED",
        "Current Number of Nodes Scheduled": "CURRENT",
        "Number of Nodes Scheduled with Up-to-date Pods": "UP-TO-DATE",
        "Number of Nodes Scheduled with Available Pods": "AVAILABLE",
        "Number of Nodes Misscheduled": "Misscheduled",
        "Pods Status": "Pods status",
    },
    "service/web": {
        "Type": "TYPE",
        "IP": "CLUSTER-IP",
        "Selector": "SELECTOR",
        "Session Affinity": "Session affinity",
        "IP Family Policy": "IP family policy",
        "IP Families": "IP families",
        "External Traffic Policy": "External traffic policy",
        "Internal Traffic Policy": "Internal traffic policy",
    },
    "job/fails": {
        "Selector": "SELECTOR",
        "Parallelism": "Parallelism",
        "Completion Mode": "Completion mode",
        "Suspend": "Suspend",
        "Backoff Limit": "Backoff limit",
        "Pods Statuses": "Pods statuses",
    },
    "job/works": {"Pods Statuses": "Pods statuses", "Duration": "DURATION"},
    "cronjob/nightly": {
        "Schedule": "SCHEDULE",
        "Suspend": "SUSPEND",
        "Concurrency Policy": "Concurrency policy",
        "Successful Job History Limit": "Successful job history limit",
        "Failed Job History Limit": "Failed job history limit",
        "Starting Deadline Seconds": "Starting deadline seconds",
        "Active Jobs": "Active jobs",
    },
    "secret/keys": {"Type": "TYPE"},
    "pvc/data": {
        "Status": "STATUS",
        "StorageClass": "STORAGECLASS",
        "Volume": "VOLUME",
        "Capacity": "CAPACITY",
        "Access Modes": "ACCESS MODES",
        "VolumeMode": "VOLUMEMODE",
        "Used By": "Used by",
    },
    "pv/agrees-pv": {
        "Status": "STATUS",
        "StorageClass": "STORAGECLASS",
        "Claim": "CLAIM",
        "Reclaim Policy": "RECLAIM POLICY",
        "Access Modes": "ACCESS MODES",
        "VolumeMode": "VOLUMEMODE",
        "Capacity": "CAPACITY",
    },
    "serviceaccount/instance-service-sa": {
        "Image pull secrets": "Image pull secrets",
        "Mountable secrets": "Mountable secrets",
    },
    "node/node-1": {"Taints": "Taints"},
}
"""Object → kubectl's label → ours."""


@pytest.mark.parametrize("target", LABELS)
async def test_each_labelled_line_is_kubectls(target: str, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    async def look() -> tuple[object, object]:
        told = labelled(describe(kubectl, target))
        theirs = {label: told[label] for label in LABELS[target]}
        ours = facts(await ask(f"describe {target}", cluster))
        return (
            {ours_: ours[ours_] for ours_ in LABELS[target].values()},
            {
                LABELS[target][label]: ",".join(map(str.strip, lines)) if label == "Labels" else lines[0]
                for label, lines in theirs.items()
            },
        )

    await until_equal(look)


CONDITIONS = {
    "pod/postgres-0": ("Type", "Status"),
    "deployment/worker": ("Type", "Status", "Reason"),
    "deployment/stuck": ("Type", "Status", "Reason"),
    "node/node-1": ("Type", "Status", "Reason", "Message"),
}


@pytest.mark.parametrize("target", CONDITIONS)
async def test_each_condition_is_kubectls(target: str, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    titles = ("CONDITION", *(title.upper() for title in CONDITIONS[target][1:]))

    async def look() -> tuple[object, object]:
        header, rows = section(describe(kubectl, target), "Conditions")
        places = [header.index(title) for title in CONDITIONS[target]]
        ours = columns(table(await ask(f"describe {target}", cluster), "CONDITION"), *titles)
        return ours, {tuple(row[place] for place in places) for row in rows}

    await until_equal(look)


@pytest.mark.parametrize(
    "target", ["pod/postgres-0", "deployment/worker", "statefulset/halfway", "daemonset/agent", "job/fails"]
)
async def test_each_event_is_kubectls(target: str, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    async def look() -> tuple[object, object]:
        header, rows = section(describe(kubectl, target), "Events")
        places = [header.index(title) for title in ("Type", "Reason", "Message")]
        ours = columns(table(await ask(f"describe {target}", cluster), "EVENT"), "TYPE", "REASON", "MESSAGE")
        return ours, {tuple(row[place] for place in places) for row in rows}

    await until_equal(look)


async def test_the_endpoints_behind_each_port_are_kubectls(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    async def look() -> tuple[object, object]:
        lines = describe(kubectl, "service/web").splitlines()
        told = [line.partition(":")[2].split() for line in lines if line.startswith(PORT_LINES)]
        ports = [tuple(cell for words in told[at : at + 4] for cell in words) for at in range(0, len(told), 4)]
        shown = table(await ask("describe service/web", cluster), "PORT NAME")
        ours = [
            (name, port, target, name, node, *sorted(behind.split(",")))
            for name, port, target, node, behind in shown.rows
        ]
        return ours, [(*port[:5], *sorted(port[5].split(","))) for port in ports]

    await until_equal(look)


PORT_LINES = ("Port:", "TargetPort:", "NodePort:", "Endpoints:")
WHOLE = ("cpu", "memory", "ephemeral-storage", "pods")


async def test_what_a_node_has_and_has_given_away_is_kubectls(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    async def look() -> tuple[object, object]:
        described = describe(kubectl, "node/node-1")
        reply = await ask("describe node/node-1", cluster)
        theirs = [_amounts(described, "Capacity"), _amounts(described, "Allocatable"), _given_away(described)]
        shown = table(reply, "RESOURCE")
        ours = [{row[0]: row[place] for row in shown.rows} for place in (1, 2)]
        reserved = {row[0]: [_share(cell) for cell in row[1:]] for row in table(reply, "ALLOCATED").rows}
        return [*ours, reserved], theirs

    await until_equal(look)


def _amounts(described: str, label: str) -> dict[str, str]:
    told = dict(line.split(":") for line in labelled(described)[label][1:])
    return {name.strip(): amount.strip() for name, amount in told.items() if name.strip() in WHOLE}


def _given_away(described: str) -> dict[str, list[tuple[object, str]]]:
    text = "\n".join(labelled(described)["Allocated resources"][2:])
    _, rows = section(f"Allocated:\n{text}", "Allocated")
    return {name: [_share(cell) for cell in cells] for name, *cells in rows if name in ("cpu", "memory")}


def _share(cell: str) -> tuple[object, str]:
    """`250m (12%)`: the amount as a number, and the share."""
    amount, _, share = cell.partition(" ")
    return parse(amount), share


@pytest.mark.parametrize("app", ["postgres", "crasher", "works"])
async def test_each_container_of_a_pod_is_kubectls(app: str, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    selector = "job-name=works" if app == "works" else f"app={app}"
    name = kubectl("get", "pods", "-n", NAMESPACE, "-l", selector, "-o", "name").split()[0]

    async def look() -> tuple[object, object]:
        theirs = _containers(describe(kubectl, name))
        shown = columns(table(await ask(f"describe {name}", cluster), *CONTAINER_TITLES), *CONTAINER_TITLES)
        ours = {(one, image, state.split()[0].rstrip(":"), restarts) for one, image, state, restarts in shown}
        return ours, theirs

    await until_equal(look, within_s=PATIENCE_S)


CONTAINER_TITLES = ("CONTAINER", "IMAGE", "STATE", "RESTARTS")


def _containers(described: str) -> set[tuple[str, ...]]:
    """Name, image, state and restarts of each."""
    found: list[list[str]] = []
    for label in ("Init Containers", "Containers"):
        for line in labelled(described).get(label, [])[1:]:
            key, _, value = line.strip().partition(":")
            if line.startswith("  ") and not line.startswith("   "):
                found.append([key])
            elif key in ("Image", "State", "Restart Count"):
                found[-1].append(value.strip())
    return {tuple(one) for one in found}


async def test_a_roles_verbs_are_kubectls(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    _, theirs = section(describe(kubectl, "role/instance-service-role"), "PolicyRule")
    [rules] = [
        part for part in (await ask("describe role/instance-service-role", cluster)).parts if isinstance(part, Table)
    ]
    allowed = {
        (row[0], *sorted(title.lower() for title, mark in zip(rules.columns, row, strict=True) if mark == "✓"))
        for row in rules.rows
    }
    assert allowed == {(row[0], *sorted(row[3].strip("[]").split())) for row in theirs}


TOP = {
    "top pods": (("POD", "CPU(cores)", "MEMORY(bytes)"), ("NAME", "CPU(cores)", "MEMORY(bytes)")),
    "top pods --containers": (
        ("POD", "NAME", "CPU(cores)", "MEMORY(bytes)"),
        ("POD", "NAME", "CPU(cores)", "MEMORY(bytes)"),
    ),
    "top nodes": (
        ("NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"),
        ("NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"),
    ),
}


@pytest.mark.parametrize("line", TOP)
async def test_what_is_used_is_kubectls(line: str, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    """The measurements are a few seconds old and renewed each 15 s, so they look until both saw the same."""
    ours_titles, theirs_titles = TOP[line]
    place = [] if "nodes" in line else ["-n", NAMESPACE]

    async def look() -> tuple[object, object]:
        reply = await ask(line, cluster)
        shown = [part for part in reply.parts if isinstance(part, Table)]
        if not shown:
            return "", _unmeasured(reply)
        header, rows = printed(kubectl(*line.split(), *place))
        places = [header.index(title) for title in theirs_titles]
        ours = {tuple(_percent(cell) for cell in row) for row in columns(shown[0], *ours_titles)}
        return ours, {tuple(row[place] for place in places) for row in rows}

    await until_equal(look, within_s=PATIENCE_S)


def _percent(cell: str) -> str:
    """Ours stands behind a bar."""
    return cell.split()[-1]


def _unmeasured(reply: Reply) -> str:
    """A difference that more waiting mends."""
    return f"not measured yet: {reply.headline}"
