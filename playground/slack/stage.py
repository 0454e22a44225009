"""Everything that an action of a person touches, in one value, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from playground.slack.clock import Clock
from playground.slack.deliveries import Acked, Answer, Delivery, EnvelopeType, Unanswered, Undelivered
from playground.slack.events import Events
from playground.slack.installation import Installation
from playground.slack.modals import Modals
from playground.slack.payloads import Payloads
from playground.slack.response_urls import ResponseUrls
from playground.slack.triggers import Triggers
from playground.slack.values import Channel, Json, Person
from playground.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an action: *failure* is what Slack tells that person only, *errors* stand under fields."""

    failure: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.failure is None and not self.errors


OK = Outcome()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    workspace: Workspace
    app: Installation
    payloads: Payloads
    triggers: Triggers
    response_urls: ResponseUrls
    modals: Modals
    events: Events
    delivery: Delivery
    clock: Clock

    async def interact(self, payload: Json) -> Answer:
        return await self.delivery.request(EnvelopeType.INTERACTIVE, payload, accepts_response=True)

    def actor(self, person: str) -> Person | None:
        """The person, unless unknown or deactivated."""
        found = self.workspace.person(person)
        return None if found is None or found.deleted else found

    def acting(self, person: str, channel: str) -> tuple[Person, Channel] | Outcome:
        """The person and the channel, or why he may not act there."""
        actor, where = self.actor(person), self.workspace.channel(channel)
        if actor is None:
            return Outcome("This account is deactivated.")
        if where is None or not self.workspace.may_read(actor.id, where):
            return Outcome("You are not in this conversation.")
        return actor, where

    def told(self, person: str, channel: str | None, failure: str) -> Outcome:
        """Tell the person in the page, too."""
        self.workspace.notice(person, channel, failure)
        return Outcome(failure)

    def failure_of(self, answer: Answer) -> str | None:
        """What Slack says next to a button or shortcut that the app did not acknowledge."""
        match answer:
            case Acked():
                return None
            case Undelivered():
                return f"{self.app.manifest.name} is not connected, so nothing happened. Try again in a moment."
            case Unanswered(status=None):
                return f"{self.app.manifest.name} did not respond in time. Try again in a moment."
            case Unanswered(status=status):
                return f"{self.app.manifest.name} responded with status code {status}."
