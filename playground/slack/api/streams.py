"""chat.*Stream and assistant.threads.*: text that grows while it is read."""

from playground.slack.api.call import Call, Method, Transport
from playground.slack.api.chat import destination, post
from playground.slack.api_error import ApiError
from playground.slack.content import Content, checked_message
from playground.slack.limits import Tier
from playground.slack.shapes import message_json
from playground.slack.values import ChannelKind, Json, Message

MARKDOWN_LIMIT = 12_000


async def start(call: Call) -> Json:
    """Begin a streaming reply; in channels Slack wants to know for whom it is."""
    where, thread_ts = destination(call), call.args.required("thread_ts")
    if where.kind is not ChannelKind.IM:
        for name in ("recipient_user_id", "recipient_team_id"):
            if name not in call.args:
                raise ApiError("missing_" + name)
    content = Content(call.args.text("markdown_text") or "", None, None, None)
    message = post(call, where, content, thread_ts=thread_ts, streaming=True)
    return {"channel": where.id, "ts": message.ts}


async def append(call: Call) -> Json:
    message = _streaming(call)
    _grown(call, message)
    return {"channel": message.channel, "ts": message.ts}


async def stop(call: Call) -> Json:
    message = _streaming(call)
    final = checked_message({"blocks": call.args.structure("blocks")}, call.workspace.ids)
    grown = _grown(call, message)
    stopped = call.workspace.amend(grown, streaming=False, blocks=final.blocks or ())
    shown = message_json(call.workspace, call.on.app, stopped)
    return {"channel": stopped.channel, "ts": stopped.ts, "message": shown}


async def set_status(call: Call) -> Json:
    _require_thread(call)
    return {}


async def set_title(call: Call) -> Json:
    _require_thread(call)
    call.args.required("title")
    return {}


async def set_suggested_prompts(call: Call) -> Json:
    """Take one to four prompts, each with a title and the message that it sends."""
    _require_thread(call)
    prompts = call.args.structure("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= 4:
        raise ApiError("invalid_arguments")
    if not all(isinstance(one, dict) and one.get("title") and one.get("message") for one in prompts):
        raise ApiError("invalid_arguments")
    return {}


def _require_thread(call: Call) -> None:
    call.channel("channel_id")
    call.args.required("thread_ts")


def _streaming(call: Call) -> Message:
    message = call.workspace.message(call.channel().id, call.args.required("ts"))
    if message is None:
        raise ApiError("message_not_found")
    if not message.streaming:
        raise ApiError("message_not_in_streaming_state")
    return message


def _grown(call: Call, message: Message) -> Message:
    text = message.text + (call.args.text("markdown_text") or "")
    if len(text) > MARKDOWN_LIMIT:
        raise ApiError("msg_too_long")
    return call.workspace.amend(message, text=text)


_WRITE = ("chat:write",)
_ASSISTANT = ("assistant:write", "chat:write")

METHODS = (
    Method("chat.startStream", start, Transport.JSON, Tier.T2, _WRITE),
    Method("chat.appendStream", append, Transport.JSON, Tier.T4, _WRITE),
    Method("chat.stopStream", stop, Transport.JSON, Tier.T2, _WRITE),
    Method("assistant.threads.setStatus", set_status, Transport.JSON, Tier.SPECIAL, _WRITE),
    Method("assistant.threads.setTitle", set_title, Transport.FORM, Tier.T3, _ASSISTANT),
    Method("assistant.threads.setSuggestedPrompts", set_suggested_prompts, Transport.JSON, Tier.T3, _ASSISTANT),
)
