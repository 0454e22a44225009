"""pytest plugin: tests with a marker need something that not every machine has.

Without `--all` and without `-m` they are left out, and the summary says so. With either they run; where something is
missing they are skipped, and with `--all` or CI=true they fail instead.
"""

import importlib.util
import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

APT = "apt-get install -y --no-install-recommends"


@dataclass(frozen=True)
class Requirement:
    """What one marker stands for: what its tests run on, what is missing here, and what to install for it."""

    runs_on: str
    missing: Callable[[], list[str]]
    install: str


def programs(*names: str) -> list[str]:
    """List those of *names* that cannot be found (also where only root's PATH looks)."""
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
    return [name for name in names if shutil.which(name, path=path) is None]


def root() -> list[str]:
    """Name root when we are not root."""
    return [] if os.geteuid() == 0 else ["root"]


def modules(*names: str) -> list[str]:
    """List those of *names* that cannot be imported."""
    return [name for name in names if importlib.util.find_spec(name) is None]


def files(*names: str) -> list[str]:
    """List those of *names* that do not exist."""
    return [name for name in names if not Path(name).exists()]


def kubelab_bin() -> Path:
    """Where kubelab's own programs are, once it is built."""
    return Path(os.environ.get("KUBELAB_BIN", Path(os.environ.get("KUBELAB", "/var/tmp/kubelab"), "bin")))


def kubectl() -> str | None:
    """The kubectl on PATH, else the one that kubelab is built with."""
    return shutil.which("kubectl") or shutil.which("kubectl", path=str(kubelab_bin()))


def kubelab() -> list[str]:
    """Say what a real one-node Kubernetes lacks here. Go is needed only until it is built."""
    is_built = (kubelab_bin() / "kubebin").exists()
    needed = ["containerd", "ctr", "runc", "busybox", "ip", "iptables", "openssl", *(() if is_built else ("go",))]
    return [*root(), *programs(*needed), *files("/usr/lib/cni/bridge")]


def ceph() -> list[str]:
    """Say what a real CephFS with sshd lacks here."""
    return [
        *root(),
        *programs("ceph-mon", "ceph-mgr", "ceph-osd", "ceph-mds", "ceph-fuse", "sshd"),
        *files("/dev/fuse"),
    ]


REQUIREMENTS = {
    "kubelab": Requirement(
        runs_on="a real Kubernetes",
        missing=kubelab,
        install=f"as root: {APT} containerd runc containernetworking-plugins busybox-static iproute2 iptables openssl;"
        " Go 1.24 or newer builds it",
    ),
    "kubectl": Requirement(
        runs_on="an unmodified kubectl",
        missing=lambda: [] if kubectl() else ["kubectl"],
        install="put kubectl 1.30 or newer on PATH, or lab/kubelab/kubelab.sh build",
    ),
    "ceph": Requirement(
        runs_on="a real CephFS with sshd",
        missing=ceph,
        install=f"as root: {APT} ceph-mon ceph-mgr ceph-osd ceph-mds ceph-fuse ceph-common attr openssh-server",
    ),
    "browser": Requirement(
        runs_on="Chromium",
        missing=lambda: [*programs("chromium"), *modules("playwright")],
        install=f"{APT} chromium fonts-noto-color-emoji",
    ),
    "chart": Requirement(
        runs_on="Helm's own library",
        missing=lambda: modules("helm_python"),
        install="./run test --all installs it",
    ),
    "long": Requirement(runs_on="a minute of patience", missing=list, install=""),
}

left_out = pytest.StashKey[Counter[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="also run the tests on real servers and in the browser")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[left_out] = Counter()


def strict(config: pytest.Config) -> bool:
    """Say whether a missing requirement is a failure."""
    return bool(config.getoption("--all")) or os.environ.get("CI") == "true"


def required(item: pytest.Item) -> list[str]:
    """List the requirements of *item* by name."""
    return [name for name in REQUIREMENTS if item.get_closest_marker(name)]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs more than Python, unless `--all` or `-m` asks for it."""
    if config.getoption("--all") or config.getoption("-m"):
        return
    config.stash[left_out].update(name for item in items for name in required(item)[:1])
    config.hook.pytest_deselected(items=[item for item in items if required(item)])
    items[:] = [item for item in items if not required(item)]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail or skip a test before its fixtures start, when something that it needs is missing."""
    for name in required(item):
        if missing := REQUIREMENTS[name].missing():
            reason = f"needs {REQUIREMENTS[name].runs_on}: {', '.join(missing)} missing. {REQUIREMENTS[name].install}"
            if strict(item.config):
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say in one block what was not run, and what it would take."""
    lines = [*left_out_lines(config.stash[left_out]), *skipped_lines(terminalreporter)]
    if lines:
        terminalreporter.section("not run")
        for line in lines:
            terminalreporter.write_line(line)


def left_out_lines(counts: Counter[str]) -> list[str]:
    """Describe the tests that were left out, by requirement."""
    lines = []
    for name, count in sorted(counts.items()):
        requirement = REQUIREMENTS[name]
        missing = requirement.missing()
        lacks = (
            f"missing here: {', '.join(missing)} ({requirement.install})" if missing else "all that it needs is here"
        )
        lines.append(f"{count} on {requirement.runs_on} [{name}]: {lacks}")
    return [*lines, "Run them with: ./run test --all"] if lines else []


def skipped_lines(terminalreporter: pytest.TerminalReporter) -> list[str]:
    """Describe the tests that skipped themselves, by reason."""
    reports = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2] for report in reports if isinstance(report.longrepr, tuple))
    return [f"{count} skipped: {reason.removeprefix('Skipped: ')}" for reason, count in sorted(reasons.items())]
