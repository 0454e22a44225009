"""One message as an item of a list: who, when, what, reactions, and the way into its thread."""

from datetime import datetime

from playground.page.attachments import draw_attachments, draw_files
from playground.page.avatars import avatar, sign_avatar
from playground.page.blockkit import Scene, draw_blocks
from playground.page.dates import clock, day_name
from playground.page.desk import Desk
from playground.page.emoji import glyph
from playground.page.html import Html, el, join
from playground.page.mrkdwn import mrkdwn
from playground.slack.values import Message, Person, Reaction

# Slack puts messages of one person under one face while no more than this passes between them.
_TOGETHER_S = 300
_NOBODY = Person(id="", name="someone", real_name="", team_id="")


def message_id(message: Message, *, column: str = "m") -> str:
    """The id of the message's element: once in the main column, once in the thread's."""
    return f"{column}-{message.channel}-{message.ts}"


def draw_message(message: Message, previous: Message | None, desk: Desk, *, column: str = "m") -> Html:
    """Draw *message*, which comes after *previous* in its list."""
    moment = desk.names.at(float(message.ts))
    new_day = column == "m" and (previous is None or desk.names.at(float(previous.ts)).date() != moment.date())
    follows = not new_day and previous is not None and _together(previous, message)
    divider = el("div", el("span", day_name(moment, desk.names)), class_="day", role="separator") if new_day else None
    time = el("time", clock(moment), title=f"{moment:%Y-%m-%d %H:%M:%S}")
    return el(
        "li",
        divider,
        el("div", _hour(moment) if follows else _face(message, desk), class_="gutter"),
        el("div", None if follows else _heading(message, time, desk), _body(message, desk, column), class_="said"),
        id=message_id(message, column=column),
        class_=" ".join(
            filter(None, ["message", "follows" if follows else "", "ephemeral" if message.ephemeral_to else ""])
        ),
        tabindex=-1,
        data_channel=message.channel,
        data_ts=message.ts,
        data_thread=message.thread_ts or message.ts,
    )


def author(message: Message, desk: Desk) -> Person:
    """The person or app that a message comes from."""
    return desk.workspace.people.get(message.user or desk.workspace.bot_user, _NOBODY)


def _hour(moment: datetime) -> Html:
    return el("time", clock(moment).partition(" ")[0], title=f"{moment:%Y-%m-%d %H:%M:%S}")


def _together(previous: Message, message: Message) -> bool:
    same = (previous.user, previous.bot_id, previous.username) == (message.user, message.bot_id, message.username)
    near = float(message.ts) - float(previous.ts) < _TOGETHER_S
    return same and near and not (previous.ephemeral_to or message.ephemeral_to or previous.reply_count)


def _face(message: Message, desk: Desk) -> Html:
    sign = glyph((message.icon_emoji or "").strip(":"))
    return sign_avatar(sign) if sign else avatar(author(message, desk))


def _heading(message: Message, time: Html, desk: Desk) -> Html:
    who = author(message, desk)
    badge = el("span", "APP", class_="badge") if message.bot_id or who.is_bot else _standing(who)
    return el("div", el("b", message.username or who.name), badge, time, class_="who")


def _standing(person: Person) -> Html | None:
    if person.is_stranger:
        return el("span", "external", class_="badge")
    return el("span", "guest", class_="badge") if person.is_restricted or person.is_ultra_restricted else None


def _body(message: Message, desk: Desk, column: str) -> Html:
    scene = Scene(names=desk.names, key=message_id(message, column=column))
    edited = el("small", " (edited)") if message.edited else None
    words = draw_blocks(message.blocks, scene) if message.blocks else mrkdwn(message.text, desk.names)
    files = [desk.workspace.files[file] for file in message.files if file in desk.workspace.files]
    return join(
        _only_you(message),
        el("div", words, edited, class_="body") if words or edited else None,
        draw_attachments(message.attachments, scene),
        draw_files(files),
        _reactions(message.reactions, desk),
        _thread_bar(message, desk) if column == "m" else None,
    )


def _only_you(message: Message) -> Html | None:
    if not message.ephemeral_to:
        return None
    dismiss = el("button", "Dismiss", type="button", class_="plain", data_do="dismiss")
    return el("div", "👁 Only visible to you · ", dismiss, class_="only-you")


def _reactions(reactions: tuple[Reaction, ...], desk: Desk) -> Html | None:
    if not reactions:
        return None
    return el("div", *(_reaction(reaction, desk) for reaction in reactions), class_="reactions")


def _reaction(reaction: Reaction, desk: Desk) -> Html:
    who = ", ".join(desk.names.people.get(user, user) for user in reaction.users)
    mine = desk.place.person in reaction.users
    return el(
        "button",
        glyph(reaction.name) or f":{reaction.name}:",
        f" {len(reaction.users)}",
        type="button",
        class_="reaction",
        data_do="react",
        data_name=reaction.name,
        aria_pressed="true" if mine else "false",
        title=f"{who} reacted with :{reaction.name}:",
    )


def _thread_bar(message: Message, desk: Desk) -> Html | None:
    if message.is_reply:
        return el("button", "replied to a thread", type="button", class_="thread-bar", data_do="thread")
    if not message.reply_count:
        return None
    people = [desk.workspace.people.get(user, _NOBODY) for user in message.reply_users[:3]]
    count = f"{message.reply_count} {'reply' if message.reply_count == 1 else 'replies'}"
    last = desk.names.at(float(message.latest_reply or message.ts))
    return el(
        "button",
        *(avatar(person, size="tiny") for person in people),
        el("b", count),
        el("small", f"Last reply {day_name(last, desk.names).lower()} at {clock(last)}"),
        type="button",
        class_="thread-bar",
        data_do="thread",
    )
