"""A command run in a container, and what came of it."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class ExecQuery:
    """Which program, where, and how much it may say for how long."""

    namespace: str
    pod: str
    command: tuple[str, ...]
    """Program and arguments; no shell reads them."""
    container: str = ""
    """Empty: the pod's only one."""
    stdin: bytes = b""
    time: timedelta = timedelta(seconds=30)
    size_bytes: int = 1 << 20
    """Of each of both outputs; what goes beyond is read and dropped."""


@dataclass(frozen=True, kw_only=True)
class ExecResult:
    """What a program said; secrets are redacted."""

    stdout: str
    stderr: str
    exit_code: int | None
    """None: it did not end in time; it may still run."""
    is_cut: bool = False
    """Whether it said more than fits."""
