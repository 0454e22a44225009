"""On a real cluster `rollout status` says what kubectl's says: under way, held back, past its deadline, by hand."""

from pathlib import Path

import pytest
import yaml

from bot.k8s.cluster import KubernetesCluster
from bot.model.reply import Code
from tests.commands.kubectl.beside import (
    NAMESPACE,
    Kubectl,
    ask,
    columns,
    facts,
    printed,
    refused,
    table,
    until_equal,
)

pytestmark = pytest.mark.kubelab


def status(target: str) -> tuple[str, ...]:
    """Ask kubectl once how far it is."""
    return ("rollout", "status", target, "-n", NAMESPACE, "--watch=false")


@pytest.mark.parametrize(
    "target",
    [
        *("deployment/worker", "deployment/crasher", "deployment/paused", "deployment/surging"),
        *("statefulset/postgres", "statefulset/halfway", "statefulset/unready", "statefulset/claiming"),
        *("daemonset/agent", "daemonset/unready", "daemonset/nowhere"),
    ],
)
async def test_where_a_rollout_stands_is_told_in_kubectls_words(
    target: str, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    async def look() -> tuple[object, object]:
        said = kubectl(*status(target)).lower()
        rule = facts(await ask(f"rollout status {target}", cluster))["Rollout"].lower()
        return (said if rule in said else rule), said

    await until_equal(look)


async def test_a_rollout_to_no_node_is_unfinished_for_both(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    unfinished = "deployment/stuck is being rolled out: 0 of 2 ready · waiting for stuck-"

    async def look() -> tuple[object, object]:
        said = kubectl(*status("deployment/stuck"))
        reply = await ask("rollout status deployment/stuck", cluster)
        return (facts(reply)["Rollout"] in said, reply.headline[: len(unfinished)]), (True, unfinished)

    await until_equal(look)


async def test_a_rollout_past_its_deadline_has_stalled_for_both(cluster: KubernetesCluster, world: Path) -> None:
    async def look() -> tuple[object, object]:
        reply = await ask("rollout status deployment/late", cluster)
        ours = f'error: deployment "late" {facts(reply)["Rollout"]}\n'
        return (ours, reply.headline.startswith("The rollout of deployment/late has stalled")), (
            refused(world, *status("deployment/late")),
            True,
        )

    await until_equal(look)


@pytest.mark.parametrize("target", ["statefulset/by-hand", "daemonset/by-hand"])
async def test_what_is_updated_by_hand_has_no_rollout_for_both(
    target: str, cluster: KubernetesCluster, world: Path
) -> None:
    assert "only available for RollingUpdate strategy type" in refused(world, *status(target))
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


@pytest.mark.parametrize(
    "target", ["deployment/surging", "deployment/stuck", "deployment/late", "statefulset/unready", "daemonset/agent"]
)
async def test_the_revisions_and_their_causes_are_kubectls(
    target: str, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    cause = f"kubernetes.io/change-cause=tried with {target}"
    kubectl("annotate", target, "-n", NAMESPACE, "--overwrite", cause)

    async def look() -> tuple[object, object]:
        _, *lines = kubectl("rollout", "history", target, "-n", NAMESPACE).strip().splitlines()
        _, theirs = printed("\n".join(lines))
        shown = columns(table(await ask(f"rollout history {target}", cluster), "REVISION"), "REVISION", "CHANGE-CAUSE")
        assert sum(" (now)" in number for number, _ in shown) == 1
        return {(number.removesuffix(" (now)"), why) for number, why in shown}, theirs

    await until_equal(look)


@pytest.mark.parametrize("revision", ["1", "2"])
async def test_the_template_of_a_revision_is_kubectls(
    revision: str, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    history = ("rollout", "history", "deployment/surging", "-n", NAMESPACE, f"--revision={revision}", "-o", "yaml")

    async def look() -> tuple[object, object]:
        theirs = yaml.safe_load(kubectl(*history))["spec"]["template"]
        del theirs["metadata"]["labels"][
            "pod-template-hash"
        ]  # the controller's own mark, no part of what is rolled out
        reply = await ask(f"rollout history deployment/surging --revision {revision}", cluster)
        [code] = [part for part in reply.parts if isinstance(part, Code)]
        return yaml.safe_load(code.text), theirs

    await until_equal(look)
