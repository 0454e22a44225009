"""On a real cluster `exec` gives what `kubectl exec` gives: both outputs and the exit code."""

import subprocess
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.commands.change import exec as exec_command
from bot.errors import Rejected
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.exec import KubernetesExec
from bot.k8s.session import Session
from bot.model.plan import Mark, Progress
from bot.ports import Backends
from tests.commands.asking import parsed
from tests.commands.kubectl.beside import NAMESPACE, context
from tests.requirements import kubelab_bin

pytestmark = pytest.mark.kubelab


async def ran(words: str, session: Session, cluster: KubernetesCluster) -> Progress:
    """Ours, as the engine runs it once it is approved."""
    args = parsed(f"exec placed -- {words}").args
    assert isinstance(args, exec_command.ExecArgs)
    plan = await exec_command.plan(args, context(cluster))
    mark = Mark(str(uuid.uuid4()), str(uuid.uuid4()), resource_version="", at=datetime.now(UTC))
    return await exec_command.apply(plan.steps[0], Backends(cluster=cluster, exec=KubernetesExec(session)), mark)


def theirs(world: Path, words: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """kubectl's."""
    command = [str(kubelab_bin() / "kubectl"), f"--kubeconfig={world}", "exec", "placed", "-n", NAMESPACE, "--", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("echo 'two  words'", ("echo", "two  words"), id="words stay what they are"),
        pytest.param("ls /", ("ls", "/"), id="many lines"),
        pytest.param("sh -c 'echo $0 \"a  b\"; exit 0'", ("sh", "-c", 'echo $0 "a  b"; exit 0'), id="a script"),
        pytest.param("sh -c 'echo gone >&2; exit 3'", ("sh", "-c", "echo gone >&2; exit 3"), id="an error"),
        pytest.param("sh -c 'echo in; echo out >&2'", ("sh", "-c", "echo in; echo out >&2"), id="both outputs"),
        pytest.param("cat /no/such", ("cat", "/no/such"), id="a program that fails"),
        pytest.param("sh -c 'kill -9 $$'", ("sh", "-c", "kill -9 $$"), id="killed"),
        pytest.param("sh -c 'printf \"no line end\"'", ("sh", "-c", 'printf "no line end"'), id="no line end"),
        pytest.param("true", ("true",), id="nothing to say"),
        pytest.param("echo 'déjà → vu'", ("echo", "déjà → vu"), id="beyond ASCII"),
    ],
)
async def test_what_a_program_says_and_how_it_ends_is_kubectls(
    line: str, words: tuple[str, ...], world: Path, session: Session, cluster: KubernetesCluster
) -> None:
    told, ours = theirs(world, words), await ran(line, session, cluster)
    said = told.stderr.removesuffix(f"command terminated with exit code {told.returncode}\n")
    both = f"{told.stdout.rstrip()}\n--- stderr\n{said}" if told.stdout and said else told.stdout or said
    ended = "exit code 0" if not told.returncode else f"It ended with exit code {told.returncode}"
    assert (ours.output, ours.line) == (both, ended)


async def test_a_program_that_is_not_there_is_refused_in_the_same_words(
    world: Path, session: Session, cluster: KubernetesCluster
) -> None:
    why = '"no-such-program": executable file not found in $PATH'
    assert why in theirs(world, ("no-such-program",)).stderr
    with pytest.raises(Rejected) as refused_:
        await ran("no-such-program", session, cluster)
    assert why in str(refused_.value)
