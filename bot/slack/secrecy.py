"""Keeps secrets out of logs: Slack's tokens are cut to their kind, others go as they go from what people see."""

import logging
import re
import traceback

from bot.model.redaction import redact

TOKEN = re.compile(
    r"\b(xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]+|(https://hooks\.slack\.com/)[^\s\"']+|([?&]ticket=)[^\s&\"']+"
)
LIBRARIES = ("slack_sdk", "slack_bolt", "aiohttp")


def redacted(text: str) -> str:
    """*text* without tokens, response_urls, socket tickets, bearers, and passwords of addresses."""
    return redact(TOKEN.sub(lambda match: f"{match[1] or match[2] or match[3]}‹redacted›", text))


class Secrecy(logging.Filter):
    """Redacts the message and the traceback of every record; put on handlers, so that no logger escapes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite *record* in place and let it pass."""
        record.msg, record.args = redacted(record.getMessage()), ()
        if record.exc_info and record.exc_info[0] and not record.exc_text:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        if record.exc_text:
            record.exc_text = redacted(record.exc_text)
        return True


SECRECY = Secrecy()
"""One for all handlers: adding it again changes nothing."""


def keep_tokens_out_of_logs() -> None:
    """Filter all handlers of the root logger, and pin the libraries to INFO: at DEBUG they log whole payloads."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(SECRECY)
    for name in LIBRARIES:
        library = logging.getLogger(name)
        library.setLevel(max(library.level, logging.INFO))
