"""kubectl and the bot beside each other on a real cluster: one world that all files here look at."""

import fcntl
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.k8s.cluster import KubernetesCluster
from bot.k8s.session import Session, connect
from tests.commands.kubectl.beside import NAMESPACE, PATIENCE_S, Kubectl
from tests.kubelab import import_images

HERE = Path(__file__).parent
CRDS, WORLD, AWKWARD, HELD = ((HERE / f"{name}.yaml").read_text() for name in ("crds", "world", "awkward", "held"))
PODS, DECLARES, TALKING = ((HERE / f"{name}.yaml").read_text() for name in ("pods", "declares", "talking"))
EVERYTHING = "\n---\n".join((WORLD, AWKWARD, DECLARES, TALKING, HELD))

HAS_RUN = "2024-02-29T03:15:00Z"
"""When the suspended CronJob ran last."""

AT = "/spec/template/spec/containers/0"
IMAGE_THAT_IS_NOWHERE = f"""[
    {{"op": "replace", "path": "{AT}/image", "value": "registry.test/nowhere:1"}},
    {{"op": "replace", "path": "{AT}/imagePullPolicy", "value": "Never"}}
]"""

WAITED_FOR = (
    ("condition=Ready", "pod/placed", "pod/leaving", "pod/says-1", "pod/says-2", "pod/says-alone", "pod/kept"),
    ("condition=Complete", "job/works"),
    ("condition=Failed", "job/fails"),
    ("condition=Available", "deployment/surging"),
    ("jsonpath={.status.containerStatuses[0].restartCount}=1", "pod/talks"),
    ("condition=Ready", "pod/talks"),
    ("jsonpath={.status.ready}=2", "job/parallel"),
    ("jsonpath={.status.currentHealthy}=1", "pdb/keeps"),
)


@pytest.fixture(scope="package")
def alone(kubelab: Path) -> Iterator[None]:
    """One session at a time has the namespace: another one waits."""
    with (kubelab.parent / f"{NAMESPACE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="package")
def world(kubelab: Path, kubectl: Kubectl, alone: None) -> Iterator[Path]:
    """The objects of the files beside this one, as far as they ever get; gone when the last test here is done."""
    import_images("registry.test/busybox:1")
    try:
        kubectl("apply", "-f", "-", stdin=CRDS)
        kubectl("wait", "--for=condition=Established", "-f", "-", f"--timeout={PATIENCE_S}s", stdin=CRDS)
        kubectl("apply", "-f", "-", stdin=EVERYTHING)
        _write_states(kubectl)
        _settle(kubectl)
        yield kubelab
    finally:
        _remove(kubectl)


def _remove(kubectl: Kubectl) -> None:
    """All of it, however far it got."""
    there = ("get", "-n", NAMESPACE, "--ignore-not-found", "-o", "name")
    if kubectl(*there, "pvc/leaving"):
        kubectl("patch", "-f", "-", "--type=merge", "-p", '{"metadata": {"finalizers": null}}', stdin=HELD)
    if kubectl(*there, "pod/leaving"):
        kubectl("exec", "leaving", "-n", NAMESPACE, "--", "touch", "/tmp/may-go")
    kubectl("delete", "--ignore-not-found", "-f", "-", stdin=f"{EVERYTHING}\n---\n{CRDS}")


def _write_states(kubectl: Kubectl) -> None:
    """What else takes a kubelet, a crash or a night."""
    pods = PODS.replace("FIVE_MINUTES_AGO", f'"{datetime.now(UTC) - timedelta(minutes=5, seconds=30):%FT%TZ}"')
    kubectl("apply", "-f", "-", stdin=pods)
    kubectl("apply", "--server-side", "--force-conflicts", "--subresource=status", "-f", "-", stdin=pods)
    ran = f'{{"status": {{"lastScheduleTime": "{HAS_RUN}", "lastSuccessfulTime": "{HAS_RUN}"}}}}'
    kubectl("patch", "cronjob", "zoned", "-n", NAMESPACE, "--subresource=status", "--type=merge", "-p", ran)
    kubectl("delete", "-f", "-", "--wait=false", stdin=HELD)


def _settle(kubectl: Kubectl) -> None:
    for rolled_out in ("deployment/worker", "statefulset/postgres", "statefulset/halfway", "daemonset/agent"):
        kubectl("rollout", "status", "-n", NAMESPACE, rolled_out, f"--timeout={PATIENCE_S}s")
    for condition, *targets in WAITED_FOR:
        kubectl("wait", f"--for={condition}", "-n", NAMESPACE, *targets, f"--timeout={PATIENCE_S}s")
    kubectl("delete", "pod", "leaving", "-n", NAMESPACE, "--wait=false")
    kubectl("patch", "deployment", "surging", "-n", NAMESPACE, "--type=json", "-p", IMAGE_THAT_IS_NOWHERE)


@pytest.fixture
async def session(world: Path) -> AsyncIterator[Session]:
    session = await connect(str(world))
    yield session
    await session.close()


@pytest.fixture
def cluster(session: Session) -> KubernetesCluster:
    return KubernetesCluster(session)
