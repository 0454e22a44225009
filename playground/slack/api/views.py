"""views.*: open, push, update modals; publish the App Home."""

from playground.slack.api.call import Call, Method, Transport
from playground.slack.api_error import ApiError
from playground.slack.content import checked_view
from playground.slack.limits import Tier
from playground.slack.shapes import view_json
from playground.slack.values import Json, View, ViewType


async def open_view(call: Call) -> Json:
    return _shown(call, call.on.modals.open(_trigger(call), _modal(call)))


async def push(call: Call) -> Json:
    return _shown(call, call.on.modals.push(_trigger(call), _modal(call)))


async def update(call: Call) -> Json:
    view_id, external_id = call.args.text("view_id"), call.args.text("external_id")
    content = checked_view(call.args.structure("view"), call.workspace.ids, allowed=list(ViewType))
    changed = call.on.modals.update(
        content, view_id=view_id, external_id=external_id, known_hash=call.args.text("hash")
    )
    return _shown(call, changed)


async def publish(call: Call) -> Json:
    if not call.on.app.manifest.home_tab:
        raise ApiError("not_enabled")
    person = call.user("user_id")
    content = checked_view(call.args.structure("view"), call.workspace.ids, allowed=[ViewType.HOME])
    return _shown(call, call.on.modals.publish(person.id, content, known_hash=call.args.text("hash")))


def _trigger(call: Call) -> str:
    return call.args.text("trigger_id") or call.args.required("interactivity_pointer")


def _modal(call: Call) -> Json:
    return checked_view(call.args.structure("view"), call.workspace.ids, allowed=[ViewType.MODAL])


def _shown(call: Call, view: View) -> Json:
    return {"view": view_json(view, call.on.app)}


METHODS = (
    Method("views.open", open_view, Transport.JSON, Tier.T4),
    Method("views.push", push, Transport.JSON, Tier.T4),
    Method("views.update", update, Transport.JSON, Tier.T4),
    Method("views.publish", publish, Transport.JSON, Tier.T4),
)
