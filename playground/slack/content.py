"""What an app wants to show, checked as Slack checks it: the content of a message, or a view."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from playground.slack.api_error import ApiError
from playground.slack.blockkit.blocks import Surface
from playground.slack.blockkit.judge import characters, has_many_tables, problems, with_ids
from playground.slack.blockkit.rules import Problem, anything, boolean, choice, items, plain, shape, string
from playground.slack.ids import Ids
from playground.slack.values import Json, ViewType

# docs chat.postMessage: longer text is cut.
TEXT_LIMIT = 40_000
# reported (bolt-js 2509, 2867): the sum over all blocks of one message; nowhere documented.
BLOCKS_CHARACTERS = 13_200
ATTACHMENT_LIMIT = 100
VIEW_BYTES = 250 * 1000


@dataclass(frozen=True, slots=True)
class Content:
    """The parts of a message that were given; None means not mentioned, which chat.update tells from empty."""

    text: str | None
    blocks: tuple[Json, ...] | None
    attachments: tuple[Json, ...] | None
    metadata: Json | None

    @property
    def empty(self) -> bool:
        return not (self.text or self.blocks or self.attachments)


def checked_message(args: Json, ids: Ids, *, budget: int | None = BLOCKS_CHARACTERS) -> Content:
    """Check text, blocks, attachments and metadata of *args* (raises no_text, invalid_blocks, …)."""
    blocks, attachments = args.get("blocks"), args.get("attachments")
    text = args.get("markdown_text") or args.get("text")
    if found := problems(blocks, Surface.MESSAGE) if blocks is not None else []:
        raise refused("invalid_blocks", found)
    if found := attachment_problems(attachments) if attachments is not None else []:
        raise refused("invalid_attachments", found)
    content = Content(
        text=str(text)[:TEXT_LIMIT] if text is not None else None,
        blocks=with_ids(blocks, ids) if blocks is not None else None,
        attachments=_with_block_ids(attachments, ids) if attachments is not None else None,
        metadata=_metadata(args.get("metadata")),
    )
    if has_many_tables([*(content.blocks or ()), *_blocks_in(content.attachments or ())]):
        # docs "Table block": so it is called, wherever the tables stand.
        raise ApiError("invalid_attachments", errors=["only_one_table_allowed"])
    if budget is not None and characters([content.blocks or (), _blocks_in(content.attachments or ())]) > budget:
        raise ApiError("msg_blocks_too_long")
    return content


def checked_view(view: Any, ids: Ids, *, allowed: Collection[ViewType]) -> Json:
    """Check a view and give its blocks ids (raises invalid_arguments, view_too_large)."""
    if not isinstance(view, dict) or view.get("type") not in list(allowed):
        kinds = ", ".join(kind.value for kind in allowed)
        raise refused("invalid_arguments", [Problem("/view/type", f"must be one of: {kinds}")])
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise ApiError("view_too_large")
    if found := view_problems(view):
        raise refused("invalid_arguments", found)
    return view | {"blocks": list(with_ids(view["blocks"], ids))}


def view_problems(view: Json) -> list[Problem]:
    kind = ViewType(view["type"])
    found = [*_VIEW[kind](view, "/view")]
    surface = Surface.MODAL if kind is ViewType.MODAL else Surface.HOME
    found += problems(view.get("blocks") or [], surface, pointer="/view/blocks")
    if found or kind is ViewType.HOME or view.get("submit"):
        return found
    if any(block["type"] == "input" for block in view["blocks"]):
        found.append(Problem("/view", "missing required field: submit"))
    return found


_VIEW_COMMON = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
    "clear_on_close": boolean,
    "notify_on_close": boolean,
    "submit_disabled": boolean,
    "title": plain(24),
    "submit": plain(24),
    "close": plain(24),
}
_VIEW = {
    ViewType.MODAL: shape({"title": plain(24), "blocks": anything}, _VIEW_COMMON),
    ViewType.HOME: shape({"blocks": anything}, _VIEW_COMMON),
}

_ATTACHMENT = shape(
    {},
    {
        **{name: string() for name in ("color", "fallback", "text", "pretext", "title", "title_link", "footer")},
        **{name: string() for name in ("author_name", "author_link", "author_icon", "callback_id", "footer_icon")},
        **{name: string() for name in ("image_url", "thumb_url", "from_url", "service_name", "attachment_type")},
        "fields": items(anything, least=0),
        "mrkdwn_in": items(choice("text", "pretext", "fields", "title"), least=0),
        "actions": items(anything, 5, least=0),
        "blocks": anything,
        "ts": anything,
        "id": anything,
    },
)


def attachment_problems(attachments: Any) -> list[Problem]:
    found = [*items(_ATTACHMENT, ATTACHMENT_LIMIT, least=0)(attachments, "/attachments")]
    if found:
        return found
    for index, attachment in enumerate(attachments):
        blocks = attachment.get("blocks")
        if blocks is not None:
            found += problems(blocks, Surface.MESSAGE, pointer=f"/attachments/{index}/blocks")
    return found


def refused(code: str, found: list[Problem]) -> ApiError:
    """The error as Slack words it: pointers in errors, the same as [ERROR] lines in response_metadata."""
    texts = [str(problem) for problem in found]
    return ApiError(code, errors=texts, response_metadata={"messages": [f"[ERROR] {text}" for text in texts]})


def _with_block_ids(attachments: list[Json], ids: Ids) -> tuple[Json, ...]:
    return tuple(
        part | {"id": number} | ({"blocks": list(with_ids(part["blocks"], ids))} if part.get("blocks") else {})
        for number, part in enumerate(attachments, start=1)
    )


def _blocks_in(attachments: tuple[Json, ...]) -> list[Json]:
    return [block for part in attachments for block in part.get("blocks") or ()]


def _metadata(metadata: Any) -> Json | None:
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        raise ApiError("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str):
        raise ApiError("invalid_metadata_schema")
    return metadata
