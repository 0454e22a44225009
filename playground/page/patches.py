"""What to change in an open pane for changes of messages: items put into its lists or taken out, notices shown."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from playground.page.avatars import sign_avatar
from playground.page.desk import Desk
from playground.page.html import Html, el
from playground.page.messages import draw_message, message_id
from playground.page.mrkdwn import mrkdwn
from playground.page.timeline import main_messages, thread_messages
from playground.slack.changes import Change, MessageChanged, MessageRemoved, Notice
from playground.slack.values import Message

Patch = dict[str, Any]


def patches_for(batch: Iterable[Change], desk: Desk) -> list[Patch]:
    """Turn changes of messages into patches; a message that changed several times is drawn once, as it is now."""
    changed = [change for change in batch if isinstance(change, MessageChanged | MessageRemoved)]
    stamps = list(dict.fromkeys(change.ts for change in changed if change.channel == desk.place.channel))
    if not stamps or desk.place.home:
        return []
    patches = list(_list_patches("main", "m", stamps, main_messages(desk), desk))
    if desk.place.thread:
        patches += _list_patches("replies", "t", stamps, thread_messages(desk), desk)
    return patches


def _list_patches(
    target: str, column: str, stamps: Sequence[str], messages: Sequence[Message], desk: Desk
) -> Iterator[Patch]:
    places = {message.ts: index for index, message in enumerate(messages)}
    for ts in stamps:
        if ts in places:
            yield _put(target, column, places[ts], messages, desk)
        elif desk.workspace.message(desk.place.channel, ts, seen_by=desk.place.person) is None:
            yield {"op": "drop", "id": f"{column}-{desk.place.channel}-{ts}"}
            yield from _successor(target, column, ts, messages, desk)


def _put(target: str, column: str, index: int, messages: Sequence[Message], desk: Desk) -> Patch:
    message = messages[index]
    previous = messages[index - 1] if index else None
    drawn = draw_message(message, previous, desk, column=column)
    spoken = message.user != desk.place.person
    return {
        "op": "put",
        "list": target,
        "id": message_id(message, column=column),
        "ts": message.ts,
        "html": drawn,
        "say": spoken,
    }


def _successor(target: str, column: str, ts: str, messages: Sequence[Message], desk: Desk) -> Iterator[Patch]:
    """Draw the message after a removed one again: it may have stood under the removed one's face."""
    index = next((i for i, message in enumerate(messages) if message.ts > ts), None)
    if index is not None:
        yield _put(target, column, index, messages, desk)


def notice(change: Notice, desk: Desk) -> Patch:
    """Show what Slack says: in the conversation that it belongs to, as Slackbot would, or else at the edge."""
    if change.channel != desk.place.channel or desk.place.home:
        return {"op": "toast", "text": change.text}
    return {"op": "notice", "html": _slackbot(change.text, desk), "text": change.text}


def _slackbot(text: str, desk: Desk) -> Html:
    return el(
        "li",
        el("div", sign_avatar("💠"), class_="gutter"),
        el(
            "div",
            el("div", el("b", "Slackbot"), el("small", "Only visible to you", class_="only-you"), class_="who"),
            el("div", mrkdwn(text, desk.names), class_="body"),
            class_="said",
        ),
        class_="message ephemeral",
        tabindex=-1,
        data_notice=True,
    )
