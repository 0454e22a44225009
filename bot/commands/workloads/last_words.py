"""What a crashed container wrote last: most programs say there why they ended, and few leave a termination message."""

from dataclasses import replace

from bot.errors import BotError
from bot.model.logs import LogQuery, LogSource
from bot.model.pod_trouble import Trouble
from bot.ports import ReadOnly

LINES = 5
"""Of the end of the log: the very last may be empty or a mere bracket."""

WORDS = 200
"""Characters of the line that are told."""


async def with_last_words(found: Trouble | None, on: ReadOnly, namespace: str) -> Trouble | None:
    """*found* with the last line of the log where it names a crash without one; as it is where none can be read."""
    if found is None or not found.is_silent_crash or on.logs is None:
        return found
    query = LogQuery(namespace=namespace, sources=(LogSource(found.pod, found.container),), tail=LINES, previous=True)
    try:
        read = await on.logs.read(query)
    except BotError:
        return found
    written = [line.text.strip() for line in read.lines if any(sign.isalpha() for sign in line.text)]
    if not written:
        return found
    return replace(found, text=f"{found.text}: `{written[-1][:WORDS].replace('`', '’')}`", is_silent_crash=False)
