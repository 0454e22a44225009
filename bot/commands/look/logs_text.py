"""Log lines as they are shown: suspicious ones marked, each with its pod where there are several."""

import re
from collections.abc import Sequence

from bot.model.logs import LogLine, LogSource

SUSPICIOUS = re.compile(r"\b(?:ERROR|FATAL|CRITICAL|PANIC|Traceback|panic:|\w*Exception|\w+Error)\b")
MARK = "▸ "


def text(lines: Sequence[LogLine], *, several: bool) -> str:
    """The lines as shown: those that look like trouble marked, with their pod where there are several."""
    return "\n".join(
        f"{MARK if is_suspicious(line) else ''}{_short(line.source) + ' | ' if several else ''}{line.text}"
        for line in lines
    )


def is_suspicious(line: LogLine) -> bool:
    """Whether it looks like trouble."""
    return SUSPICIOUS.search(line.text) is not None


def _short(source: LogSource) -> str:
    """The end of a pod's name: what tells replicas apart."""
    return source.pod.rsplit("-", 1)[-1] if source.pod.count("-") > 1 else source.pod
