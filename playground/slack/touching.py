"""What people do with messages that have buttons and menus: click, choose, look for an option, use a shortcut."""

from collections.abc import Mapping

from playground.slack.blockkit.elements import OPTIONS
from playground.slack.deliveries import Acked
from playground.slack.elements import dispatches, find
from playground.slack.forms import FIELDS, Entered, Form, chosen, offered, state_values
from playground.slack.stage import OK, Outcome, Stage
from playground.slack.values import Json, Message, View

# Slack shows at most a hundred options, whatever an app suggests.
SUGGESTIONS_LIMIT = 100

GONE = "This message is gone already."


class Touching:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._states: dict[tuple[str, str, str], Json] = {}
        self._suggestions: dict[tuple[str, str, str], list[Json]] = {}

    async def click(
        self,
        person: str,
        channel: str,
        message_ts: str,
        block_id: str,
        action_id: str,
        *,
        entered: Entered = None,
        form: Form | None = None,
    ) -> Outcome:
        """Press a button or choose in a menu of a message; *form* holds the other fields that the page shows."""
        message = self._visible(person, channel, message_ts)
        found = find(message.all_blocks(), block_id, action_id) if message is not None else None
        if message is None or found is None:
            return Outcome(GONE)
        block, element = found
        state = self._keep(person, message, with_entry(form, block_id, element, entered))
        if not dispatches(block):
            return OK
        payload = self._stage.payloads.message_actions(
            self._stage.workspace.people[person],
            message,
            self.action(person, block_id, element, entered),
            state=state,
            trigger_id=self._stage.triggers.issue(person),
            response_url=self._stage.response_urls.issue(person, channel, message=message),
        )
        return await self._interact(person, channel, payload)

    async def suggest(
        self, person: str, where: Message | View, block_id: str, action_id: str, query: str
    ) -> list[Json]:
        """Ask the app for the options (or option_groups, told by their "options") of an external select."""
        actor = self._stage.actor(person)
        if actor is None:
            return []
        payload = self._stage.payloads.suggestion(actor, where, block_id=block_id, action_id=action_id, query=query)
        answer = await self._stage.interact(payload)
        if not isinstance(answer, Acked) or answer.payload is None or any(OPTIONS(answer.payload, "")):
            self._stage.workspace.notice(person, None, "The app did not suggest anything that can be shown.")
            return []
        found: list[Json] = answer.payload.get("option_groups") or answer.payload.get("options") or []
        self._suggestions[person, block_id, action_id] = list(offered(answer.payload))
        return found[:SUGGESTIONS_LIMIT]

    async def shortcut(
        self, person: str, callback_id: str, *, channel: str | None = None, message_ts: str | None = None
    ) -> Outcome:
        """Run a global shortcut, or a message shortcut on the message named by channel and message_ts."""
        stage, actor = self._stage, self._stage.actor(person)
        shortcut = stage.app.manifest.shortcut(callback_id)
        if actor is None or shortcut is None or shortcut.on_message is (message_ts is None):
            return Outcome("This shortcut is not available.")
        trigger_id = stage.triggers.issue(person)
        if channel is None or message_ts is None:
            payload = stage.payloads.global_shortcut(actor, callback_id=callback_id, trigger_id=trigger_id)
            return await self._interact(person, None, payload)
        message = self._visible(person, channel, message_ts)
        if message is None:
            return Outcome(GONE)
        url = stage.response_urls.issue(person, channel, message=message)
        payload = stage.payloads.message_shortcut(
            actor, message, callback_id=callback_id, trigger_id=trigger_id, response_url=url
        )
        return await self._interact(person, channel, payload)

    def action(self, person: str, block_id: str, element: Json, entered: Entered) -> Json:
        """One entry of the payload's actions."""
        shape: Json = {"type": element["type"], "block_id": block_id, "action_id": element["action_id"]}
        match element["type"]:
            case "button" | "icon_button":
                shape |= {key: element[key] for key in ("text", "value", "style", "url") if key in element}
            case "feedback_buttons":
                buttons = [element[key] for key in ("positive_button", "negative_button") if key in element]
                shape |= next((button for button in buttons if button.get("value") == entered), {})
            case kind if kind in FIELDS or kind == "overflow":
                shape |= chosen(element, entered, options=self.suggested(person))
        return shape | {"action_ts": self._stage.workspace.ids.ts()}

    def suggested(self, person: str) -> list[Json]:
        """The options that the app last suggested to a person, for all menus: they stand in no block."""
        return [option for (who, _, _), found in self._suggestions.items() if who == person for option in found]

    async def _interact(self, person: str, channel: str | None, payload: Json) -> Outcome:
        failure = self._stage.failure_of(await self._stage.interact(payload))
        return self._stage.told(person, channel, failure) if failure else OK

    def _visible(self, person: str, channel: str, ts: str) -> Message | None:
        """A message that this person may act on: one he can see."""
        if isinstance(self._stage.acting(person, channel), Outcome):
            return None
        return self._stage.workspace.message(channel, ts, seen_by=person)

    def _keep(self, person: str, message: Message, form: Form) -> Json:
        """The state of the message's fields for this person, kept for his next click."""
        key = (person, message.channel, message.ts)
        known, options = self._states.get(key, {}), self.suggested(person)
        state = state_values(message.all_blocks(), known, form, options=options)
        if state:
            self._states[key] = state
        return state


def with_entry(form: Form | None, block_id: str, element: Json, entered: Entered) -> Form:
    """The form with what was just entered in *element*, if that holds state."""
    fields: dict[str, Mapping[str, Entered]] = dict(form or {})
    if element["type"] in FIELDS:
        fields[block_id] = {**fields.get(block_id, {}), element["action_id"]: entered}
    return fields
