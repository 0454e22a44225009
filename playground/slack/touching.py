"""What people do with messages that have buttons and menus: click, choose, look for an option, use a shortcut."""

from collections.abc import Mapping

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
        self._message_state: dict[tuple[str, str, str], Json] = {}
        self._suggested: dict[tuple[str, str, str], list[Json]] = {}

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
        actor = self._stage.actor(person)
        message = self._stage.workspace.message(channel, message_ts, seen_by=person)
        found = find(message.all_blocks(), block_id, action_id) if message is not None else None
        if actor is None or message is None or found is None:
            return Outcome(GONE)
        block, element = found
        options = self._suggestions(person, block_id, action_id)
        fields = entered_too(form, block_id, action_id, entered, element)
        key = (person, channel, message_ts)
        state = state_values(message.all_blocks(), self._message_state.get(key, {}), fields, options=options)
        self._message_state[key] = state
        if not dispatches(block):
            return OK
        payload = self._stage.payloads.message_actions(
            actor,
            message,
            self.action(block_id, element, entered, options),
            state=state,
            trigger_id=self._stage.triggers.issue(person),
            response_url=self._stage.response_urls.issue(person, channel, message=message),
        )
        failure = self._stage.failure_of(await self._stage.interact(payload))
        return self._stage.told(person, channel, failure) if failure else OK

    async def suggest(
        self, person: str, where: Message | View, block_id: str, action_id: str, query: str
    ) -> list[Json]:
        """Ask the app for the options (or option_groups, told by their "options") of an external select."""
        actor = self._stage.actor(person)
        if actor is None:
            return []
        payload = self._stage.payloads.suggestion(actor, where, block_id=block_id, action_id=action_id, query=query)
        answer = await self._stage.interact(payload)
        if not isinstance(answer, Acked) or answer.payload is None:
            self._stage.workspace.notice(person, None, "The app did not suggest anything.")
            return []
        found: list[Json] = answer.payload.get("option_groups") or answer.payload.get("options") or []
        self._suggested[person, block_id, action_id] = list(offered(answer.payload))
        return found[:SUGGESTIONS_LIMIT]

    async def shortcut(
        self, person: str, callback_id: str, *, channel: str | None = None, message_ts: str | None = None
    ) -> Outcome:
        """Run a global shortcut, or a message shortcut on the message named by channel and message_ts."""
        actor, stage = self._stage.actor(person), self._stage
        shortcut = stage.app.manifest.shortcut(callback_id)
        if actor is None or shortcut is None or shortcut.on_message is (message_ts is None):
            return Outcome("This shortcut is not available.")
        trigger_id = stage.triggers.issue(person)
        if channel is not None and message_ts is not None:
            message = stage.workspace.message(channel, message_ts, seen_by=person)
            if message is None:
                return Outcome(GONE)
            payload = stage.payloads.message_shortcut(
                actor,
                message,
                callback_id=callback_id,
                trigger_id=trigger_id,
                response_url=stage.response_urls.issue(person, channel, message=message),
            )
        else:
            payload = stage.payloads.global_shortcut(actor, callback_id=callback_id, trigger_id=trigger_id)
        failure = stage.failure_of(await stage.interact(payload))
        return stage.told(person, channel, failure) if failure else OK

    def action(self, block_id: str, element: Json, entered: Entered, options: list[Json]) -> Json:
        """One entry of the payload's actions."""
        shape: Json = {"type": element["type"], "block_id": block_id, "action_id": element["action_id"]}
        copied = ("text", "value", "style", "url") if element["type"] in ("button", "icon_button") else ()
        shape |= {key: element[key] for key in copied if key in element}
        if element["type"] in FIELDS or element["type"] == "overflow":
            shape |= chosen(element, entered, options=options)
        if element["type"] == "feedback_buttons":
            buttons = [element[key] for key in ("positive_button", "negative_button") if key in element]
            shape |= next((button for button in buttons if button.get("value") == entered), {})
        return shape | {"action_ts": self._stage.workspace.ids.ts()}

    def _suggestions(self, person: str, block_id: str, action_id: str) -> list[Json]:
        return self._suggested.get((person, block_id, action_id), [])

    def _all_suggestions(self, person: str) -> list[Json]:
        return [option for (who, _, _), found in self._suggested.items() if who == person for option in found]


def entered_too(form: Form | None, block_id: str, action_id: str, entered: Entered, element: Json) -> Form:
    """The form with what was just entered in *element*, if that holds state."""
    fields = {block: dict(entries) for block, entries in (form or {}).items()}
    if element["type"] in FIELDS:
        fields.setdefault(block_id, {})[action_id] = entered
    result: Mapping[str, Mapping[str, Entered]] = fields
    return result
