"""On a real cluster `rollout status` says what kubectl's says: under way, held back, past its deadline, by hand."""

import subprocess
from pathlib import Path

import pytest

from bot.k8s.cluster import KubernetesCluster
from tests.commands.agreeing import NAMESPACE, PATIENCE_S, Kubectl, ask, facts, until_equal
from tests.commands.agreeing import cluster as cluster
from tests.commands.agreeing import session as session
from tests.commands.agreeing import world as world
from tests.requirements import kubelab_bin

pytestmark = pytest.mark.kubelab


@pytest.mark.parametrize(
    "target",
    ["deployment/worker", "deployment/crasher", "statefulset/postgres", "statefulset/halfway", "daemonset/agent"],
)
async def test_where_a_rollout_stands_is_told_in_kubectls_words(
    target: str, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    said = kubectl("rollout", "status", target, "-n", NAMESPACE, "--watch=false")
    rule = facts(await ask(f"rollout status {target}", cluster))["Rule"]
    assert rule.lower() in said.lower()


async def test_a_rollout_to_no_node_is_unfinished_for_both(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    said = kubectl("rollout", "status", "deployment/stuck", "-n", NAMESPACE, "--watch=false")
    reply = await ask("rollout status deployment/stuck", cluster)
    assert facts(reply)["Rule"] in said
    assert reply.headline.startswith("deployment/stuck is being rolled out: 0 of 2 ready · waiting for stuck-")


def refused(world: Path, target: str) -> str:
    """What kubectl says where it ends with an error."""
    program = [str(kubelab_bin() / "kubectl"), f"--kubeconfig={world}"]
    command = [*program, "rollout", "status", target, "-n", NAMESPACE, "--watch=false"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


async def test_a_rollout_past_its_deadline_has_stalled_for_both(cluster: KubernetesCluster, world: Path) -> None:
    async def look() -> tuple[object, object]:
        reply = await ask("rollout status deployment/late", cluster)
        ours = f'error: deployment "late" {facts(reply)["Rule"]}\n'
        return (ours, reply.headline.startswith("The rollout of deployment/late has stalled")), (
            refused(world, "deployment/late"),
            True,
        )

    await until_equal(look, within_s=PATIENCE_S)


@pytest.mark.parametrize("target", ["statefulset/by-hand", "daemonset/by-hand"])
async def test_what_is_updated_by_hand_has_no_rollout_for_both(
    target: str, cluster: KubernetesCluster, world: Path
) -> None:
    assert "only available for RollingUpdate strategy type" in refused(world, target)
    assert (
        await ask(f"rollout status {target}", cluster)
    ).headline == f"{target} has no rollout: it is updated OnDelete"


async def test_pods_that_nobody_has_deleted_yet_are_counted(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    updated = "1 pod of the newest template; `delete pod` updates the others"

    async def count() -> str:
        return facts(await ask("rollout status statefulset/by-hand", cluster))["Updated"]

    async def look() -> tuple[object, object]:
        return await count(), updated

    await until_equal(look)
    value = '{"spec": {"template": {"metadata": {"labels": {"extra": "label"}}}}}'
    kubectl("patch", "statefulset", "by-hand", "-n", NAMESPACE, "-p", value)

    async def look_again() -> tuple[object, object]:
        return await count(), updated.replace("1 pod", "0 pods")

    await until_equal(look_again)
