"""On a real cluster our tables say what kubectl's say, field by field, and our changes do what they promise."""

import asyncio
import re
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.k8s.cluster import KubernetesCluster
from bot.k8s.logs import KubernetesLogs
from bot.k8s.session import Session, connect
from bot.model.plan import Effect, Mark, Phase, Plan, Progress
from bot.model.reply import Reply, Table
from bot.ports import Backends, Logs, ReadOnly
from bot.spec import Context, Query
from tests.commands.asking import MAYA, NobodyAsked, change, parsed
from tests.fakes.history import FakeOperations
from tests.kubelab import import_images

pytestmark = pytest.mark.kubelab

NAMESPACE = "agrees"
PATIENCE_S = 90
"""A pod on a busy two-core machine takes a few seconds to start; far more is a fault."""

WORLD = (Path(__file__).parent / "agreeing_world.yaml").read_text()

Kubectl = Callable[..., str]


@pytest.fixture(scope="module")
def world(kubelab: Path, kubectl: Kubectl) -> Iterator[Path]:
    """The objects above, running; gone when this file is done."""
    import_images("registry.test/busybox:1")
    kubectl("apply", "-f", "-", stdin=WORLD)
    kubectl("rollout", "status", "-n", NAMESPACE, "deployment/worker", f"--timeout={PATIENCE_S}s")
    yield kubelab
    kubectl("delete", "-f", "-", "--wait=false", stdin=WORLD)


@pytest.fixture
async def session(world: Path) -> AsyncIterator[Session]:
    session = await connect(str(world))
    yield session
    await session.close()


@pytest.fixture
def cluster(session: Session) -> KubernetesCluster:
    return KubernetesCluster(session)


def context(cluster: KubernetesCluster) -> Context:
    """Asked in a channel of that namespace, now."""
    on = ReadOnly(cluster=cluster)
    return Context(
        actor=MAYA,
        now=datetime.now(UTC),
        namespace=NAMESPACE,
        on=on,
        permissions=NobodyAsked(),
        operations=FakeOperations(),
    )


async def ask(line: str, cluster: KubernetesCluster) -> Reply:
    """The answer of a query."""
    understood = parsed(line)
    assert isinstance(understood.command, Query)
    return await understood.command.run(understood.args, context(cluster))


def printed(text: str) -> tuple[tuple[str, ...], set[tuple[str, ...]]]:
    """kubectl's table: titles, and rows cut where the titles begin."""
    header, *lines = text.rstrip("\n").split("\n")
    starts = [found.start() for found in re.finditer(r"(?<!\S)\S+(?: \S+)*", header)]
    cells = [[line[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)] for line in (header, *lines)]
    return tuple(cells[0]), {tuple(row) for row in cells[1:]}


KINDS = (
    *("pods", "deployments", "statefulsets", "daemonsets", "replicasets", "services", "jobs", "cronjobs", "nodes"),
    *("configmaps", "secrets", "pvc", "pv", "endpointslices", "serviceaccounts", "roles", "rolebindings"),
)


@pytest.mark.parametrize("wide", ["", "-o wide"], ids=["plain", "wide"])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_table_is_kubectls_field_by_field(
    kind: str, wide: str, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    """Ages and restarts go on while two look, so they look until both saw the same second."""
    differences: list[object] = []
    for _ in range(5):
        theirs = printed(kubectl("get", kind, "-n", NAMESPACE, *wide.split()))
        [table] = (await ask(f"get {kind} {wide}", cluster)).parts
        assert isinstance(table, Table)
        ours = (table.columns, set(table.rows))
        if kind == "secrets" and wide:  # our one column more: the keys
            ours = (table.columns[:-1], {row[:-1] for row in table.rows})
        if ours == theirs:
            return
        differences.append((ours[0], theirs[0], ours[1] ^ theirs[1]))
    pytest.fail(f"{differences[-1]}")


async def carried_out(line: str, cluster: KubernetesCluster) -> tuple[Plan, Progress]:
    """Plan, apply and follow a change to its end, as the engine does."""
    understood = parsed(line)
    command = understood.command
    assert not isinstance(command, Query)
    plan = await command.plan(understood.args, context(cluster))
    [step] = plan.steps
    on = Backends(cluster=cluster)
    observed = await command.observe(step, on.reading)
    assert observed.fields == step.observed
    mark = Mark(str(uuid.uuid4()), str(uuid.uuid4()), observed.resource_version, datetime.now(UTC))
    assert await command.effect(step, on.reading, mark) is Effect.ABSENT
    await command.apply(step, on, mark)
    assert await command.effect(step, on.reading, mark) is Effect.PRESENT
    return plan, await followed(plan, cluster)


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
    assert not before & set(kubectl(*names).split())


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
    patch = f'[{{"op": "replace", "path": "{path}", "value": ["sh", "-c", "{CRASH}"]}}]'
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
