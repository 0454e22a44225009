"""What people do with views: act inside them, submit them, close them."""

from typing import Any, cast

from playground.slack.api_error import ApiError
from playground.slack.content import checked_view
from playground.slack.deliveries import Acked
from playground.slack.elements import dispatches, elements, find
from playground.slack.forms import Entered, Form, complaints, state_values
from playground.slack.shapes import file_json
from playground.slack.stage import OK, Outcome
from playground.slack.touching import Touching, with_entry
from playground.slack.values import Json, Person, View, ViewType

# What Slack writes at the foot of a modal when the app does not take a submission.
TROUBLE = "We had some trouble connecting. Try again?"


class Filling(Touching):
    async def click_in_view(
        self,
        person: str,
        view_id: str,
        block_id: str,
        action_id: str,
        *,
        entered: Entered = None,
        form: Form | None = None,
    ) -> Outcome:
        """Act on an element of a modal or of the App Home."""
        opened = self._opened(person, view_id)
        found = find(opened[1].blocks, block_id, action_id) if opened else None
        if opened is None or found is None:
            return Outcome("This view is closed already.")
        actor, view = opened
        block, element = found
        view = self._stage.modals.keep_state(view, self._values(view, with_entry(form, block_id, element, entered)))
        if not dispatches(block):
            return OK
        payload = self._stage.payloads.view_actions(
            actor,
            view,
            self.action(person, block_id, element, entered),
            trigger_id=self._stage.triggers.issue(person, view_id=view.id),
        )
        return await self._interact(person, None, payload)

    async def submit(self, person: str, view_id: str, form: Form) -> Outcome:
        """Submit a modal; errors of the client or of the app stand under their fields and keep it open."""
        opened = self._opened(person, view_id)
        if opened is None:
            return Outcome("This view is closed already.")
        actor, view = opened
        view = self._stage.modals.keep_state(view, self._values(view, form))
        if errors := complaints(view.blocks, view.state):
            self._stage.modals.show_errors(view, errors)
            return Outcome(errors=errors)
        trigger_id = self._stage.triggers.issue(person, view_id=view.id)
        urls = self._response_urls(view)
        payload = self._stage.payloads.submission(actor, view, trigger_id=trigger_id, response_urls=urls)
        answer = await self._stage.interact(payload)
        if not isinstance(answer, Acked):
            return Outcome(TROUBLE)
        return await self._respond(actor, view.id, answer.payload or {})

    async def close(self, person: str, view_id: str, *, all_views: bool = False) -> Outcome:
        """Close the view on top, or with *all_views* the whole stack, as the cross does."""
        opened = self._opened(person, view_id)
        if opened is None:
            return OK
        actor, view = opened
        stack = self._stage.workspace.views_of(person)
        clear = all_views or view.clear_on_close
        await self._closed(actor, stack if clear else (view,), is_cleared=clear)
        return OK

    async def _closed(self, actor: Person, views: tuple[View, ...], *, is_cleared: bool) -> None:
        self._stage.modals.remove(views)
        for view in reversed(views):
            if view.notify_on_close:
                await self._stage.interact(self._stage.payloads.closed(actor, view, is_cleared=is_cleared))

    async def _respond(self, actor: Person, view_id: str, response: Json) -> Outcome:
        """Do what the app answered to a submission."""
        modals, view = self._stage.modals, self._stage.workspace.view(view_id)
        ids = self._stage.workspace.ids
        if view is None:
            return OK
        try:
            match response.get("response_action"):
                case "errors":
                    return self._rejected(view, response.get("errors"))
                case "update":
                    modals.change(view, checked_view(response.get("view"), ids, allowed={ViewType.MODAL}))
                case "push":
                    modals.push_onto(actor.id, checked_view(response.get("view"), ids, allowed={ViewType.MODAL}))
                case "clear":
                    modals.remove(self._stage.workspace.views_of(actor.id))
                case _:
                    modals.remove([view])
        except ApiError:
            return Outcome(TROUBLE)
        return OK

    def _rejected(self, view: View, errors: Any) -> Outcome:
        """Show the app's errors; those of other blocks than inputs Slack does not take."""
        inputs = {block.get("block_id") for block in view.blocks if block.get("type") == "input"}
        if not isinstance(errors, dict) or not errors or not inputs.issuperset(errors):
            return Outcome(TROUBLE)
        texts = {block_id: str(text) for block_id, text in errors.items()}
        self._stage.modals.show_errors(view, texts)
        return Outcome(errors=texts)

    def _response_urls(self, view: View) -> list[Json]:
        """A response_url for each conversation chosen in a menu that asks for one."""
        asking = [(b["block_id"], e) for b, e in elements(view.blocks) if e.get("response_url_enabled")]
        chosen = [(block_id, e["action_id"], view.state[block_id][e["action_id"]]) for block_id, e in asking]
        return [
            {
                "block_id": block_id,
                "action_id": action_id,
                "channel_id": channel,
                "response_url": self._stage.response_urls.issue(view.person, channel),
            }
            for block_id, action_id, state in chosen
            if (channel := state.get("selected_conversation") or state.get("selected_channel"))
        ]

    def _values(self, view: View, form: Form) -> Json:
        values = state_values(view.blocks, view.state, form, options=self.suggested(view.person))
        for fields in values.values():
            for state in fields.values():
                if state["type"] == "file_input":
                    state["files"] = [self._file(cast(Json, file)) for file in state["files"]]
        return values

    def _file(self, reference: Json) -> Json:
        file = self._stage.workspace.files.get(reference["id"])
        return reference if file is None else file_json(file, self._stage.workspace.origin)

    def _opened(self, person: str, view_id: str) -> tuple[Person, View] | None:
        """The actor and the view, if it is open for this very person."""
        view, actor = self._stage.workspace.view(view_id), self._stage.actor(person)
        return (actor, view) if actor is not None and view is not None and view.person == actor.id else None
