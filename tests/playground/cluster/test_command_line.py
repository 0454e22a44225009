"""The cluster as a process of its own, and an unmodified kubectl against it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import requirements

Kubectl = Callable[..., str]
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def process() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "playground.cluster", "--speed", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as started:
        yield started
        started.terminate()


@pytest.fixture(scope="module")
def kubeconfig(process: subprocess.Popen[str]) -> Path:
    assert process.stdout is not None
    told = process.stdout.readline()
    export = process.stdout.readline()
    path = Path(export.removeprefix("export KUBECONFIG=").strip())
    assert str(path) in told
    return path


@pytest.fixture(scope="module")
def kubectl(kubeconfig: Path) -> Kubectl:
    program = requirements.kubectl()
    assert program is not None, "the marker has seen to it"

    def run(*arguments: str, stdin: str | None = None) -> str:
        done = subprocess.run(
            [program, *arguments], input=stdin, capture_output=True, text=True, timeout=300,
            env={**os.environ, "KUBECONFIG": str(kubeconfig)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_the_kubeconfig_is_for_its_owner_only(kubeconfig: Path) -> None:
    assert kubeconfig.stat().st_mode & 0o077 == 0


def test_it_ends_on_sigterm_and_leaves_no_file() -> None:
    command = [sys.executable, "-m", "playground.cluster"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as started:
        assert started.stdout is not None
        started.stdout.readline()
        path = Path(started.stdout.readline().removeprefix("export KUBECONFIG=").strip())
        assert path.exists()
        started.send_signal(signal.SIGTERM)
        _, errors = started.communicate(timeout=240)
    assert (started.returncode, errors) == (0, "")
    assert not path.parent.exists()


@pytest.mark.kubectl
@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("get nodes", "node-3"),
        ("get pods -o wide", "instance-worker-"),
        ("get deploy instance-worker", "4/4"),
        ("get all", "statefulset.apps/postgres-pool-1"),
        ("get ingressroutes", "odoo-acme"),
        ("get pods -l app=odoo --sort-by=.metadata.name -o name", "pod/odoo-acme-"),
        ("describe deploy instance-worker", "StrategyType:       Recreate"),
        ("describe pod -l app=instance-service", "kube-api-access-"),
        ("describe node node-1", "Allocated resources"),
        ("describe pvc data-postgres-0", "postgres-0"),
        ("rollout history deploy/instance-worker", "Reconnect the watch after 410"),
        ("rollout status deploy/instance-worker", "successfully rolled out"),
        ("logs deploy/instance-worker --tail=1", "\n"),
        ("exec deploy/instance-worker -- echo hello", "hello"),
        ("top pods", "user-service"),
        ("top nodes", "node-1"),
        ("auth can-i patch deployments --as practice:maya --as-group practice:sre", "yes"),
        ("auth can-i --list --as practice:vera --as-group practice:viewers", "*.apps"),
        ("api-resources", "IngressRoute"),
        ("auth whoami", "practice:admin"),
    ],
)
def test_kubectl_reads(kubectl: Kubectl, command: str, says: str) -> None:
    assert says in kubectl(*command.split())


@pytest.mark.kubectl
def test_kubectl_changes_a_deployment_and_takes_it_back(kubectl: Kubectl) -> None:
    kubectl("scale", "deploy/billing-service", "--replicas=3")
    kubectl("rollout", "restart", "deploy/billing-service")
    assert "successfully rolled out" in kubectl("rollout", "status", "deploy/billing-service", "--timeout=240s")
    kubectl("rollout", "undo", "deploy/billing-service")
    kubectl("rollout", "status", "deploy/billing-service", "--timeout=240s")
    assert kubectl("get", "deploy", "billing-service", "-o", "jsonpath={.status.readyReplicas}") == "3"


@pytest.mark.kubectl
def test_kubectl_empties_and_refills_a_node(kubectl: Kubectl) -> None:
    drained = kubectl("drain", "node-3", "--ignore-daemonsets", "--pod-selector=app=instance-worker", "--timeout=240s")
    assert "node/node-3 drained" in drained
    assert "SchedulingDisabled" in kubectl("get", "node", "node-3")
    kubectl("uncordon", "node-3")


@pytest.mark.kubectl
def test_kubectl_creates_what_it_sends_as_protobuf(kubectl: Kubectl) -> None:
    kubectl("create", "job", "by-hand", "--from=cronjob/backups")
    kubectl("wait", "--for=condition=complete", "job/by-hand", "--timeout=240s")
    assert "archives" in kubectl("logs", "job/by-hand")


MANIFEST = """
apiVersion: v1
kind: ConfigMap
metadata: {name: applied, namespace: default}
data: {key: VALUE}
"""


@pytest.mark.kubectl
def test_kubectl_applies_and_diffs(kubectl: Kubectl) -> None:
    assert "created" in kubectl("apply", "-f", "-", stdin=MANIFEST)
    assert "unchanged" in kubectl("apply", "-f", "-", stdin=MANIFEST)
    assert kubectl("diff", "-f", "-", stdin=MANIFEST) == ""
    assert "configured" in kubectl("apply", "-f", "-", stdin=MANIFEST.replace("VALUE", "other"))
    applied = kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=MANIFEST)
    assert "serverside-applied" in applied
