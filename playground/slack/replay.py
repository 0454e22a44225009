"""Replay of a recording: what Slack once delivered is delivered again, in order, with fresh proofs."""

import json
from collections.abc import Iterable, Iterator

from playground.slack.clock import Clock
from playground.slack.deliveries import Answer, Delivery, EnvelopeType
from playground.slack.response_urls import ResponseUrls
from playground.slack.triggers import Triggers
from playground.slack.values import Json


class Replay:
    """Sends the deliveries of a recording to the app that is connected now."""

    def __init__(self, *, delivery: Delivery, triggers: Triggers, response_urls: ResponseUrls, clock: Clock) -> None:
        self._delivery = delivery
        self._triggers = triggers
        self._response_urls = response_urls
        self._clock = clock

    async def run(self, recording: Iterable[str], *, pauses: bool = False) -> list[Answer]:
        """Deliver all lines; with *pauses* as far apart as they once were. Retries of the recording are left out."""
        answers, before = [], None
        for entry in deliveries(recording):
            if pauses and before is not None:
                await self._clock.sleep(max(0.0, entry["at"] - before))
            before = entry["at"]
            kind = EnvelopeType(entry["type"])
            payload = self._fresh(entry["payload"])
            accepts = kind is not EnvelopeType.EVENTS
            answers.append(await self._delivery.request(kind, payload, accepts_response=accepts))
        return answers

    def _fresh(self, payload: Json) -> Json:
        """The payload with a trigger and a response_url that work now."""
        person = payload.get("user_id") or payload.get("user", {}).get("id", "")
        channel = payload.get("channel_id") or payload.get("channel", {}).get("id", "")
        fresh: Json = {}
        if "trigger_id" in payload:
            fresh["trigger_id"] = self._triggers.issue(person)
        if "response_url" in payload:
            fresh["response_url"] = self._response_urls.issue(person, channel)
        return payload | fresh


def deliveries(recording: Iterable[str]) -> Iterator[Json]:
    """The first attempt of each delivery in a recording."""
    for entry in map(json.loads, filter(str.strip, recording)):
        if entry["kind"] == "delivered" and not entry["retry_attempt"]:
            yield entry
