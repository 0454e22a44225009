"""Redacts a text that comes line by line: of a private key that spans lines, one line is left."""

import re

from bot.model.redaction import redact
from bot.model.secret_shapes import PEM

_KEY_LINE = re.compile(r"\s*(?:[A-Za-z0-9+/=]{0,100}|[A-Za-z-]{1,20}: [^\n]{0,100}|-----END [A-Z ]{0,60}-----.*)\s*")
"""A line of a PEM block after its first: base64, a header such as `Proc-Type: 4,ENCRYPTED`, or its end."""
_AFTER_A_STAMP = re.compile(r".*?\s[|>:]?\s?(?:[A-Za-z0-9+/]{20,100}={0,2}|-----END [A-Z ]{0,60}-----.*)\s*")
"""The same where the program's logger writes its own beginning before every line."""
_MIDDLE = re.compile(r"\s*(?![0-9a-fA-F]+\s*$)(?:[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{70}|[A-Za-z0-9+/]{76})\s*")
"""A full line of a PEM block: at the beginning of a text cut to its newest lines, the rest of a key."""
REST = "‹redacted rest of a key›"


STRANGERS = 3
"""Lines of other threads that may stand between two of a key; after more, it was cut off."""


class LineRedactor:
    """One text; its lines are given in order."""

    def __init__(self) -> None:
        """Begin a text."""
        self._patience = 0
        """Above 0 inside of a key: how many more lines that are none of it may come."""
        self._at_beginning = True

    def redact(self, line: str) -> str | None:
        """Give *line* without secrets; None for a line that is a secret's inside."""
        if self._patience and (_KEY_LINE.fullmatch(line) or _AFTER_A_STAMP.fullmatch(line)):
            self._patience = 0 if "-----END" in line else STRANGERS
            return None
        if self._at_beginning and _MIDDLE.fullmatch(line):
            self._at_beginning, self._patience = False, STRANGERS
            return REST
        self._at_beginning = False
        begins = "-----BEGIN" in line and "-----END" not in line and PEM.search(line) is not None
        self._patience = STRANGERS if begins else max(0, self._patience - 1)
        return redact(line)
