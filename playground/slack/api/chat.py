"""chat.*: post, update, delete, ephemerals, permalinks, scheduled messages."""

from typing import Any

from playground.slack.api.call import Call, Method, Transport
from playground.slack.api_error import ApiError
from playground.slack.content import Content, checked_message
from playground.slack.kinds import WORDS
from playground.slack.limits import Tier
from playground.slack.shapes import message_json
from playground.slack.talking import message_event
from playground.slack.values import Channel, Edited, Json, Message

# docs chat.update: a longer text is refused, though chat.postMessage takes it.
UPDATE_TEXT_LIMIT = 4_000
# docs chat.scheduleMessage.
SCHEDULE_HORIZON_S = 120 * 24 * 3600


async def post_message(call: Call) -> Json:
    where = destination(call)
    content = _content(call)
    if content.empty:
        raise ApiError("no_text")
    message = post(call, where, content, thread_ts=call.args.text("thread_ts"))
    return {"channel": where.id, "ts": message.ts, "message": _shown(call, message)}


async def update(call: Call) -> Json:
    where = call.channel()
    message = _own(call, where, refusal="cant_update_message")
    given = _content(call)
    if given.text is not None and len(given.text) > UPDATE_TEXT_LIMIT:
        raise ApiError("msg_too_long")
    if given.text is None and given.blocks is None and given.attachments is None:
        raise ApiError("no_text")
    changed = call.workspace.amend(message, **updated(message, given, editor=call.bot, ts=call.workspace.ids.ts()))
    return {"channel": where.id, "ts": message.ts, "text": changed.text, "message": _shown(call, changed)}


async def delete(call: Call) -> Json:
    where = call.channel()
    message = _own(call, where, refusal="cant_delete_message")
    call.workspace.remove(where.id, message.ts)
    return {"channel": where.id, "ts": message.ts}


async def post_ephemeral(call: Call) -> Json:
    where = destination(call)
    person = call.args.required("user")
    if person not in where.members:
        raise ApiError("user_not_in_channel")
    content = _content(call)
    if any(part.get("blocks") for part in content.attachments or ()):
        raise ApiError("invalid_attachments")
    if content.empty:
        raise ApiError("no_text")
    message = post(call, where, content, thread_ts=call.args.text("thread_ts"), ephemeral_to=person)
    return {"message_ts": message.ts}


async def get_permalink(call: Call) -> Json:
    where, ts = call.channel(), call.args.required("message_ts")
    if call.workspace.message(where.id, ts) is None:
        raise ApiError("message_not_found")
    path = f"/archives/{where.id}/p{ts.replace('.', '')}"
    return {"channel": where.id, "permalink": call.on.address(path)}


async def schedule_message(call: Call) -> Json:
    where, post_at = destination(call), call.args.number("post_at", default=0)
    delay_s = post_at - call.workspace.clock.now()
    if delay_s <= 0:
        raise ApiError("time_in_past")
    if delay_s > SCHEDULE_HORIZON_S:
        raise ApiError("time_too_far")
    content = _content(call)
    if content.empty:
        raise ApiError("no_text")
    scheduled_id = call.workspace.ids.make("Q")
    shown = {"id": scheduled_id, "channel_id": where.id, "post_at": post_at, "text": content.text or ""}
    call.on.scheduled[scheduled_id] = shown
    call.on.background.start(_post_later(call, where, content, scheduled_id=scheduled_id, delay_s=delay_s))
    return {"channel": where.id, "scheduled_message_id": scheduled_id, "post_at": str(post_at)}


async def scheduled_messages(call: Call) -> Json:
    wanted = call.args.text("channel")
    entries = [entry for entry in call.on.scheduled.values() if wanted in (None, entry["channel_id"])]
    return {"scheduled_messages": entries, "response_metadata": {"next_cursor": ""}}


async def delete_scheduled(call: Call) -> Json:
    if call.on.scheduled.pop(call.args.required("scheduled_message_id"), None) is None:
        raise ApiError("invalid_scheduled_message_id")
    return {}


def destination(call: Call) -> Channel:
    """Where the app may write: a conversation it is in, a public one with chat:write.public, or a person's DM."""
    named = call.args.required("channel", error="channel_not_found")
    if named in call.workspace.people:
        if call.workspace.people[named].deleted:
            raise ApiError("user_not_found")
        return call.workspace.open_im(named, call.bot)
    where = call.channel()
    if where.is_archived:
        raise ApiError("is_archived")
    if call.bot not in where.members and "chat:write.public" not in call.on.app.scopes:
        raise ApiError("not_in_channel")
    return where


def post(
    call: Call,
    where: Channel,
    content: Content,
    *,
    thread_ts: str | None = None,
    ephemeral_to: str | None = None,
    **fields: Any,
) -> Message:
    """Store a message of the app and tell whoever subscribed to messages there."""
    if thread_ts is not None:
        parent = call.workspace.message(where.id, thread_ts)
        thread_ts = thread_ts if parent is None else parent.thread_ts or parent.ts
        if parent is None:
            raise ApiError("thread_not_found")
    message = call.workspace.post(
        where.id,
        user=call.bot,
        bot_id=call.on.app.bot_id,
        username=call.args.text("username"),
        icon_emoji=call.args.text("icon_emoji"),
        icon_url=call.args.text("icon_url"),
        text=content.text or "",
        blocks=content.blocks or (),
        attachments=content.attachments or (),
        metadata=content.metadata,
        thread_ts=thread_ts,
        ephemeral_to=ephemeral_to,
        broadcast=thread_ts is not None and call.args.flag("reply_broadcast"),
        **fields,
    )
    if ephemeral_to is None and call.bot in where.members:
        event = message_event(call.workspace, message, where)
        call.on.events.publish(event, subscription=WORDS[where.kind].subscription, channel=where)
    return message


def updated(message: Message, given: Content, *, editor: str, ts: str) -> dict[str, Any]:
    """The fields that chat.update changes: text alone removes the blocks, blocks alone keep the text."""
    fields: dict[str, Any] = {}
    if given.text is not None:
        fields["text"] = given.text
    if given.blocks is not None or given.text is not None:
        fields["blocks"] = given.blocks or ()
    if given.attachments is not None:
        fields["attachments"] = given.attachments
    if given.metadata is not None:
        fields["metadata"] = given.metadata
    rendered_from_text = not fields.get("blocks", message.blocks) and given.text is not None
    if rendered_from_text and given.text != message.text:
        fields["edited"] = Edited(user=editor, ts=ts)
    return fields


async def _post_later(call: Call, where: Channel, content: Content, *, scheduled_id: str, delay_s: float) -> None:
    await call.workspace.clock.sleep(delay_s)
    if call.on.scheduled.pop(scheduled_id, None) is not None:
        post(call, where, content, thread_ts=call.args.text("thread_ts"))


def _content(call: Call) -> Content:
    names = ("blocks", "attachments", "metadata")
    structures = {name: call.args.structure(name) for name in names if name in call.args}
    return checked_message(call.args.raw | structures, call.workspace.ids)


def _own(call: Call, where: Channel, *, refusal: str) -> Message:
    """The app's own stored message that an argument names; ephemerals are never found."""
    message = call.workspace.message(where.id, call.args.required("ts", error="message_not_found"))
    if message is None:
        raise ApiError("message_not_found")
    if message.bot_id != call.on.app.bot_id:
        raise ApiError(refusal)
    return message


def _shown(call: Call, message: Message) -> Json:
    return message_json(call.workspace, call.on.app, message, metadata=True)


_WRITE = ("chat:write",)

METHODS = (
    Method("chat.postMessage", post_message, Transport.JSON, Tier.POSTING, _WRITE),
    Method("chat.update", update, Transport.JSON, Tier.T3, _WRITE),
    Method("chat.delete", delete, Transport.FORM, Tier.T3, _WRITE),
    Method("chat.postEphemeral", post_ephemeral, Transport.JSON, Tier.T4, _WRITE),
    Method("chat.getPermalink", get_permalink, Transport.GET, Tier.SPECIAL),
    Method("chat.scheduleMessage", schedule_message, Transport.JSON, Tier.T3, _WRITE),
    Method("chat.scheduledMessages.list", scheduled_messages, Transport.FORM, Tier.T3),
    Method("chat.deleteScheduledMessage", delete_scheduled, Transport.FORM, Tier.T3, _WRITE),
)
