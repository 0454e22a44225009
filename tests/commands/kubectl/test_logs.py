"""On a real cluster `logs` has kubectl's lines: of one pod and of several, as they are and as they come."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from bot.k8s.cluster import KubernetesCluster
from bot.k8s.logs import KubernetesLogs
from bot.k8s.session import Session
from bot.model.reply import Code, Reply
from bot.spec import Live, Query
from tests.commands.asking import parsed
from tests.commands.kubectl.beside import NAMESPACE, PATIENCE_S, Kubectl, context, until_equal
from tests.fakes.screen import FakeScreen
from tests.requirements import kubelab_bin

pytestmark = pytest.mark.kubelab

Look = Callable[[], Awaitable[tuple[object, object]]]

PREFIXED = re.compile(r"\[pod/(?P<pod>[^/]+)/[^]]+\] (?:(?P<at>\S+Z) )?(?P<text>.*)")
"""kubectl's `--prefix`: `[pod/says-1/app] …`, with `--timestamps` the time before the text."""


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param("talks", ("talks",), id="all of it"),
        pytest.param("talks --tail 2", ("talks", "--tail=2"), id="the last lines"),
        pytest.param("talks --previous -c app", ("talks", "--previous", "-c", "app"), id="of the run before"),
        pytest.param("talks --previous --tail 1", ("talks", "--previous", "--tail=1"), id="the last before"),
        pytest.param("talks --since 1h", ("talks", "--since=1h"), id="since"),
        pytest.param("talks --since 1s", ("talks", "--since=1s"), id="nothing as new as that"),
        pytest.param("says-1 -c second", ("says-1", "-c", "second"), id="of a container"),
    ],
)
async def test_the_log_is_kubectls(
    ours: str, theirs: tuple[str, ...], session: Session, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    async def look() -> tuple[object, object]:
        told = kubectl("logs", "-n", NAMESPACE, *theirs).splitlines()
        return await read(f"logs {ours}", session, cluster), told

    await until_equal(look)


async def read(line: str, session: Session, cluster: KubernetesCluster) -> list[str]:
    """Our lines."""
    understood = parsed(line)
    assert isinstance(understood.command, Query)
    reply = await understood.command.run(understood.args, context(cluster, logs=KubernetesLogs(session)))
    return [line for part in reply.parts if isinstance(part, Code) for line in part.text.splitlines()]


@pytest.mark.parametrize("container", ["app", "second"])
async def test_the_logs_of_several_pods_are_kubectls_in_the_order_of_time(
    container: str, session: Session, cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    """kubectl has one pod after the other; by its `--timestamps` they stand in the order in which they were written."""
    for number, pod in enumerate(("says-1", "says-2", "says-1")):
        say(kubectl, pod, f"word {number}")

    async def look() -> tuple[object, object]:
        asked = ("-l", "app=says", "-c", container, "--prefix", "--timestamps", "--tail=-1")
        lines = [PREFIXED.fullmatch(line) for line in kubectl("logs", "-n", NAMESPACE, *asked).splitlines()]
        theirs = sorted((one["at"].ljust(35, "0"), f"{one['pod']} | {one['text']}") for one in lines if one)
        assert len({pod.partition(" ")[0] for _, pod in theirs}) == 2
        ours = await read(f"logs -l app=says -c {container}", session, cluster)
        return ours, [text for _, text in theirs]

    await until_equal(look)


def say(kubectl: Kubectl, pod: str, line: str) -> None:
    """Have *pod* write it."""
    kubectl("exec", pod, "-n", NAMESPACE, "-c", "app", "--", "sh", "-c", f"echo {line} >> /tmp/said")


@contextmanager
def kubectl_follows(world: Path, into: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`kubectl logs -f`, which writes into that file."""
    command = [str(kubelab_bin() / "kubectl"), f"--kubeconfig={world}", "logs", "-f", "-n", NAMESPACE, *arguments]
    with into.open("wb") as file, subprocess.Popen(command, stdout=file) as following:
        try:
            yield following
        finally:
            following.kill()


@asynccontextmanager
async def followed(
    line: str, session: Session, cluster: KubernetesCluster
) -> AsyncIterator[tuple[list[str], asyncio.Future[Reply]]]:
    """Our lines as they come, and how it ends."""
    understood, screen = parsed(f"{line} --follow"), FakeScreen()
    assert isinstance(understood.command, Live)
    asked = context(cluster, logs=KubernetesLogs(session))
    following = asyncio.ensure_future(understood.command.follow(understood.args, asked, screen))
    try:
        yield screen.told, following
    finally:
        following.cancel()
        await asyncio.wait([following])


async def test_a_log_that_is_followed_is_kubectls_to_its_end(
    world: Path, session: Session, cluster: KubernetesCluster, kubectl: Kubectl, tmp_path: Path
) -> None:
    path = tmp_path / "theirs"
    with kubectl_follows(world, path, "says-alone") as theirs:
        async with followed("logs says-alone", session, cluster) as (told, ours):
            for word in ("first", "second", "third"):
                say(kubectl, "says-alone", word)
                await until_equal(heard(word, told, lambda: path.read_text().splitlines()))
            assert told == path.read_text().splitlines() == ["first", "second", "third"]
            kubectl("exec", "says-alone", "-n", NAMESPACE, "--", "touch", "/tmp/over")
            async with asyncio.timeout(PATIENCE_S):
                reply = await ours
            assert await asyncio.to_thread(theirs.wait, PATIENCE_S) == 0
    assert reply.headline.startswith("The log of pod/says-alone has ended")
    assert [line for line in told if not line.startswith("── ")] == path.read_text().splitlines()


async def test_several_logs_that_are_followed_are_kubectls(
    world: Path, session: Session, cluster: KubernetesCluster, kubectl: Kubectl, tmp_path: Path
) -> None:
    path = tmp_path / "theirs"

    def theirs() -> list[str]:
        lines = [PREFIXED.fullmatch(line) for line in path.read_text().splitlines()]
        return [f"{one['pod']} | {one['text']}" for one in lines if one]

    asked = ("-l", "app=says", "-c", "app", "--prefix", "--tail=-1")
    with kubectl_follows(world, path, *asked):
        async with followed("logs -l app=says -c app", session, cluster) as (told, _):
            for pod, word in (("says-1", "north"), ("says-2", "east"), ("says-1", "south")):
                say(kubectl, pod, word)
                await until_equal(heard(f"{pod} | {word}", told, theirs))
            for pod in ("says-1", "says-2"):
                assert of_pod(pod, told) == of_pod(pod, theirs())


def heard(
    line: str, told: list[str], theirs: Callable[[], list[str]]
) -> Callable[[], Awaitable[tuple[object, object]]]:
    """Both have it."""

    async def look() -> tuple[object, object]:
        return (line in told, line in theirs()), (True, True)

    return look


def of_pod(pod: str, lines: list[str]) -> list[str]:
    """Those of one, in their order: that of several is nobody's promise."""
    return [line for line in lines if line.startswith(f"{pod} |")]
