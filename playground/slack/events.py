"""Events API: what happened in the workspace is told to the app, if it subscribed; repeated until acknowledged."""

import secrets
from collections.abc import Mapping

from playground.slack.background import Background
from playground.slack.clock import Clock
from playground.slack.deliveries import Acked, Answer, Delivery, EnvelopeType, Retry, Undelivered
from playground.slack.faults import Faults
from playground.slack.installation import Installation
from playground.slack.payloads import Payloads
from playground.slack.values import Channel, Json

# docs: "Events API, retries": nearly at once, after a minute, after five minutes.
RETRY_DELAYS_S = (0.0, 60.0, 300.0)


EVENT_SCOPES: Mapping[str, str] = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "user_change": "users:read",
    "channel_archive": "channels:read",
}
"""The scope without which Slack does not deliver an event, subscribed or not."""


class Events:
    """Delivers events in the background; the same event_id on each attempt."""

    def __init__(
        self,
        *,
        app: Installation,
        payloads: Payloads,
        delivery: Delivery,
        background: Background,
        clock: Clock,
        faults: Faults,
    ) -> None:
        self._app = app
        self._payloads = payloads
        self._delivery = delivery
        self._background = background
        self._clock = clock
        self._faults = faults

    def publish(self, event: Json, *, subscription: str | None = None, channel: Channel | None = None) -> None:
        """Send *event* if the manifest subscribes to it (to *subscription* where that differs from its type)."""
        if not self._delivers(subscription or event["type"]):
            return
        payload = self._payloads.event(
            event,
            event_id=f"Ev{secrets.token_hex(5).upper()}",
            event_time=int(self._clock.now()),
            ext_shared=channel is not None and channel.is_ext_shared,
        )
        due = self._clock.now() + self._faults.late_events_s
        for _ in range(2 if self._faults.duplicate_event() else 1):
            self._background.start(self._until_acknowledged(payload, due))

    def _delivers(self, subscription: str) -> bool:
        needed = EVENT_SCOPES.get(subscription)
        return subscription in self._app.manifest.bot_events and (needed is None or needed in self._app.scopes)

    async def _until_acknowledged(self, payload: Json, due: float) -> None:
        await self._clock.sleep_until(due)
        answer = await self._attempt(payload, None)
        for attempt, delay_s in enumerate(RETRY_DELAYS_S, start=1):
            if isinstance(answer, Acked):
                return
            await self._clock.sleep(delay_s)
            answer = await self._attempt(payload, Retry(attempt, _reason(answer)))

    async def _attempt(self, payload: Json, retry: Retry | None) -> Answer:
        return await self._delivery.request(EnvelopeType.EVENTS, payload, accepts_response=False, retry=retry)


def _reason(answer: Answer) -> str:
    if isinstance(answer, Undelivered):
        return "connection_failed"
    status = getattr(answer, "status", None)
    return "http_error" if status is not None else "timeout"
