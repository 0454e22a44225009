"""The modal that opens at once, while what belongs in it is still being read: a trigger_id lives for 3 s.

It goes by an id of our own (Slack's external_id), so that the deed it is for need not wait until Slack has opened it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256

from bot.model.plan import Json
from bot.slack.web import Refused

TRIGGER_LIVES_S = 3.0
"""Slack opens nothing for an older one."""
AGAIN_AFTER_S = (0.5, 2.3)
"""Together nearly as long as a trigger lives: a modal that Slack does not know by then was closed, or never opened.
Two tries more, as each counts against the updates that the whole workspace has in a minute."""
CLOSED = frozenset({"not_found", "view_not_found"})
OURS = "modal-"
"""Slack's own ids of views begin with V."""


def modal_saying(sentence: str) -> dict[str, Json]:
    """A modal with nothing but a sentence."""
    return {
        "type": "modal",
        "callback_id": "placeholder",
        "title": {"type": "plain_text", "text": "One moment"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [{"type": "section", "text": {"type": "plain_text", "text": sentence}}],
    }


PLACEHOLDER = modal_saying(
    "⏳ Reading the current state. If nothing follows within half a minute, close this and press the button again."
)


def modal_for(key: str) -> str:
    """The id of the modal that the deed *key* opens, the same however often that deed is delivered."""
    return OURS + sha256(key.encode()).hexdigest()[:32]


def addressed(view_id: str, view: dict[str, Json]) -> dict[str, Json]:
    """The arguments that bring *view* into the modal *view_id*; it keeps our id."""
    if view_id.startswith(OURS):
        return {"external_id": view_id, "view": {**view, "external_id": view_id}}
    return {"view_id": view_id, "view": view}


async def once_open(view_id: str, update: Callable[[], Awaitable[object]]) -> None:
    """Run *update* of a modal that Slack may be about to open; raises Refused, with one of CLOSED for one not there."""
    for pause_s in AGAIN_AFTER_S if view_id.startswith(OURS) else ():
        try:
            await update()
        except Refused as refused:
            if refused.code not in CLOSED:
                raise
        else:
            return
        await asyncio.sleep(pause_s)
    await update()
