"""What the last lines of a log say about why a process ended: known wordings first, else the line that sounds worst."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

TELLING_CHARACTERS = 300
"""Of the one line on a card."""


@dataclass(frozen=True)
class Clue:
    """What was found."""

    cause: str
    """In a clause; empty where no known wording was found."""
    line: str
    """The line that says it; empty where none sounds like an error."""


KNOWN: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "{0} refuses the password",
        (
            "password authentication failed",
            "Access denied for user",
            "WRONGPASS",
            "NOAUTH",
            "authentication failed",
        ),
    ),
    (
        "The database has no entry in pg_hba.conf for this client",
        (r"no pg_hba\.conf entry",),
    ),
    (
        "Something is missing in the database",
        (
            r'(?:database|role|relation|table) "?[\w.-]+"? does not exist',
            "no such table",
            "Unknown database",
        ),
    ),
    (
        "The database takes no more connections",
        (
            "too many (?:clients|connections)",
            "remaining connection slots",
        ),
    ),
    (
        "No space is left on a volume",
        (
            "No space left on device",
            "Disk quota exceeded",
            "ENOSPC",
            "EDQUOT",
        ),
    ),
    (
        "A volume is read-only",
        ("Read-only file system",),
    ),
    (
        "It runs out of memory by its own account",
        (
            "OutOfMemoryError",
            "Cannot allocate memory",
            "MemoryError",
            "heap out of memory",
        ),
    ),
    (
        "Its port is taken",
        (
            "address already in use",
            "EADDRINUSE",
        ),
    ),
    (
        "A host name cannot be resolved",
        (
            "(?:Temporary failure in )?name resolution",
            "no such host",
            "Name or service not known",
            "getaddrinfo",
            r"\bENOTFOUND\b",
        ),
    ),
    (
        "A service that it needs refuses connections",
        (
            "Connection refused",
            "ECONNREFUSED",
            "connect: connection refused",
        ),
    ),
    (
        "A service that it needs does not answer",
        (
            "(?:connection|i/o|operation) time(?:d )?out",
            "ETIMEDOUT",
            "deadline exceeded",
        ),
    ),
    (
        "A certificate is not accepted",
        (
            "x509:",
            "certificate (?:verify failed|has expired)",
            "SSL: CERTIFICATE",
            "unknown authority",
        ),
    ),
    (
        "A module is missing in the image",
        (
            "ModuleNotFoundError",
            "ImportError",
            "Cannot find module",
            "ClassNotFoundException",
            "cannot open shared object",
        ),
    ),
    (
        "A file or command is missing",
        (
            "executable file not found",
            "command not found",
            "no such file or directory",
        ),
    ),
    (
        "The image is for another processor",
        ("exec format error",),
    ),
    (
        "It may not touch a file or do a thing that it needs",
        (
            "Permission denied",
            "EACCES",
            "Operation not permitted",
        ),
    ),
    (
        "An environment variable is missing",
        (
            "KeyError: '[A-Z][A-Z0-9_]+'",
            r"(?:environment variable|env var)\S* .*(?:not set|required|missing)",
        ),
    ),
    (
        "Its configuration cannot be read",
        (
            r"yaml\.",
            "ParserError",
            "invalid configuration",
            "config(?:uration)? (?:error|file .*invalid)",
            "JSONDecodeError",
        ),
    ),
    (
        "A database migration failed",
        (r"migrat\w+ .*(?:fail|error)",),
    ),
)
"""Cause and its wordings; the first that matches any line, looked for from the newest line up."""

_KNOWN = tuple((re.compile("|".join(wordings), re.IGNORECASE), cause) for cause, wordings in KNOWN)
_SOUNDS_BAD = re.compile(
    r"\b(?:FATAL|CRITICAL|PANIC|ERROR|E\d{4}|fatal|panic|error|Error|exception|Exception|\w+(?:Error|Exception))\b"
)
_DATABASE = re.compile(r"postgres|psql|FATAL:|mysql|mariadb|role|user", re.IGNORECASE)


def clue(lines: Sequence[str]) -> Clue:
    """Read *lines*, oldest first."""
    for line in reversed(lines):
        for pattern, cause in _KNOWN:
            if pattern.search(line):
                return Clue(cause.format("The database" if _DATABASE.search(line) else "A service"), _cut(line))
    worst = next((line for line in reversed(lines) if _SOUNDS_BAD.search(line)), "")
    last = next((line for line in reversed(lines) if line.strip()), "")
    return Clue("", _cut(worst or last))


def _cut(line: str) -> str:
    words = line.strip()
    return words if len(words) <= TELLING_CHARACTERS else f"{words[: TELLING_CHARACTERS - 1]}…"
