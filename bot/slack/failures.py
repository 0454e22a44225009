"""What a person hears when taking in his deed fails; it is acked all the same, so that Slack shows no warning."""

import logging
import secrets
from functools import partial

from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from bot.errors import BotError
from bot.model.plan import Json
from bot.slack import convert
from bot.slack.afterwards import Afterwards
from bot.slack.convert import Payload
from bot.slack.fields import read_fields
from bot.slack.intake import NotTaken
from bot.slack.patience import TooMany
from bot.slack.placeholder import modal_saying
from bot.slack.responding import respond
from bot.slack.web import Web

UNACKED = 503
"""HTTP status for an event that was not taken in: Slack brings it again, at once, after 1 and after 5 min."""

log = logging.getLogger(__name__)


class Failures:
    """The error handler of the Bolt app."""

    def __init__(self, *, web: Web, afterwards: Afterwards) -> None:
        """Speak through *afterwards* where an ack cannot carry a sentence."""
        self._web = web
        self._afterwards = afterwards

    async def answer(self, error: Exception, body: Payload) -> BoltResponse:
        """Log *error* where it is a defect, and turn it into an ack."""
        sentence = _sentence(error, body)
        if body.get("type") == "event_callback":
            return self._answer_event(error, sentence, body)
        payload = _ack_payload(sentence, body)
        if payload is None:
            if (url := body.get("response_url")) and not _is_repetition(error):
                self._afterwards.add(partial(respond, self._web.session, url, {"text": sentence}))
            return BoltResponse(status=200, body="")
        return BoltResponse(status=200, body=payload)

    def _answer_event(self, error: Exception, sentence: str, body: Payload) -> BoltResponse:
        event = body.get("event") or {}
        person, channel = event.get("user"), convert.channel_of(body)
        is_silent = isinstance(error, BoltUnhandledRequestError) or _is_repetition(error)
        if isinstance(person, str) and channel and not is_silent:
            whisper = partial(
                self._web.call, self._web.api.chat_postEphemeral, channel=channel, user=person, text=sentence
            )
            self._afterwards.add(whisper)
        return BoltResponse(status=UNACKED if isinstance(error, NotTaken) else 200, body="")


def _is_repetition(error: Exception) -> bool:
    """Whether the person was told the same just before: a flood must not become one of answers."""
    return isinstance(error, TooMany) and not error.is_first


def _sentence(error: Exception, body: Payload) -> str:
    if isinstance(error, BotError):
        return str(error)
    reference = secrets.token_hex(4)
    kind = body.get("command") or body.get("type")
    if isinstance(error, BoltUnhandledRequestError):
        log.info("Nothing handles %s (reference %s).", kind, reference)
        return f"I do not know what to do with this. Nothing was changed. Reference {reference}."
    log.error("Taking in %s failed (reference %s).", kind, reference, exc_info=error)
    return f"This failed inside the bot before anything was done. Tell its operators the reference {reference}."


def _ack_payload(sentence: str, body: Payload) -> dict[str, Json] | None:
    """The sentence inside the ack, where this kind of request has room for one."""
    if "command" in body:
        return {"response_type": "ephemeral", "text": sentence}
    if body.get("type") == "view_submission":
        first = next(read_fields(body["view"]), None)
        if first is None:
            return {"response_action": "update", "view": modal_saying(sentence)}
        return {"response_action": "errors", "errors": {first.block_id: sentence}}
    if body.get("type") == "block_suggestion":
        return {"options": []}
    return None
