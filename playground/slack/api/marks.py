"""reactions.*, pins.*, bookmarks.*: small marks on messages and channels."""

from dataclasses import replace

from playground.slack.api.call import Call, Method, Transport
from playground.slack.api_error import ApiError
from playground.slack.limits import Tier
from playground.slack.shapes import message_json
from playground.slack.talking import with_reaction
from playground.slack.values import Channel, Json, Message


async def react(call: Call) -> Json:
    message, name = _message(call), call.args.required("name", error="no_reaction").strip(":")
    users = _users(message, name)
    if call.bot in users:
        raise ApiError("already_reacted")
    call.workspace.amend(message, reactions=with_reaction(message.reactions, name, (*users, call.bot)))
    return {}


async def unreact(call: Call) -> Json:
    message, name = _message(call), call.args.required("name", error="no_reaction").strip(":")
    users = _users(message, name)
    if call.bot not in users:
        raise ApiError("no_reaction")
    left = tuple(user for user in users if user != call.bot)
    call.workspace.amend(message, reactions=with_reaction(message.reactions, name, left))
    return {}


async def reactions(call: Call) -> Json:
    message = _message(call)
    return {
        "type": "message",
        "message": message_json(call.workspace, call.on.app, message),
        "channel": message.channel,
    }


async def pin(call: Call) -> Json:
    message = _message(call)
    where = _joined(call, message.channel)
    if message.ts in where.pins:
        raise ApiError("already_pinned")
    call.workspace.put_channel(replace(where, pins=(*where.pins, message.ts)))
    return {}


async def unpin(call: Call) -> Json:
    message = _message(call)
    where = _joined(call, message.channel)
    if message.ts not in where.pins:
        raise ApiError("no_pin")
    call.workspace.put_channel(replace(where, pins=tuple(ts for ts in where.pins if ts != message.ts)))
    return {}


async def pins(call: Call) -> Json:
    where = call.channel()
    found = [message for ts in where.pins if (message := call.workspace.message(where.id, ts)) is not None]
    shown = [message_json(call.workspace, call.on.app, message) for message in found]
    return {"items": [{"type": "message", "channel": where.id, "message": message} for message in shown]}


async def add_bookmark(call: Call) -> Json:
    where = _joined(call, call.args.required("channel_id"))
    if call.args.required("type") == "link" and not call.args.text("link"):
        raise ApiError("invalid_link")
    bookmark: Json = {"id": call.workspace.ids.make("Bk"), "channel_id": where.id, "title": call.args.required("title")}
    bookmark |= {name: call.args.text(name) for name in ("type", "link", "emoji")}
    call.workspace.put_channel(replace(where, bookmarks=(*where.bookmarks, bookmark)))
    return {"bookmark": bookmark}


async def edit_bookmark(call: Call) -> Json:
    where = _joined(call, call.args.required("channel_id"))
    old = _bookmark(call, where)
    new = old | {name: call.args.text(name) for name in ("title", "link", "emoji") if name in call.args}
    changed = tuple(new if entry is old else entry for entry in where.bookmarks)
    call.workspace.put_channel(replace(where, bookmarks=changed))
    return {"bookmark": new}


async def remove_bookmark(call: Call) -> Json:
    where = _joined(call, call.args.required("channel_id"))
    old = _bookmark(call, where)
    call.workspace.put_channel(replace(where, bookmarks=tuple(e for e in where.bookmarks if e is not old)))
    return {}


async def bookmarks(call: Call) -> Json:
    return {"bookmarks": list(call.channel("channel_id").bookmarks)}


def _bookmark(call: Call, where: Channel) -> Json:
    wanted = call.args.required("bookmark_id")
    found = next((entry for entry in where.bookmarks if entry["id"] == wanted), None)
    if found is None:
        raise ApiError("not_found")
    return found


def _message(call: Call) -> Message:
    where = call.channel()
    message = call.workspace.message(where.id, call.args.required("timestamp", error="no_item_specified"))
    if message is None:
        raise ApiError("message_not_found")
    return message


def _joined(call: Call, channel: str) -> Channel:
    where = call.workspace.channel(channel)
    if where is None:
        raise ApiError("channel_not_found")
    if call.bot not in where.members:
        raise ApiError("not_in_channel")
    return where


def _users(message: Message, name: str) -> tuple[str, ...]:
    return next((reaction.users for reaction in message.reactions if reaction.name == name), ())


_PINS, _BOOKMARKS = ("pins:write",), ("bookmarks:write",)

METHODS = (
    Method("reactions.add", react, Transport.FORM, Tier.T3, ("reactions:write",)),
    Method("reactions.remove", unreact, Transport.FORM, Tier.T2, ("reactions:write",)),
    Method("reactions.get", reactions, Transport.GET, Tier.T3, ("reactions:read",)),
    Method("pins.add", pin, Transport.FORM, Tier.T2, _PINS),
    Method("pins.remove", unpin, Transport.FORM, Tier.T2, _PINS),
    Method("pins.list", pins, Transport.GET, Tier.T2, ("pins:read",)),
    Method("bookmarks.add", add_bookmark, Transport.FORM, Tier.T2, _BOOKMARKS),
    Method("bookmarks.edit", edit_bookmark, Transport.FORM, Tier.T2, _BOOKMARKS),
    Method("bookmarks.remove", remove_bookmark, Transport.FORM, Tier.T2, _BOOKMARKS),
    Method("bookmarks.list", bookmarks, Transport.FORM, Tier.T2, ("bookmarks:read",)),
)
