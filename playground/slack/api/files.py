"""files.*: the three steps of an upload, and what is known of a file."""

import mimetypes
from dataclasses import replace

from playground.slack.api.call import Call, Method, Transport
from playground.slack.api.chat import destination, post
from playground.slack.api_error import ApiError
from playground.slack.content import checked_message
from playground.slack.limits import Tier
from playground.slack.shapes import file_json
from playground.slack.values import Channel, File, Json

# docs "Working with files": a snippet may have a megabyte, its alternative text a thousand characters.
SNIPPET_BYTES = 1_000_000
ALT_TEXT_LIMIT = 1000
CHANNEL_LIMIT = 100


async def get_upload_url(call: Call) -> Json:
    name, length = call.args.required("filename"), call.args.number("length", default=0)
    snippet, alt_text = call.args.text("snippet_type"), call.args.text("alt_txt") or ""
    if length <= 0:
        raise ApiError("invalid_arguments")
    if snippet and length > SNIPPET_BYTES:
        raise ApiError("snippet_too_large")
    if len(alt_text) > ALT_TEXT_LIMIT:
        raise ApiError("alt_txt_too_large")
    file_id = call.workspace.ids.make("F")
    call.on.pending_uploads[file_id] = {"name": name, "length": length, "snippet_type": snippet, "alt_txt": alt_text}
    return {"upload_url": call.on.address(f"/upload/v1/{file_id}"), "file_id": file_id}


async def complete_upload(call: Call) -> Json:
    """Share files whose bytes have arrived; the app must be in every channel, chat:write.public does not help."""
    given = call.args.structure("files")
    if not isinstance(given, list) or not given or not all(isinstance(entry, dict) for entry in given):
        raise ApiError("invalid_arguments")
    channels = [*call.args.names("channel_id"), *call.args.names("channels")]
    if len(channels) > CHANNEL_LIMIT:
        raise ApiError("invalid_channel")
    places = [_joined(call, channel) for channel in channels]
    files = [_complete(call, entry) for entry in given]
    for where in places:
        _share(call, where, files)
    return {"files": [file_json(call.workspace.files[file.id], call.workspace.origin) for file in files]}


async def info(call: Call) -> Json:
    return {
        "file": file_json(_file(call), call.workspace.origin),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


async def delete(call: Call) -> Json:
    file = _file(call)
    if file.user != call.bot:
        raise ApiError("cant_delete_file")
    del call.workspace.files[file.id]
    for channel, ts in file.shares:
        message = call.workspace.message(channel, ts)
        if message is not None:
            call.workspace.amend(message, files=tuple(f for f in message.files if f != file.id))
    return {}


def received(call: Call, file_id: str, content: bytes) -> None:
    """Take the bytes of an announced upload."""
    pending = call.on.pending_uploads.get(file_id)
    if pending is None:
        raise ApiError("file_not_found")
    if len(content) != pending["length"]:
        raise ApiError("upload_length_mismatch")
    pending["content"] = content


def _complete(call: Call, entry: Json) -> File:
    pending = call.on.pending_uploads.get(str(entry.get("id")))
    if pending is None or "content" not in pending:
        raise ApiError("file_not_found")
    del call.on.pending_uploads[entry["id"]]
    name: str = pending["name"]
    file = File(
        id=entry["id"],
        name=name,
        title=entry.get("title") or name,
        user=call.bot,
        created=int(call.workspace.clock.now()),
        content=pending["content"],
        mimetype=mimetypes.guess_type(name)[0] or "text/plain",
        filetype=name.rpartition(".")[2] or "text",
        snippet_type=pending["snippet_type"],
        alt_txt=pending["alt_txt"],
    )
    call.workspace.put_file(file)
    return file


def _share(call: Call, where: Channel, files: list[File]) -> None:
    comment = {"text": call.args.text("initial_comment"), "blocks": call.args.structure("blocks")}
    content = checked_message({key: value for key, value in comment.items() if value}, call.workspace.ids)
    message = post(
        call,
        where,
        content,
        thread_ts=call.args.text("thread_ts"),
        subtype="file_share",
        files=tuple(file.id for file in files),
    )
    for file in files:
        known = call.workspace.files[file.id]
        call.workspace.put_file(replace(known, shares=(*known.shares, (where.id, message.ts))))


def _file(call: Call) -> File:
    file = call.workspace.files.get(call.args.required("file", error="file_not_found"))
    if file is None:
        raise ApiError("file_not_found")
    return file


def _joined(call: Call, channel: str) -> Channel:
    if channel in call.workspace.people:
        raise ApiError("invalid_channel")
    called = Call(call.on, type(call.args)({**call.args.raw, "channel": channel}))
    where = destination(called)
    if call.bot not in where.members:
        raise ApiError("not_in_channel")
    return where


_WRITE = ("files:write",)

METHODS = (
    Method("files.getUploadURLExternal", get_upload_url, Transport.FORM, Tier.T4, _WRITE),
    Method("files.completeUploadExternal", complete_upload, Transport.FORM, Tier.T4, _WRITE),
    Method("files.info", info, Transport.GET, Tier.T4, ("files:read",)),
    Method("files.delete", delete, Transport.FORM, Tier.T3, _WRITE),
)
