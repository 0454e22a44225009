"""kubelab is a real Kubernetes: pods run under any image name, say why they do not, and can be replaced."""

import json
import secrets
from collections.abc import Callable, Iterator

import pytest

from tests.kubelab import import_images

pytestmark = pytest.mark.kubelab
Kubectl = Callable[..., str]


@pytest.fixture
def namespace(kubectl: Kubectl) -> Iterator[str]:
    name = f"t-{secrets.token_hex(3)}"
    kubectl("create", "namespace", name)
    yield name
    kubectl("delete", "namespace", name, "--wait=false")


def test_the_node_is_ready(kubectl: Kubectl) -> None:
    assert kubectl("wait", "--for=condition=Ready", "node/node-1", "--timeout=60s")


def test_a_deployment_runs_under_an_image_name_of_the_platform(kubectl: Kubectl, namespace: str) -> None:
    image = "registry.test.internal/instance-worker:1.8.2"
    import_images(image, "registry.test.internal/other:1")
    kubectl("create", "deployment", "worker", f"--image={image}", "--replicas=2", "-n", namespace)
    kubectl("rollout", "status", "deployment/worker", "-n", namespace, "--timeout=60s")
    kubectl("rollout", "restart", "deployment/worker", "-n", namespace)
    kubectl("rollout", "status", "deployment/worker", "-n", namespace, "--timeout=60s")


def test_a_pod_without_its_image_says_so(kubectl: Kubectl, namespace: str) -> None:
    kubectl("run", "lost", "--image=registry.invalid/none:1", "-n", namespace)
    message = "jsonpath={.status.containerStatuses[0].state.waiting.message}"
    kubectl("wait", f"--for={message}", "pod/lost", "-n", namespace, "--timeout=30s")
    status = json.loads(kubectl("get", "pod", "lost", "-n", namespace, "-o", "json"))["status"]
    assert "registry.invalid" in status["containerStatuses"][0]["state"]["waiting"]["message"]
