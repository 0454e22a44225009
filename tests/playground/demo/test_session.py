"""`./run demo` as a process: it is up in a moment, says what is wrong in a sentence, and leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from playground.demo.bot_process import environment_with

ROOT = Path(__file__).parents[3]
PATIENCE_S = 240
"""A shared machine may be busy; what is right is right within two seconds."""


@contextmanager
def demo(*arguments: str, folder: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Start the demo with its temporary files in *folder*; give the process and its address."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "playground", "--no-open", *arguments],
        env=environment(folder),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, next(line.strip() for line in process.stdout if "://127.0.0.1" in line)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def environment(folder: Path) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return {**given, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for temporary files with a name short enough for unix sockets."""
    with tempfile.TemporaryDirectory(prefix="t-") as made:
        yield Path(made)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_no_process_and_no_file_is_left_however_it_ends(number: signal.Signals, folder: Path) -> None:
    with demo(folder=folder) as (process, _address):
        assert {"python", "postgres", "sh"} <= {name.split("/")[-1] for name in names(started_in(folder))}
        process.send_signal(number)
        process.wait(PATIENCE_S)
        assert process.returncode == (-number if number is signal.SIGKILL else 0)
        eventually(lambda: not started_in(folder) and not list(folder.iterdir()))


def test_the_page_shows_the_greeting_and_the_bot_is_connected(folder: Path) -> None:
    with demo(folder=folder) as (_process, address):
        page = urllib.request.urlopen(address).read().decode()
        assert "This is a practice Slack" in page
        assert json.load(urllib.request.urlopen(f"{address}_control/state"))["connections"]


def test_a_killed_bot_is_started_again_and_the_terminal_says_so(folder: Path) -> None:
    with demo(folder=folder) as (process, address):
        pid_file = next(folder.glob("saas-demo-*/bot.pid"))
        first = int(pid_file.read_text())
        os.kill(first, signal.SIGKILL)
        assert process.stdout is not None
        assert "The bot was ended by SIGKILL." in next(line for line in process.stdout if "bot was" in line)
        eventually(lambda: pid_file.exists() and pid_file.read_text().strip() not in ("", str(first)))
        eventually(lambda: json.load(urllib.request.urlopen(f"{address}_control/state"))["connections"])


def test_a_port_in_use_is_one_sentence(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("--port", port, folder=folder)
    assert done == (1, f"Port {port} is in use. Nothing was started; choose another with --port.\n")
    eventually(lambda: not list(folder.iterdir()))


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("--only", "slack"), ("SLACK_API_URL=", "SLACK_BOT_TOKEN=xoxb-", "SLACK_APP_TOKEN=xapp-")),
        (("--only", "cluster"), ("KUBECONFIG=",)),
    ],
    ids=["slack", "cluster"],
)
def test_one_stand_in_alone_says_what_a_client_needs(
    arguments: tuple[str, ...], names: tuple[str, ...], folder: Path
) -> None:
    with demo(*arguments, folder=folder) as (process, _address):
        assert process.stdout is not None
        told = "".join(iter(process.stdout.readline, "  Ctrl-C ends it.\n"))
        assert all(f"export {name}" in told for name in names)
        process.terminate()
        process.wait(PATIENCE_S)
        eventually(lambda: not list(folder.iterdir()))


def test_the_bots_own_environment_names_nothing_of_somebody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_BOT_TOKEN", "DATABASE_URL", "KUBE_CONTEXT", "POLICY_FILE", "STORAGE_NODES", "POD_NAMESPACE"):
        monkeypatch.setenv(name, "production")
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    given = environment_with({"SLACK_BOT_TOKEN": "xoxb-ours"})
    assert given["SLACK_BOT_TOKEN"] == "xoxb-ours"
    assert given["LOG_LEVEL"] == "DEBUG"
    assert "production" not in given.values()


def run(*arguments: str, folder: Path) -> tuple[int, str]:
    """Run the demo to its end; give its status and what it says on stderr."""
    command = [sys.executable, "-P", "-m", "playground", "--no-open", *arguments]
    done = subprocess.run(
        command, env=environment(folder), capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    return done.returncode, done.stderr


def started_in(folder: Path) -> list[int]:
    """Processes whose command line or environment names *folder*."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            seen = (place / "environ").read_bytes() + (place / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in seen:
            found.append(int(place.name))
    return found


def names(pids: list[int]) -> set[str]:
    found = set()
    for pid in pids:
        with_path = Path(f"/proc/{pid}/cmdline")
        if with_path.exists():
            found.add(with_path.read_bytes().split(b"\0")[0].decode())
    return found


def eventually(holds: Callable[[], object]) -> None:
    """Wait until *holds* is true."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)
