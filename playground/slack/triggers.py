"""Trigger ids: proof that a person just did something; each opens one view, within three seconds."""

import secrets
from dataclasses import dataclass, replace

from playground.slack.api_error import ApiError
from playground.slack.clock import Clock

# "trigger_id" lives three seconds and is exchanged once (docs: "Modals").
TRIGGER_LIFETIME_S = 3.0
# Old triggers are remembered this long only to tell "expired" from "invalid".
REMEMBERED_S = 3600.0


@dataclass(frozen=True, slots=True)
class Trigger:
    person: str
    issued: float
    view_id: str | None
    exchanged: bool = False


class Triggers:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}

    def issue(self, person: str, *, view_id: str | None = None) -> str:
        """A new trigger for *person*; *view_id* is the view in which the interaction happened."""
        now = self._clock.now()
        while self._triggers and next(iter(self._triggers.values())).issued < now - REMEMBERED_S:
            del self._triggers[next(iter(self._triggers))]
        trigger_id = f"{int(now * 1000)}.{len(self._triggers)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(person, now, view_id)
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use up a trigger (raises invalid_, expired_ or exchanged_trigger_id)."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.exchanged:
            raise ApiError("exchanged_trigger_id")
        if self._clock.now() - trigger.issued >= TRIGGER_LIFETIME_S:
            raise ApiError("expired_trigger_id")
        self._triggers[trigger_id] = replace(trigger, exchanged=True)
        return trigger
