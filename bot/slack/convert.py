"""Slack's payloads → `bot.model.incoming`: pure, and the only place that knows their shapes.

Raises KeyError on a payload that is not shaped as Slack's, Foreign on one that is not for us.
"""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from bot.errors import Denied
from bot.model.incoming import Click, Command, HomeOpened, Origin, Submission
from bot.slack.fields import read_fields
from bot.slack.identity import Identity
from bot.slack.markup import plain_text, text_after_mention

Payload = dict[str, Any]


NOT_TYPED = ("subtype", "bot_id", "app_id")
"""Marks of a message that no person typed; the last is that of an app that holds a person's own token."""


class Foreign(Denied):
    """Another app's request, or another workspace's."""


def command(payload: Payload, us: Identity, at: datetime) -> Command:
    """Read a slash command."""
    _check(payload.get("api_app_id"), payload["team_id"], us)
    origin = Origin(
        key=f"command:{payload['trigger_id']}",
        team_id=payload["team_id"],
        user_id=payload["user_id"],
        channel=payload["channel_id"],
        at=at,
    )
    return Command(origin, plain_text(payload.get("text", "")))


def click(payload: Payload, us: Identity, at: datetime) -> Click:
    """Read the first action of block_actions; Slack sends one at a time."""
    _check(payload.get("api_app_id"), _installed_team(payload), us)
    _check_maker(payload.get("message") or payload.get("view"), us)
    action = payload["actions"][0]
    container = payload.get("container") or {}
    message_ts = container.get("message_ts", "")
    user = payload["user"]["id"]
    origin = Origin(
        key=f"click:{action['action_ts']}:{user}:{action['action_id']}:{message_ts}",
        team_id=_team_of_person(payload),
        user_id=user,
        channel=_channel(payload),
        at=at,
        thread_ts=container.get("thread_ts", ""),
    )
    name, value = first_part(action["action_id"]), action_value(action)
    if _is_a_field(action, payload.get("view") or {}):
        name, value = "fill", payload["view"].get("private_metadata", "")
    is_on_whisper = bool(container.get("is_ephemeral"))
    return Click(origin, name, value, message_ts, modal_of(payload), fields_of(payload), is_on_whisper)


def shortcut(payload: Payload, us: Identity, at: datetime) -> Click:
    """Read a global or message shortcut: a click whose action is its callback_id."""
    _check(payload.get("api_app_id"), _installed_team(payload), us)
    message = payload.get("message") or {}
    user = payload["user"]["id"]
    origin = Origin(
        key=f"shortcut:{payload['action_ts']}:{user}:{payload['callback_id']}",
        team_id=_team_of_person(payload),
        user_id=user,
        channel=_channel(payload),
        at=at,
        thread_ts=message.get("thread_ts", ""),
    )
    return Click(origin, payload["callback_id"], "", payload.get("message_ts") or message.get("ts", ""))


def submission(payload: Payload, us: Identity, at: datetime) -> Submission:
    """Read a submitted modal; with other values in its fields it is another deed."""
    _check(payload.get("api_app_id"), _installed_team(payload), us)
    view = payload["view"]
    _check_maker(view, us)
    fields = fields_of(payload)
    typed = json.dumps(sorted(fields.items()))  # in ASCII: half of an emoji has no UTF-8
    values = sha256(typed.encode()).hexdigest()[:16]
    origin = Origin(
        key=f"view:{view['id']}:{view['hash']}:{values}",
        team_id=_team_of_person(payload),
        user_id=payload["user"]["id"],
        channel="",
        at=at,
    )
    return Submission(origin, first_part(view["callback_id"]), view.get("private_metadata", ""), view["id"], fields)


def message(payload: Payload, us: Identity, at: datetime) -> Command | None:
    """Read an app_mention or a direct message; None for edits, joins, bots, ourselves, and apps in a person's name."""
    _check(payload.get("api_app_id"), _team_of_event(payload), us)
    event = payload["event"]
    if event.get("user") in {None, us.user_id} or any(event.get(mark) for mark in NOT_TYPED):
        return None
    if event["type"] == "message" and event.get("channel_type") != "im":
        return None
    origin = Origin(
        # Not the event id: a mention in a direct message comes as two events, and late repeats may carry a new id.
        key=f"message:{event['channel']}:{event['ts']}",
        team_id=_sender_team(event, payload),
        user_id=event["user"],
        channel=event["channel"],
        at=at,
        thread_ts=event.get("thread_ts", ""),
        is_external=bool(payload.get("is_ext_shared_channel")),
        message_ts=event["ts"],
    )
    return Command(origin, text_after_mention(event.get("text", ""), us.user_id))


def home_opened(payload: Payload, us: Identity, at: datetime) -> HomeOpened | None:
    """Read app_home_opened; None for the Messages tab."""
    _check(payload.get("api_app_id"), _team_of_event(payload), us)
    event = payload["event"]
    if event.get("tab", "home") != "home":
        return None
    return HomeOpened(Origin(f"event:{payload['event_id']}", _team_of_event(payload), event["user"], "", at))


def channel_of(payload: Payload) -> str:
    """The channel that a payload names, of whatever kind; empty without one."""
    event = payload.get("event") or {}
    channel = payload.get("channel_id") or event.get("channel") or _channel(payload)
    return channel if isinstance(channel, str) else ""


def first_part(name: str) -> str:
    """`run` of `run:3`: what comes after the colon only keeps ids apart."""
    return name.split(":", 1)[0]


def action_value(action: Payload) -> str:
    """What was pressed or chosen, as our opaque value."""
    if "selected_option" in action:
        return str((action["selected_option"] or {}).get("value", ""))
    chosen = ("value", "selected_user", "selected_conversation", "selected_channel", "selected_date", "selected_time")
    return str(next((action[name] for name in chosen if action.get(name)), ""))


def modal_of(payload: Payload) -> str:
    """The id of the modal that the action was pressed in, ours where we gave one; empty for messages and App Home."""
    view = payload.get("view") or {}
    return str(view.get("external_id") or view["id"]) if view.get("type") == "modal" else ""


def fields_of(payload: Payload) -> dict[str, str]:
    """The inputs of the modal or home that the payload tells of; none elsewhere."""
    return {field.name: field.text for field in read_fields(payload.get("view") or {})}


def _is_a_field(action: Payload, view: Payload) -> bool:
    """Whether the action is a choice in an input of a modal: nothing was pressed, a field was filled in."""
    inputs = {block.get("block_id") for block in view.get("blocks", ()) if block["type"] == "input"}
    return view.get("type") == "modal" and action.get("block_id") in inputs


def _channel(payload: Payload) -> str:
    container = payload.get("container") or {}
    return str((payload.get("channel") or {}).get("id") or container.get("channel_id") or "")


def _check(app_id: str | None, team_id: str | None, us: Identity) -> None:
    if us.app_id and app_id and app_id != us.app_id:
        raise Foreign("This came from another app. Nothing was done.")
    if team_id != us.team_id:
        raise Foreign("This came from another workspace, which I do not serve. Nothing was done.")


def _check_maker(shown: Payload | None, us: Identity) -> None:
    """Whoever drew the message or modal: a look-alike of another app asks for nothing here."""
    maker = (shown or {}).get("app_id")
    if us.app_id and maker and maker != us.app_id:
        raise Foreign("This is not a message of mine. Nothing was done.")


def _installed_team(payload: Payload) -> str | None:
    team: Payload = payload.get("team") or {}
    found: str | None = team.get("id") or payload["user"].get("team_id")
    return found


def _team_of_person(payload: Payload) -> str:
    user = payload["user"]
    return str(user.get("team_id") or payload["team"]["id"])


def _team_of_event(payload: Payload) -> str:
    return str(payload["team_id"])


def _sender_team(event: Payload, payload: Payload) -> str:
    return str(event.get("user_team") or event.get("team") or payload["team_id"])
