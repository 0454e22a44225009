"""On a real cluster `describe` tells how containers are run as kubectl does: of a pod, and of all that makes pods."""

import shlex

import pytest

from bot.k8s.cluster import KubernetesCluster
from bot.model.reply import Code, Reply
from tests.commands.kubectl import containers as theirs
from tests.commands.kubectl.beside import Kubectl, ask, columns, describe, facts, table

pytestmark = pytest.mark.kubelab

TARGETS = [
    f"{kind}/declares" for kind in ("pod", "deployment", "replicaset", "statefulset", "daemonset", "job", "cronjob")
]
every_kind = pytest.mark.parametrize("target", TARGETS)


def texts(reply: Reply, what: str) -> dict[str, list[str]]:
    """Container → the lines of that text."""
    found = [part for part in reply.parts if isinstance(part, Code) and part.title.startswith(f"{what} of ")]
    return {part.title.removeprefix(f"{what} of "): part.text.split("\n") for part in found}


@every_kind
async def test_the_ports_of_each_container_are_kubectls(
    target: str, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    told = theirs.containers(describe(kubectl, target))
    shown = table(await ask(f"describe {target}", cluster), "CONTAINER", "PORT")
    assert set(told) == {"mesh", "app"}
    assert set(shown.rows) == {(name, *port) for name, block in told.items() for port in theirs.ports(block)}


@every_kind
async def test_the_command_of_each_container_is_kubectls(
    target: str, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    """kubectl has each word, and each line of it, in a line of its own; ours is what a shell takes."""
    told = theirs.containers(describe(kubectl, target))
    ours = texts(await ask(f"describe {target}", cluster), "Command")
    assert {name: shlex.split("\n".join(lines)) for name, lines in ours.items()} == {
        "mesh": ["args:", *told["mesh"]["Args"]],
        "app": ["command:", *SHELL, "args:", *told["app"]["Args"]],
    }
    assert "\n".join(SHELL).split("\n") == told["app"]["Command"]


SHELL = ["sh", "-c", "echo 'of two lines'\nexec sleep 36000"]


@every_kind
async def test_the_environment_of_each_container_is_kubectls_without_its_secrets(
    target: str, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    described = describe(kubectl, target)
    told = {name: theirs.environment(block) for name, block in theirs.containers(described).items()}
    reply = await ask(f"describe {target}", cluster)
    ours = texts(reply, "Environment")
    assert {name: "\n".join(lines) for name, lines in ours.items()} == {
        name: "\n".join(lines) for name, lines in told.items() if lines
    }
    assert "hunter2" in described
    assert "hunter2" not in str(reply)


@every_kind
async def test_what_is_mounted_where_is_kubectls(target: str, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    described = describe(kubectl, target)
    told = theirs.mounts(theirs.containers(described)["app"], theirs.volumes(described))
    shown = table(await ask(f"describe {target}", cluster), "CONTAINER", "MOUNT")
    assert columns(shown, "MOUNT", "FROM", "MODE") >= told
    assert {row[3] for row in shown.rows if row[0] == "app"} <= {"ro", "rw"}
    assert len([row for row in shown.rows if row[0] == "app"]) == len(told) >= 9


@every_kind
async def test_how_each_container_is_probed_is_kubectls(
    target: str, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    block = theirs.containers(describe(kubectl, target))["app"]
    shown = table(await ask(f"describe {target}", cluster), "CONTAINER", "PROBE")
    assert set(shown.rows) == {("app", kind.lower(), *block[kind]) for kind in ("Liveness", "Readiness", "Startup")}


async def test_a_pods_rights_on_its_node_are_told(cluster: KubernetesCluster) -> None:
    """kubectl tells the first only."""
    ours = facts(await ask("describe pod/declares", cluster))
    assert [ours[label] for label in ("Seccomp profile", "Runs as", "Shares with its node", "Capabilities")] == [
        "RuntimeDefault",
        "user 65534",
        "network",
        "app: +NET_ADMIN",
    ]
