"""On a real cluster `describe`, `top` and `rollout status` say what kubectl's say, field by field."""

import pytest

from bot.k8s.cluster import KubernetesCluster
from bot.model.quantity import parse
from bot.model.reply import Reply, Table
from tests.commands.kubectl.beside import (
    NAMESPACE,
    Kubectl,
    ask,
    columns,
    describe,
    labelled,
    printed,
    section,
    table,
    until_equal,
)

pytestmark = pytest.mark.kubelab

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
    "target", ["pod/halfway-0", "deployment/worker", "statefulset/halfway", "daemonset/agent", "job/fails"]
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

    await until_equal(look)


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

    await until_equal(look)


def _percent(cell: str) -> str:
    """Ours stands behind a bar."""
    return cell.split()[-1]


def _unmeasured(reply: Reply) -> str:
    """A difference that more waiting mends."""
    return f"not measured yet: {reply.headline}"
