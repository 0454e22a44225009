"""kubelab is a real Kubernetes: pods run under any image name, say why they do not, and can be replaced."""

import json
import secrets
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.kubelab import SCRIPT, import_images

pytestmark = pytest.mark.kubelab
Kubectl = Callable[..., str]
NETWORKS = Path("/run/netns")


@pytest.fixture
def namespace(kubectl: Kubectl) -> Iterator[str]:
    name = f"t-{secrets.token_hex(3)}"
    kubectl("create", "namespace", name)
    kubectl("wait", "--for=create", "serviceaccount/default", "-n", name, "--timeout=240s")  # pods need it
    yield name
    kubectl("delete", "namespace", name, "--wait=false")


def test_the_node_is_ready(kubectl: Kubectl) -> None:
    assert kubectl("wait", "--for=condition=Ready", "node/node-1", "--timeout=240s")


def test_a_deployment_runs_under_an_image_name_of_the_platform(kubectl: Kubectl, namespace: str) -> None:
    image = "registry.test.internal/instance-worker:1.8.2"
    import_images(image, "registry.test.internal/other:1")
    kubectl("create", "deployment", "worker", f"--image={image}", "--replicas=2", "-n", namespace)
    kubectl("rollout", "status", "deployment/worker", "-n", namespace, "--timeout=240s")
    kubectl("rollout", "restart", "deployment/worker", "-n", namespace)
    kubectl("rollout", "status", "deployment/worker", "-n", namespace, "--timeout=240s")


def test_a_pod_without_its_image_says_so(kubectl: Kubectl, namespace: str) -> None:
    kubectl("run", "lost", "--image=registry.invalid/none:1", "-n", namespace)
    message = "jsonpath={.status.containerStatuses[0].state.waiting.message}"
    kubectl("wait", f"--for={message}", "pod/lost", "-n", namespace, "--timeout=240s")
    status = json.loads(kubectl("get", "pod", "lost", "-n", namespace, "-o", "json"))["status"]
    assert "registry.invalid" in status["containerStatuses"][0]["state"]["waiting"]["message"]


@pytest.fixture
def network() -> Iterator[Callable[[str], str]]:
    """Make networks as those of pods, each with one address; `ip netns add` would hide those that are there."""

    def made(address: str) -> str:
        place = NETWORKS / f"cni-test-{secrets.token_hex(4)}"
        place.touch()
        subprocess.run(["unshare", f"--net={place}", "true"], check=True)
        made_ones.callback(
            lambda: subprocess.run(["ip", "netns", "delete", place.name], capture_output=True, check=False)
        )
        ip("-n", place.name, "addr", "add", f"{address}/24", "dev", "lo")
        return place.name

    NETWORKS.mkdir(exist_ok=True)
    with ExitStack() as made_ones:
        yield made


def ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True).stdout


def test_the_networks_of_its_pods_go_with_the_cluster_and_no_others(network: Callable[[str], str]) -> None:
    """Of a cluster that has other addresses than the one that runs."""
    ours, others = network("192.0.2.7"), network("198.51.100.7")
    part = SCRIPT.parent / "parts" / "node.sh"
    subprocess.run(["bash", "-euc", f"pods=192.0.2; . {part}; forget_networks"], check=True)
    assert [(NETWORKS / name).exists() for name in (ours, others)] == [False, True]
