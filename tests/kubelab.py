"""pytest plugin: a real one-node Kubernetes for the whole session, built and started when it is not there yet."""

import contextlib
import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "lab" / "kubelab" / "kubelab.sh"
FOLDER = Path(os.environ.get("KUBELAB", "/var/tmp/kubelab"))
STARTED_BY_TESTS = FOLDER / "started-by-tests"


@pytest.fixture(scope="session")
def kubelab(pytestconfig: pytest.Config) -> Iterator[Path]:
    """Give the administrator's kubeconfig. Of several sessions the last one stops a cluster that tests have started."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "users.lock").open("w") as users:
        with turn(), capture.global_and_fixture_disabled():
            ensure_running()
        fcntl.flock(users, fcntl.LOCK_SH)
        yield FOLDER / "admin.kubeconfig"
        with turn(), contextlib.suppress(BlockingIOError):
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            stop_if_ours()


@pytest.fixture(scope="session")
def kubectl(kubelab: Path) -> Callable[..., str]:
    """Give a function that runs kubectl as administrator and returns what it prints."""
    program = Path(os.environ.get("KUBELAB_BIN", FOLDER / "bin"), "kubectl")

    def run(*arguments: str, stdin: str | None = None) -> str:
        command = [str(program), f"--kubeconfig={kubelab}", *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def import_images(*names: str) -> None:
    """Make Pods with these image names run: each is a busybox that waits until it is asked to stop."""
    environment = os.environ | {"PYTHON": sys.executable}
    subprocess.run([SCRIPT, "platform-images", *names], env=environment, check=True)


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """Let one session at a time start or stop the cluster."""
    with (FOLDER / "turn.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure_running() -> None:
    """Build and start what is not there, with output, since a first build takes minutes."""
    if kubelab_sh("status", stdout=subprocess.DEVNULL) == 0:
        return
    for command in ("build", "start"):
        if kubelab_sh(command) != 0:
            pytest.fail(f"kubelab.sh {command} failed; its own words are above", pytrace=False)
    STARTED_BY_TESTS.touch()


def stop_if_ours() -> None:
    """Stop a cluster that some test session has started; leave one that a person has started."""
    if STARTED_BY_TESTS.exists():
        kubelab_sh("stop", stdout=subprocess.DEVNULL)
        STARTED_BY_TESTS.unlink()


def kubelab_sh(command: str, stdout: int | None = None) -> int:
    """Run one command of kubelab.sh and return its exit status."""
    environment = os.environ | {"PYTHON": sys.executable}
    return subprocess.run([SCRIPT, command], env=environment, stdout=stdout, check=False).returncode
