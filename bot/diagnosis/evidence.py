"""Evidence that diagnoses gather: bounded, redacted, and each piece may be missing."""

from bot.errors import BotError
from bot.model.kube.events import Event
from bot.model.logs import LogQuery, LogSource
from bot.model.redaction import redact
from bot.model.refs import ObjectRef
from bot.ports import ClusterReader, Logs

LINES = 20
"""Of a log: what fits into a thread, and what a cause stands in."""
LINE_CHARACTERS = 1_000
"""Of each: a line of 2 MB must not be stored with an incident."""
MESSAGE_CHARACTERS = 2_000
"""Of what the API says about an object: a registry's error may hold a page of HTML."""


async def last_lines(logs: Logs | None, source: LogSource, namespace: str, *, previous: bool) -> tuple[str, ...]:
    """The last lines of a container; none where they cannot be read."""
    if logs is None:
        return ()
    try:
        read = await logs.read(LogQuery(namespace=namespace, sources=(source,), tail=LINES, previous=previous))
    except BotError:
        return ()
    return tuple(line.text[:LINE_CHARACTERS] for line in read.lines)


async def warnings_about(cluster: ClusterReader, subject: ObjectRef) -> list[Event]:
    """Warning events about the very object, the newest last; none where they cannot be read."""
    selector = f"involvedObject.uid={subject.uid},type=Warning"
    try:
        found = await cluster.list(Event, subject.namespace, fields=selector)
    except BotError:
        return []
    return sorted(found, key=lambda one: one.last_seen.timestamp() if one.last_seen else 0.0)


def safe(text: str) -> str:
    """*text* of an API object, to be stored and shown: without secrets, on one line, not endless."""
    return redact(" ".join(text.split()))[:MESSAGE_CHARACTERS]
