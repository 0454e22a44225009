"""How root runs a program that refuses to run as root, without changing anything on the host."""

import functools
import os
import subprocess
from pathlib import Path

NOBODY = "65534"  # the overflow user and group of Linux
IN_USER_NAMESPACE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


@functools.cache
def prefix() -> tuple[str, ...]:
    """Return what to put before the command.

    In a user namespace the program sees another uid while its files stay root's, so that it works below a closed
    /root; where the host refuses such namespaces it becomes `nobody`, and needs `reachable` binaries and an own folder.
    """
    if os.geteuid() != 0:
        return ()
    return IN_USER_NAMESPACE if succeeds(*IN_USER_NAMESPACE, "true") else AS_NOBODY


def changes_user() -> bool:
    """Say whether files must be handed over to `nobody` first."""
    return prefix() == AS_NOBODY


def reachable(program: Path) -> bool:
    """Say whether the program's user can get at *program*."""
    return succeeds(*prefix(), "test", "-x", str(program))


def succeeds(*command: str) -> bool:
    """Run *command* silently and say whether it exists and ends with 0."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
