"""A workspace that lacks Slack's newest blocks refuses a whole message for one of them."""

from collections.abc import Iterator
from typing import Any

from playground.slack.api.call import Args
from playground.slack.api_error import ApiError

NEWEST = frozenset({"table", "data_table", "data_visualization", "container", "plan", "task_card", "card", "carousel"})


def refuse_new_blocks(args: Args) -> None:
    """Refuse what such a workspace cannot draw (raises invalid_blocks, invalid_attachments)."""
    if found := list(_newest(args.structure("blocks"), "/blocks")):
        raise ApiError("invalid_blocks", errors=found)
    for place, attachment in enumerate(args.structure("attachments") or ()):
        if found := list(_newest(attachment.get("blocks"), f"/attachments/{place}/blocks")):
            raise ApiError("invalid_attachments", errors=found)


def _newest(blocks: Any, pointer: str) -> Iterator[str]:
    for place, block in enumerate(blocks or ()):
        if block.get("type") in NEWEST:
            yield f"unsupported type: {block['type']} [json-pointer:{pointer}/{place}]"
