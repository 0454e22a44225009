"""The life of views: opened by a trigger, stacked three deep for one person, updated under a hash, closed."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from playground.slack.api_error import ApiError
from playground.slack.forms import state_values
from playground.slack.triggers import Trigger, Triggers
from playground.slack.values import Json, View, ViewType
from playground.slack.workspace import Workspace

# docs: "Modals": a stack holds at most three views.
STACK_LIMIT = 3

_COPIED = ("callback_id", "private_metadata", "external_id", "clear_on_close", "notify_on_close", "submit_disabled")


class Modals:
    """Opens and changes views; what it is given was validated before."""

    def __init__(self, workspace: Workspace, triggers: Triggers) -> None:
        self._workspace = workspace
        self._triggers = triggers

    def open(self, trigger_id: str, content: Json) -> View:
        """Show a view to whoever caused the trigger; on top of the modal in which he caused it, if any."""
        return self._show(self._triggers.exchange(trigger_id), content)

    def push(self, trigger_id: str, content: Json) -> View:
        trigger = self._triggers.exchange(trigger_id)
        if trigger.view_id is None:
            raise ApiError("invalid_trigger_id")
        return self._show(trigger, content)

    def push_onto(self, person: str, content: Json) -> View:
        """Push as the answer to a submission: no trigger is needed (response_action push)."""
        stack = self._workspace.views_of(person)
        if len(stack) >= STACK_LIMIT:
            raise ApiError("push_limit_reached")
        view = self._made(person, content, below=stack)
        self._workspace.put_stack(person, (*stack, view))
        return view

    def update(self, content: Json, *, view_id: str | None, external_id: str | None, known_hash: str | None) -> View:
        """Replace the content of an open view: its id stays, its hash changes (raises not_found, hash_conflict)."""
        view = self._by_external_id(external_id) if external_id else self._workspace.view(view_id or "")
        if view is None:
            raise ApiError("not_found")
        if known_hash is not None and known_hash != view.hash:
            raise ApiError("hash_conflict")
        return self.change(view, content)

    def change(self, view: View, content: Json) -> View:
        """Replace what a view shows; what was entered stays where block_id and action_id stay."""
        changed = replace(view, **_content(content, known=view.state), hash=self._workspace.ids.hash(), errors={})
        self._workspace.put_view(changed)
        return changed

    def publish(self, person: str, content: Json, *, known_hash: str | None) -> View:
        home = self._workspace.home_of(person)
        if home is not None and known_hash is not None and known_hash != home.hash:
            raise ApiError("hash_conflict")
        if home is not None:
            return self.change(home, content)
        view = self._made(person, content, below=())
        self._workspace.put_view(view)
        return view

    def keep_state(self, view: View, state: Json) -> View:
        kept = replace(view, state=state, errors={})
        self._workspace.put_view(kept)
        return kept

    def show_errors(self, view: View, errors: dict[str, str]) -> None:
        self._workspace.put_view(replace(view, errors=errors))

    def remove(self, views: Iterable[View]) -> None:
        gone = {view.id for view in views}
        for person in {view.person for view in views}:
            stack = self._workspace.views_of(person)
            self._workspace.put_stack(person, tuple(view for view in stack if view.id not in gone))

    def _show(self, trigger: Trigger, content: Json) -> View:
        stack = self._workspace.views_of(trigger.person)
        inside = any(view.id == trigger.view_id for view in stack)
        if inside:
            return self.push_onto(trigger.person, content)
        view = self._made(trigger.person, content, below=())
        self._workspace.put_stack(trigger.person, (view,))
        return view

    def _made(self, person: str, content: Json, *, below: tuple[View, ...]) -> View:
        if content.get("external_id") and self._by_external_id(content["external_id"]) is not None:
            raise ApiError("duplicate_external_id")
        ids = self._workspace.ids
        view_id = ids.make("V")
        return View(
            id=view_id,
            person=person,
            type=ViewType(content["type"]),
            hash=ids.hash(),
            root_view_id=below[0].id if below else view_id,
            previous_view_id=below[-1].id if below else None,
            **_content(content, known={}),
        )

    def _by_external_id(self, external_id: str) -> View | None:
        stacks = self._workspace.stacks.values()
        return next((view for stack in stacks for view in stack if view.external_id == external_id), None)


def _content(content: Json, *, known: Json) -> dict[str, Any]:
    blocks = tuple(content.get("blocks") or ())
    fields: dict[str, Any] = {name: content[name] for name in _COPIED if content.get(name) is not None}
    fields |= {name: content.get(name) for name in ("title", "submit", "close")}
    return fields | {"blocks": blocks, "state": state_values(blocks, known, {})}
