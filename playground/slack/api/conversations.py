"""conversations.*: list, read, open, join, invite, and the little housekeeping an ops bot does."""

from dataclasses import replace

from playground.slack.api.call import Call, Method, Transport, page
from playground.slack.api_error import ApiError
from playground.slack.kinds import WORDS
from playground.slack.limits import Tier
from playground.slack.shapes import channel_json, message_json
from playground.slack.values import Channel, ChannelKind, Json, Message


async def list_(call: Call) -> Json:
    wanted = call.args.names("types") or ["public_channel"]
    known = [
        channel
        for channel in call.workspace.channels.values()
        if WORDS[channel.kind].listed in wanted and (channel.kind is ChannelKind.PUBLIC or call.bot in channel.members)
    ]
    if call.args.flag("exclude_archived"):
        known = [channel for channel in known if not channel.is_archived]
    found, cursor = page([_shown(call, channel) for channel in known], call.args)
    return {"channels": found, "response_metadata": {"next_cursor": cursor}}


async def info(call: Call) -> Json:
    where = call.channel()
    call.require(f"{WORDS[where.kind].family}:read")
    return {"channel": _shown(call, where)}


async def history(call: Call) -> Json:
    where = _readable(call)
    stored = call.workspace.messages[where.id].values()
    return _page_of(call, [m for m in reversed(stored) if not m.is_reply or m.broadcast])


async def replies(call: Call) -> Json:
    where = _readable(call)
    thread = call.workspace.replies(where.id, call.args.required("ts", error="thread_not_found"))
    if not thread:
        raise ApiError("thread_not_found")
    return _page_of(call, thread)


async def members(call: Call) -> Json:
    where = call.channel()
    found, cursor = page([{"id": member} for member in where.members], call.args)
    return {"members": [entry["id"] for entry in found], "response_metadata": {"next_cursor": cursor}}


async def open_(call: Call) -> Json:
    if "channel" in call.args:
        return {"channel": {"id": call.channel().id}, "no_op": True, "already_open": True}
    users = call.args.names("users")
    if len(users) != 1:
        raise ApiError("invalid_arguments" if users else "users_list_not_supplied")
    person = call.workspace.people.get(users[0])
    if person is None:
        raise ApiError("user_not_found")
    if person.deleted:
        raise ApiError("user_disabled")
    known = call.workspace.im(person.id, call.bot) is not None
    direct = call.workspace.open_im(person.id, call.bot)
    return {"channel": {"id": direct.id}} | ({"no_op": True, "already_open": True} if known else {})


async def join(call: Call) -> Json:
    where = _writable(call)
    if where.kind is not ChannelKind.PUBLIC:
        raise ApiError("method_not_supported_for_channel_type")
    return {"channel": _shown(call, call.workspace.join(where.id, [call.bot]))}


async def leave(call: Call) -> Json:
    where = call.channel()
    if call.bot not in where.members:
        return {"not_in_channel": True}
    call.workspace.leave(where.id, call.bot)
    return {}


async def create(call: Call) -> Json:
    name = call.args.required("name", error="invalid_name_required").removeprefix("#")
    if not name.replace("-", "").replace("_", "").isalnum() or name != name.lower() or len(name) > 80:
        raise ApiError("invalid_name_specials")
    if call.workspace.channel(name) is not None:
        raise ApiError("name_taken")
    kind = ChannelKind.PRIVATE if call.args.flag("is_private") else ChannelKind.PUBLIC
    made = Channel(
        id=call.workspace.ids.make("C"),
        name=name,
        kind=kind,
        members=(call.bot,),
        creator=call.bot,
        created=int(call.workspace.clock.now()),
    )
    call.workspace.put_channel(made)
    return {"channel": _shown(call, made)}


async def invite(call: Call) -> Json:
    where, users = _member_of(call), call.args.names("users")
    unknown = [user for user in users if user not in call.workspace.people]
    if unknown or not users:
        raise ApiError("user_not_found" if unknown else "no_user")
    if set(users) <= set(where.members):
        raise ApiError("already_in_channel")
    return {"channel": _shown(call, call.workspace.join(where.id, users))}


async def set_topic(call: Call) -> Json:
    changed = replace(_member_of(call), topic=call.args.required("topic")[:250])
    call.workspace.put_channel(changed)
    return {"channel": _shown(call, changed)}


async def set_purpose(call: Call) -> Json:
    changed = replace(_member_of(call), purpose=call.args.required("purpose")[:250])
    call.workspace.put_channel(changed)
    return {"channel": _shown(call, changed)}


async def archive(call: Call) -> Json:
    where = _member_of(call)
    if where.name == "general":
        raise ApiError("cant_archive_general")
    call.on.admin.archive(where.id, by=call.bot)
    return {}


async def unarchive(call: Call) -> Json:
    where = call.channel()
    if not where.is_archived:
        raise ApiError("not_archived")
    call.workspace.put_channel(replace(where, is_archived=False))
    return {}


def _readable(call: Call) -> Channel:
    """A conversation whose messages the app may read: by scope and by membership."""
    where = call.channel()
    call.require(f"{WORDS[where.kind].family}:history")
    if call.bot not in where.members:
        raise ApiError("not_in_channel")
    return where


def _writable(call: Call) -> Channel:
    where = call.channel()
    if where.is_archived:
        raise ApiError("is_archived")
    return where


def _member_of(call: Call) -> Channel:
    where = _writable(call)
    if call.bot not in where.members:
        raise ApiError("not_in_channel")
    return where


def _page_of(call: Call, messages: list[Message]) -> Json:
    oldest, latest = call.args.text("oldest") or "0", call.args.text("latest") or "9999999999.999999"
    inclusive = call.args.flag("inclusive")
    metadata = call.args.flag("include_all_metadata")
    between = [
        message_json(call.workspace, call.on.app, m, metadata=metadata)
        for m in messages
        if _key(oldest) < _key(m.ts) < _key(latest) or (inclusive and m.ts in (oldest, latest))
    ]
    found, cursor = page(between, call.args, most=999)
    reply: Json = {"messages": found, "has_more": bool(cursor)}
    return reply | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _key(ts: str) -> tuple[int, str]:
    """Order timestamps without ever turning them into floats."""
    seconds, _, fraction = ts.partition(".")
    return (int(seconds) if seconds.isdecimal() else 0, fraction.ljust(6, "0"))


def _shown(call: Call, channel: Channel) -> Json:
    return channel_json(channel, seen_by=call.bot, team=call.workspace.team.id)


_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_MANAGE = ("channels:manage", "groups:write")

METHODS = (
    Method("conversations.list", list_, Transport.GET, Tier.T2, _READ),
    Method("conversations.info", info, Transport.GET, Tier.T3, _READ),
    Method("conversations.history", history, Transport.GET, Tier.T3, _HISTORY),
    Method("conversations.replies", replies, Transport.GET, Tier.T3, _HISTORY),
    Method("conversations.members", members, Transport.GET, Tier.T4, _READ),
    Method("conversations.open", open_, Transport.FORM, Tier.T3, ("im:write", "mpim:write", *_MANAGE)),
    Method("conversations.join", join, Transport.FORM, Tier.T3, ("channels:join",)),
    Method("conversations.leave", leave, Transport.FORM, Tier.T3, _MANAGE),
    Method("conversations.create", create, Transport.FORM, Tier.T2, _MANAGE),
    Method("conversations.invite", invite, Transport.FORM, Tier.T3, (*_MANAGE, "channels:write.invites")),
    Method("conversations.setTopic", set_topic, Transport.FORM, Tier.T2, (*_MANAGE, "channels:write.topic")),
    Method("conversations.setPurpose", set_purpose, Transport.FORM, Tier.T2, (*_MANAGE, "channels:write.topic")),
    Method("conversations.archive", archive, Transport.FORM, Tier.T2, _MANAGE),
    Method("conversations.unarchive", unarchive, Transport.FORM, Tier.T2, _MANAGE),
)
