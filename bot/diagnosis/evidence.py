"""Evidence that diagnoses gather: bounded, redacted, and each piece may be missing."""

from bot.errors import BotError
from bot.model.kube.events import Event
from bot.model.logs import LogQuery, LogSource
from bot.model.redaction import redact
from bot.model.refs import ObjectRef
from bot.ports import ClusterReader, Logs

LINES = 20
"""Of a log: what fits into a thread, and what a cause stands in."""


async def last_lines(logs: Logs | None, source: LogSource, namespace: str, *, previous: bool) -> tuple[str, ...]:
    """The last lines of a container; none where they cannot be read."""
    if logs is None:
        return ()
    try:
        read = await logs.read(LogQuery(namespace=namespace, sources=(source,), tail=LINES, previous=previous))
    except BotError:
        return ()
    return tuple(line.text for line in read.lines)


async def warnings_about(cluster: ClusterReader, subject: ObjectRef) -> list[Event]:
    """Warning events about the very object, the newest last; none where they cannot be read."""
    selector = f"involvedObject.uid={subject.uid},type=Warning"
    try:
        found = await cluster.list(Event, subject.namespace, fields=selector)
    except BotError:
        return []
    return sorted(found, key=lambda one: one.last_seen.timestamp() if one.last_seen else 0.0)


def safe(text: str) -> str:
    """*text* of an API object for a card: without secrets, on one line."""
    return redact(" ".join(text.split()))
