"""exec as the engine carries it out, on the practice cluster and on a real one: planned, run, told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.commands.change import exec as exec_command
from bot.engine.drift import drift
from bot.errors import NotFound, Rejected
from bot.k8s.exec import KubernetesExec
from bot.model.kube.pods import Pod
from bot.model.plan import Mark, Phase, Plan, Progress
from bot.model.refs import ObjectRef
from bot.model.resources import POD
from bot.ports import Backends
from tests.commands.asking import context, parsed
from tests.fakes.cluster import FakeCluster
from tests.k8s.conftest import Target
from tests.k8s.working import eventually

MARK = Mark("op-1", "audit-1", resource_version="", at=datetime(2026, 3, 1, 14, 3, tzinfo=UTC))


async def start(target: Target) -> None:
    """Create a pod that waits, and wait until it runs."""
    container = {"name": "app", "image": target.image, "imagePullPolicy": "Never"}
    spec = {"containers": [container], "terminationGracePeriodSeconds": 1}
    await target.cluster.create(POD, {"metadata": {"name": "tool"}, "spec": spec}, namespace=target.namespace)

    async def look() -> Sequence[Pod]:
        pods = await target.cluster.list(Pod, target.namespace)
        return [pod for pod in pods if any(status.ready for status in pod.status.container_statuses)]

    await eventually(look)


async def planned(target: Target, line: str) -> Plan:
    args = parsed(f"exec -n {target.namespace} {line}").args
    assert isinstance(args, exec_command.ExecArgs)
    on = Backends(cluster=target.cluster).reading
    return await exec_command.plan(args, replace(context(FakeCluster()), on=on))


async def ran(target: Target, line: str) -> Progress:
    plan = await planned(target, line)
    backends = Backends(cluster=target.cluster, exec=KubernetesExec(target.session))
    assert drift(plan.steps[0], await exec_command.observe(plan.steps[0], backends.reading)) == ""
    return await exec_command.apply(plan.steps[0], backends, MARK)


async def test_each_end_of_a_program_is_told(target: Target) -> None:
    await start(target)
    assert await ran(target, "tool -- echo 'two  words'") == Progress(Phase.DONE, "exit code 0", output="two  words\n")
    failed = await ran(target, "tool -- sh -c 'echo token=abcdef0123456789 >&2; exit 3'")
    assert (failed.reason, failed.output) == ("It ended with exit code 3", "token=‹redacted value›\n")
    late = await ran(target, "tool --timeout 1 -- sleep 30")
    assert late.reason == "It did not end within 1 s and may still run in app"


async def test_a_program_that_is_not_there_did_not_run(target: Target) -> None:
    await start(target)
    with pytest.raises(Rejected, match=r'"no-such-program": executable file not found in \$PATH\.$'):
        await ran(target, "tool -- no-such-program")


async def test_a_pod_that_was_created_anew_is_not_entered(target: Target) -> None:
    await start(target)
    plan = await planned(target, "tool -- hostname")
    await target.cluster.delete(ObjectRef("pod", "tool", target.namespace))

    async def gone() -> bool:
        try:
            await target.cluster.get(Pod, "tool", target.namespace)
        except NotFound:
            return True
        return False

    await eventually(gone)
    await start(target)
    now = await exec_command.observe(plan.steps[0], Backends(cluster=target.cluster).reading)
    assert "was deleted and created anew" in drift(plan.steps[0], now)
