"""response_url: five answers within thirty minutes to whoever did something, ephemeral unless said otherwise."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from playground.slack.api_error import ApiError
from playground.slack.clock import Clock
from playground.slack.content import Content, checked_message
from playground.slack.installation import Installation
from playground.slack.values import Json, Message
from playground.slack.workspace import Workspace

# docs "Handling user interaction": both limits.
USES = 5
LIFETIME_S = 30 * 60.0


@dataclass(frozen=True, slots=True)
class _Url:
    person: str
    channel: str
    message_ts: str | None
    issued: float
    uses: int = 0


class ResponseUrls:
    """Issues the URLs and does what is posted to them."""

    def __init__(self, workspace: Workspace, app: Installation, clock: Clock, *, address: Callable[[str], str]) -> None:
        self._workspace = workspace
        self._app = app
        self._clock = clock
        self._address = address
        self._urls: dict[str, _Url] = {}

    def issue(self, person: str, channel: str, *, message: Message | None = None) -> str:
        now = self._clock.now()
        while self._urls and next(iter(self._urls.values())).issued < now - 2 * LIFETIME_S:
            del self._urls[next(iter(self._urls))]
        token = secrets.token_urlsafe(24)
        self._urls[token] = _Url(person, channel, message.ts if message else None, now)
        return self._address(token)

    def respond(self, token: str, body: Json) -> None:
        """Do one answer (raises used_url, expired_url, and what is wrong with the content)."""
        url = self._urls.get(token)
        if url is None:
            raise ApiError("invalid_url")
        if self._clock.now() - url.issued >= LIFETIME_S:
            raise ApiError("expired_url")
        if url.uses >= USES:
            raise ApiError("used_url")
        self._urls[token] = replace(url, uses=url.uses + 1)
        self._answer(url, body)

    def acknowledged(self, url: str, payload: Json | None) -> str | None:
        """Show what came with the ack of a slash command; the name of the error when Slack would not take it."""
        if not payload or not any(payload.get(key) for key in ("text", "blocks", "attachments")):
            return None
        try:
            self._answer(self._urls[url.rpartition("/")[2]], payload)
        except ApiError as error:
            return error.code
        return None

    def _answer(self, url: _Url, body: Json) -> None:
        original = self._original(url)
        if body.get("delete_original"):
            if original is not None:
                self._workspace.remove(original.channel, original.ts)
            return
        # Measured by others: the cap on the sum of all blocks does not hold for response_url.
        content = checked_message(body, self._workspace.ids, budget=None)
        if content.empty:
            raise ApiError("no_text")
        if body.get("replace_original") and original is not None:
            self._workspace.amend(original, **_fields(content))
            return
        self._workspace.post(
            url.channel,
            user=self._app.bot_user,
            bot_id=self._app.bot_id,
            thread_ts=body.get("thread_ts"),
            ephemeral_to=None if body.get("response_type") == "in_channel" else url.person,
            **_fields(content),
        )

    def _original(self, url: _Url) -> Message | None:
        if url.message_ts is None:
            return None
        message = self._workspace.message(url.channel, url.message_ts, seen_by=url.person)
        return message if message is not None and message.bot_id == self._app.bot_id else None


def _fields(content: Content) -> Json:
    return {
        "text": content.text or "",
        "blocks": content.blocks or (),
        "attachments": content.attachments or (),
        "metadata": content.metadata,
    }
