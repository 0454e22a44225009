"""Delivery by signed HTTP requests to the app's request URL, instead of sockets."""

import hashlib
import hmac
import json
import time
import uuid
from urllib.parse import urlencode

import aiohttp

from playground.slack.clock import Clock
from playground.slack.deliveries import ACK_TIMEOUT_S, Acked, Answer, EnvelopeType, Retry, Unanswered, Undelivered
from playground.slack.installation import Installation
from playground.slack.journal import Journal, Taken, delivered
from playground.slack.values import Json


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """X-Slack-Signature: v0 and the HMAC of version, time and body (docs "Verifying requests from Slack")."""
    signed = b"v0:%d:%s" % (timestamp, body)
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class HttpDelivery:
    """A Delivery that posts; it keeps one client session, to be closed."""

    def __init__(self, *, app: Installation, url: str, clock: Clock, journal: Journal) -> None:
        self._app = app
        self.url = url
        self._clock = clock
        self._journal = journal
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self, envelope_type: EnvelopeType, payload: Json, *, accepts_response: bool, retry: Retry | None = None
    ) -> Answer:
        content_type, body = _encoded(envelope_type, payload)
        headers = self._headers(content_type, body)
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry.attempt), "X-Slack-Retry-Reason": retry.reason}
        at, started = self._clock.now(), time.perf_counter()
        answer = await self._post(headers, body)
        taken = Taken(answer, at, time.perf_counter() - started)
        self._journal.add(
            delivered(
                envelope_id=str(uuid.uuid4()),
                kind=envelope_type,
                payload=payload,
                retry=retry,
                via=self.url,
                taken=taken,
            )
        )
        return answer

    async def verified(self) -> bool:
        """Whether the app gives the challenge back, as Slack asks it before it takes the request URL."""
        challenge = uuid.uuid4().hex
        body = json.dumps({"type": "url_verification", "challenge": challenge}).encode()
        answer = await self._post(self._headers("application/json", body), body)
        return isinstance(answer, Acked) and challenge in (answer.payload or {}).values()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _headers(self, content_type: str, body: bytes) -> dict[str, str]:
        timestamp = int(self._clock.now())
        return {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": signature(self._app.signing_secret, timestamp, body),
        }

    async def _post(self, headers: dict[str, str], body: bytes) -> Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ACK_TIMEOUT_S))
        try:
            async with self._session.post(self.url, data=body, headers=headers) as response:
                text = await response.text()
        except TimeoutError:
            return Unanswered()
        except aiohttp.ClientError:
            return Undelivered()
        return Acked(_payload(text)) if response.status == 200 else Unanswered(response.status)


def _encoded(envelope_type: EnvelopeType, payload: Json) -> tuple[str, bytes]:
    match envelope_type:
        case EnvelopeType.EVENTS:
            return "application/json", json.dumps(payload).encode()
        case EnvelopeType.SLASH:
            return "application/x-www-form-urlencoded", urlencode(payload).encode()
        case EnvelopeType.INTERACTIVE:
            return "application/x-www-form-urlencoded", urlencode({"payload": json.dumps(payload)}).encode()


def _payload(text: str) -> Json | None:
    if not text:
        return None
    try:
        parsed = json.loads(text)
    except ValueError:
        return {"text": text}
    return parsed if isinstance(parsed, dict) else {"text": text}
