"""A command run in a container, and what came of it."""

import re
import shlex
from dataclasses import dataclass
from datetime import timedelta

_AS_IT_IS = re.compile(r"(?:[!-_a-~]| (?! ))*")
"""ASCII that every renderer leaves alone: no backtick, which ends code font, and no two blanks, which become one."""


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
    audit_id: str = ""
    """What the API server's audit calls it."""


@dataclass(frozen=True, kw_only=True)
class ExecResult:
    """What a program said; secrets are redacted."""

    stdout: str
    stderr: str
    exit_code: int | None
    """None: it did not end in time; it may still run."""
    is_cut: bool = False
    """Whether it said more than fits."""


def shown(command: tuple[str, ...]) -> str:
    """*command* word by word, so that whoever reads it anywhere reads exactly what will run."""
    return " ".join(map(_quoted, command))


def _quoted(word: str) -> str:
    """As a shell would take it, everything that is not plain ASCII spelled out: `'two words'`, `$'tab\\u0009here'`."""
    if _AS_IT_IS.fullmatch(word):
        return shlex.quote(word)
    return "$'" + "".join(map(_spelled, word)) + "'"


def _spelled(sign: str) -> str:
    if "!" <= sign <= "~" and sign not in "'\\`":
        return sign
    return f"\\U{ord(sign):08x}" if ord(sign) > 0xFFFF else f"\\u{ord(sign):04x}"
