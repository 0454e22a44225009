"""On a real cluster our changes do what they promise: kubectl sees it."""

import asyncio
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.engine.drift import drift
from bot.errors import AlreadySo, BadArguments, BotError, Conflict
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.logs import KubernetesLogs
from bot.k8s.session import Session
from bot.model.plan import Effect, Mark, Phase, Plan, Progress, Step
from bot.ports import Backends, Logs, ReadOnly
from bot.spec import Change, Query
from tests.commands.asking import change, parsed
from tests.commands.kubectl.beside import (
    NAMESPACE,
    PATIENCE_S,
    Kubectl,
    ask,
    columns,
    context,
    refused,
    section,
    table,
    until_equal,
)

pytestmark = pytest.mark.kubelab


async def carried_out(line: str, cluster: KubernetesCluster) -> tuple[Plan, Progress]:
    """Plan, apply and follow a change to its end, as the engine does."""
    understood = parsed(line)
    command = understood.command
    assert not isinstance(command, Query)
    plan = await command.plan(understood.args, context(cluster))
    [step] = plan.steps
    on = Backends(cluster=cluster)
    mark = await written(command, step, on)
    assert await command.effect(step, on.reading, mark) is Effect.PRESENT
    return plan, await followed(plan, cluster)


async def written(command: Change[Any], step: Step, on: Backends) -> Mark:
    """Compare and write until no controller has moved the status in between."""
    until = time.monotonic() + PATIENCE_S
    while True:
        observed = await command.observe(step, on.reading)
        assert not drift(step, observed)
        mark = Mark(str(uuid.uuid4()), str(uuid.uuid4()), observed.resource_version, datetime.now(UTC))
        assert await command.effect(step, on.reading, mark) is Effect.ABSENT
        try:
            await command.apply(step, on, mark)
        except Conflict:
            assert time.monotonic() < until
        else:
            return mark


async def followed(plan: Plan, cluster: KubernetesCluster, logs: Logs | None = None) -> Progress:
    """Look until it is over."""
    until = time.monotonic() + PATIENCE_S
    while True:
        at = await change(plan).progress(plan.steps[0], ReadOnly(cluster=cluster, logs=logs), datetime.now(UTC))
        if at.phase is not Phase.RUNNING or time.monotonic() > until:
            return at
        await asyncio.sleep(0.2)  # a real cluster has no clock to turn


async def test_a_restart_replaces_every_pod(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    names = ("get", "pods", "-n", NAMESPACE, "-l", "app=worker", "-o", "name")
    before = set(kubectl(*names).split())
    _, at = await carried_out("restart worker", cluster)
    assert (at.phase, at.line) == (Phase.DONE, "2 of 2 ready")

    async def look() -> tuple[object, object]:
        return before & set(kubectl(*names).split()), set()

    await until_equal(look)  # the last old pod may still be about to go


async def test_scaling_is_done_when_the_pods_are(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    plan, at = await carried_out("scale worker --replicas 3", cluster)
    assert (at.phase, at.line) == (Phase.DONE, "3 of 3 ready")
    _, back = await carried_out(plan.undo, cluster)
    assert (back.phase, back.line) == (Phase.DONE, "2 of 2 ready")


CRASH = 'echo \\"KeyError: BROKER_URL\\"; exit 3'


async def test_a_rollout_to_a_crashing_command_stalls_with_its_last_words_and_is_rolled_back(
    session: Session, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    path = "/spec/template/spec/containers/0/command"
    steady = '{"op": "add", "path": "/spec/minReadySeconds", "value": 3}'  # else a crash counts as ready for a moment
    patch = f'[{steady}, {{"op": "replace", "path": "{path}", "value": ["sh", "-c", "{CRASH}"]}}]'
    plan, _ = await carried_out("restart worker", cluster)
    kubectl("patch", "deployment", "worker", "-n", NAMESPACE, "--type=json", "-p", patch)
    stalled = await followed(plan, cluster, KubernetesLogs(session))
    assert stalled.phase is Phase.STALLED
    assert stalled.reason.endswith(": CrashLoopBackOff, exit 3: `KeyError: BROKER_URL`")
    _, back = await carried_out(stalled.next_line, cluster)
    assert (back.phase, back.line) == (Phase.DONE, "2 of 2 ready")


async def test_a_daemon_set_is_restarted_node_by_node(cluster: KubernetesCluster) -> None:
    _, at = await carried_out("restart daemonset/agent", cluster)
    assert (at.phase, at.line) == (Phase.DONE, "1 of 1 ready")


async def test_a_stateful_set_goes_back_to_its_last_template(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    command = ("get", "statefulset", "postgres", "-n", NAMESPACE, "-o", "jsonpath={.spec.template}")
    template = kubectl(*command)
    value = '{"spec": {"template": {"metadata": {"labels": {"extra": "label"}}}}}'
    kubectl("patch", "statefulset", "postgres", "-n", NAMESPACE, "-p", value)
    kubectl("rollout", "status", "-n", NAMESPACE, "statefulset/postgres", f"--timeout={PATIENCE_S}s")
    _, at = await carried_out("rollback statefulset/postgres", cluster)
    assert (at.phase, at.line) == (Phase.DONE, "1 of 1 ready")
    assert kubectl(*command) == template


async def test_a_deleted_pod_is_evicted_and_replaced(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    [name, *_] = kubectl("get", "pods", "-n", NAMESPACE, "-l", "app=agent", "-o", "name").split()
    understood = parsed(f"delete {name.replace('/', ' ')}")
    assert not isinstance(understood.command, Query)
    plan = await understood.command.plan(understood.args, context(cluster))
    mark = Mark("operation", str(uuid.uuid4()), "", datetime.now(UTC))
    await understood.command.apply(plan.steps[0], Backends(cluster=cluster), mark)
    assert (await followed(plan, cluster)).phase is Phase.DONE


async def test_a_pod_that_a_budget_keeps_is_evicted_by_neither(
    world: Path, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    pod = ("get", "pod", "kept", "-n", NAMESPACE, "-o", "jsonpath={.metadata.uid} {.metadata.deletionTimestamp}")
    before, wanted = kubectl(*pod), ("desiredHealthy", "currentHealthy")
    understood = parsed("delete pod kept")
    command = understood.command
    assert not isinstance(command, Query)
    plan = await command.plan(understood.args, context(cluster))
    mark = Mark("operation", str(uuid.uuid4()), "", datetime.now(UTC))

    async def look() -> tuple[object, object]:
        path = "jsonpath=" + " ".join(f"{{.status.{field}}}" for field in wanted)
        needs, has = kubectl("get", "pdb", "keeps", "-n", NAMESPACE, "-o", path).split()
        with pytest.raises(Conflict) as kept:
            await command.apply(plan.steps[0], Backends(cluster=cluster), mark)
        drained = refused(world, "drain", "node-1", "--pod-selector=app=kept", *DRAIN)
        return (str(kept.value), THEIRS in drained), (
            "A PodDisruptionBudget does not let pod/kept -n agrees go now (The disruption budget keeps needs "
            f"{needs} healthy pods and has {has} currently). Nothing was changed.",
            True,
        )

    await until_equal(look)
    assert kubectl(*pod) == before


THEIRS = "Cannot evict pod as it would violate the pod's disruption budget."
DRAIN = ("--dry-run=server", "--force", "--timeout=1s")
"""It asks for the eviction and stores nothing, of a pod without an owner too."""


async def test_what_is_paused_and_resumed_is_so_for_kubectl(
    world: Path, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    paused = ("get", "deployment", "worker", "-n", NAMESPACE, "-o", "jsonpath={.spec.paused}")
    _, at = await carried_out("rollout pause worker", cluster)
    assert (at.phase, kubectl(*paused)) == (Phase.DONE, "true")
    await neither_would("rollout pause worker", AlreadySo, "already paused", world, cluster)
    await neither_would("restart worker", BadArguments, "paused", world, cluster)

    async def look() -> tuple[object, object]:
        header, rows = section(kubectl("describe", "deployment/worker", "-n", NAMESPACE), "Conditions")
        theirs = {tuple(row[header.index(title)] for title in ("Type", "Status", "Reason")) for row in rows}
        ours = table(await ask("describe deployment/worker", cluster), "CONDITION")
        assert ("Progressing", "Unknown", "DeploymentPaused") in theirs
        return columns(ours, "CONDITION", "STATUS", "REASON"), theirs

    await until_equal(look)
    _, at = await carried_out("rollout resume worker", cluster)
    assert (at.phase, kubectl(*paused)) == (Phase.DONE, "")
    await neither_would("rollout resume worker", AlreadySo, "not paused", world, cluster)


async def neither_would(line: str, error: type[BotError], words: str, world: Path, cluster: KubernetesCluster) -> None:
    """Ours plans nothing, and kubectl refuses in these words."""
    understood = parsed(line)
    assert not isinstance(understood.command, Query)
    with pytest.raises(error):
        await understood.command.plan(understood.args, context(cluster))
    verb = line.split()[-2]
    assert words in refused(world, "rollout", verb, "deployment/worker", "-n", NAMESPACE)
