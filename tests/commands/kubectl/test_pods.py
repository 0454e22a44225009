"""On a real cluster `restarts`, `resources` and `status` say of pods what kubectl says of them."""

import json
from datetime import datetime

import pytest

from bot.k8s.cluster import KubernetesCluster
from bot.model.durations import age
from tests.commands.kubectl.beside import (
    NAMESPACE,
    Kubectl,
    ask,
    columns,
    context,
    facts,
    printed,
    table,
    until_equal,
)

pytestmark = pytest.mark.kubelab


async def test_restarts_are_those_that_kubectl_counts(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    async def look() -> tuple[object, object]:
        theirs = set()
        for pod in json.loads(kubectl("get", "pods", "-n", NAMESPACE, "-o", "json"))["items"]:
            for one in (*pod["status"].get("initContainerStatuses", ()), *pod["status"].get("containerStatuses", ())):
                if one["restartCount"]:
                    last = one.get("lastState", {}).get("terminated", {})
                    code = f"exit {last['exitCode']}" if last else "not known"
                    theirs.add((pod["metadata"]["name"], one["name"], str(one["restartCount"]), code))
        shown = columns(table(await ask("restarts", cluster), "POD", "WHY"), "POD", "CONTAINER", "RESTARTS", "WHY")
        return {(pod, container, count, exit_code(why)) for pod, container, count, why in shown}, theirs

    await until_equal(look)


def exit_code(why: str) -> str:
    """`OOMKilled, exit 137 (…)` → `exit 137`."""
    found = [part for part in why.replace("(", ",").split(",") if part.strip().startswith("exit ")]
    return found[0].strip() if found else why


async def test_when_a_container_was_restarted_last_is_kubectls(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    path = "jsonpath={.status.containerStatuses[0].lastState.terminated.finishedAt}"
    ended = datetime.fromisoformat(kubectl("get", "pod", "restarted", "-n", NAMESPACE, "-o", path))
    now = context(cluster).now
    told = columns(table(await ask("restarts -l awkward=pod", cluster, now), "POD", "WHY"), "POD", "LAST")
    assert ("restarted", f"{age(now - ended)} ago") in told


async def test_requests_and_limits_are_kubectls(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    async def look() -> tuple[object, object]:
        theirs = {
            (pod["metadata"]["name"], one["name"], *(amounts(one, kind, name) for name, kind in CELLS))
            for pod in json.loads(kubectl("get", "pods", "-n", NAMESPACE, "-o", "json"))["items"]
            if pod["status"]["phase"] not in ("Succeeded", "Failed")
            for one in pod["spec"]["containers"]
        }
        shown = table(await ask("resources", cluster), "POD", "CPU REQUEST")
        return {(*row[:2], row[3], row[4], row[7], row[8]) for row in shown.rows}, theirs

    await until_equal(look)


CELLS = (("cpu", "requests"), ("cpu", "limits"), ("memory", "requests"), ("memory", "limits"))


def amounts(container: dict[str, dict[str, dict[str, str]]], kind: str, name: str) -> str:
    """What it declares, or nothing."""
    return container["resources"].get(kind, {}).get(name, "")


async def test_the_state_of_the_platform_is_kubectls(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    async def look() -> tuple[object, object]:
        told = facts(await ask("status", cluster))
        version = json.loads(kubectl("version", "-o", "json"))["serverVersion"]["gitVersion"]
        _, nodes = printed(kubectl("get", "nodes"))
        ready = sum(row[1] == "Ready" for row in nodes)
        return (told["Control plane"], told["Nodes"]), (
            f"answers, Kubernetes {version}",
            f"{ready} of {len(nodes)} ready",
        )

    await until_equal(look)
