"""On a real cluster our tables say what those of `kubectl get` say, field by field, for every kind and odd state."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from bot.k8s.cluster import KubernetesCluster
from bot.model.reply import Code
from bot.spec import Live
from tests.commands.asking import parsed
from tests.commands.kubectl.beside import (
    NAMESPACE,
    Kubectl,
    ask,
    context,
    printed,
    shown_at,
    until_a_table_is_kubectls,
    until_equal,
)
from tests.fakes.screen import FakeScreen

pytestmark = pytest.mark.kubelab

KINDS = (
    *("pods", "deployments", "statefulsets", "daemonsets", "replicasets", "services", "jobs", "cronjobs", "nodes"),
    *("configmaps", "secrets", "pvc", "pv", "endpointslices", "serviceaccounts", "roles", "rolebindings"),
    "ingressroutes",
)
STATES = {
    "init-1-of-2": ("0/1", "Init:1/2"),
    "init-crashes": ("0/1", "Init:CrashLoopBackOff"),
    "init-failed": ("0/1", "Init:Error"),
    "completed": ("0/1", "Completed"),
    "evicted": ("0/1", "Evicted"),
    "cannot-be-pulled": ("0/1", "ImagePullBackOff"),
    "restarted": ("1/1", "Running"),
    "with-a-sidecar": ("2/2", "Running"),
    "half-completed": ("1/2", "NotReady"),
    "killed": ("0/1", "Signal:9"),
    "exited": ("0/1", "ExitCode:3"),
    "misconfigured": ("0/1", "CreateContainerConfigError"),
    "gated": ("0/1", "SchedulingGated"),
    "leaving": ("1/1", "Terminating"),
}
"""Pods of pods.yaml and awkward.yaml, so that nobody empties those files and compares nothing."""


def getting(kubectl: Kubectl, *arguments: str) -> Callable[[], str]:
    """Ask kubectl for that."""
    return lambda: kubectl("get", *arguments, "-n", NAMESPACE)


@pytest.mark.parametrize("wide", ["", "-o wide"], ids=["plain", "wide"])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_table_is_kubectls_field_by_field(
    kind: str, wide: str, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    await until_a_table_is_kubectls(f"get {kind} {wide}", cluster, getting(kubectl, kind, *wide.split()))


async def test_every_state_of_a_pod_is_among_those_compared(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    _, rows = printed(kubectl("get", "pods", "-n", NAMESPACE))
    told = {name: (ready, status) for name, ready, status, *_ in rows if name in STATES}
    assert told == STATES
    [restarts] = [row[3] for row in rows if row[0] == "restarted"]
    assert restarts.startswith("3 (")
    assert restarts.endswith(" ago)")


@pytest.mark.parametrize(
    "choice",
    [
        pytest.param("-l awkward=pod", id="by label"),
        pytest.param("-l app!=worker,awkward", id="by several labels"),
        pytest.param("--field-selector status.phase=Failed", id="by field"),
        pytest.param("--field-selector spec.nodeName=node-1,status.phase!=Failed", id="by several fields"),
        pytest.param("placed postgres-0", id="by name"),
    ],
)
async def test_the_pods_asked_for_are_kubectls(choice: str, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    await until_a_table_is_kubectls(f"get pods {choice}", cluster, getting(kubectl, "pods", *choice.split()))


@pytest.mark.parametrize("service", ["web", "by-address", "headless"])
async def test_the_endpoints_of_a_service_are_kubectls(
    service: str, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    """kubectl's own `get endpoints` reads what Kubernetes 1.33 deprecates; slices have the same, under other names."""
    behind = getting(kubectl, "endpointslices", "-l", f"kubernetes.io/service-name={service}")
    await until_a_table_is_kubectls(f"get endpoints {service}", cluster, behind)


async def test_every_namespace_is_named_as_kubectl_does(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    await until_a_table_is_kubectls("get statefulsets -A", cluster, lambda: kubectl("get", "statefulsets", "-A"))


@pytest.mark.parametrize(
    "path",
    [".metadata.name", ".metadata.creationTimestamp", ".status.containerStatuses[0].restartCount", "{.status.phase}"],
)
async def test_the_order_asked_for_is_kubectls(path: str, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    """Equal ones kubectl puts in any order, so what it sorted by is compared."""
    line = ("get", "pods", "-l", "awkward=pod", f"--sort-by={path}", "-o", "name")
    value = f"custom-columns=NAME:.metadata.name,VALUE:{path.strip('{}')}"

    async def look() -> tuple[object, object]:
        [code] = [part for part in (await ask(" ".join(line), cluster)).parts if isinstance(part, Code)]
        rows = kubectl("get", "pods", "-n", NAMESPACE, "-o", value).splitlines()
        sorted_by = {f"pod/{name}": told for name, told in (row.split(maxsplit=1) for row in rows)}
        ours, theirs = code.text.split(), kubectl(*line, "-n", NAMESPACE).split()
        assert set(ours) == set(theirs)
        return [sorted_by[name] for name in ours], [sorted_by[name] for name in theirs]

    await until_equal(look)


@pytest.fixture
def cordoned(kubectl: Kubectl, cluster: KubernetesCluster) -> Iterator[None]:
    """The only node takes no new pods, for as long as two tables take."""
    kubectl("cordon", "node-1")
    yield
    kubectl("uncordon", "node-1")


async def test_a_cordoned_node_is_kubectls(cordoned: None, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    await until_a_table_is_kubectls("get nodes", cluster, lambda: kubectl("get", "nodes"))
    assert "Ready,SchedulingDisabled" in kubectl("get", "nodes")


async def test_pods_in_trouble_are_those_that_kubectl_does_not_call_well(
    cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    """kubectl has no such choice; a person reads down its STATUS column."""
    _, ours = await shown_at("get pods --failed", cluster, context(cluster).now)
    failed = {row[0] for row in ours} & set(STATES)
    well = {"init-1-of-2", "completed", "with-a-sidecar", "restarted", "leaving", "gated"}
    assert failed == set(STATES) - well


async def test_a_table_that_is_watched_follows_kubectls(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    understood = parsed("get deployments --watch")
    assert isinstance(understood.command, Live)
    screen = FakeScreen()
    kubectl("scale", "deployment/late", "-n", NAMESPACE, "--replicas=1")
    following = asyncio.ensure_future(understood.command.follow(understood.args, context(cluster), screen))

    async def look() -> tuple[object, object]:
        _, theirs = printed(kubectl("get", "deployments", "-n", NAMESPACE))
        shown = [part for reply in screen.shown[-1:] for part in reply.parts]
        ours = {row[:4] for part in shown for row in getattr(part, "rows", ())}
        return ours, {row[:4] for row in theirs}

    await until_equal(look)
    kubectl("scale", "deployment/late", "-n", NAMESPACE, "--replicas=3")
    await until_equal(look)
    kubectl("scale", "deployment/late", "-n", NAMESPACE, "--replicas=1")
    await until_equal(look)
    following.cancel()
    await asyncio.wait([following])
    assert following.cancelled()
