"""The left column: channels, direct messages, apps, and the faces of the people whom one can be."""

from playground.page.avatars import avatar
from playground.page.desk import Desk, actors
from playground.page.html import Html, el, join
from playground.page.reading import Unread
from playground.slack.values import Channel, ChannelKind, Person


def draw_rail(desk: Desk) -> Html:
    """Draw the conversations of the reader, unread ones bold."""
    mine = desk.workspace.channels_of(desk.place.person)
    channels = [channel for channel in mine if channel.kind is not ChannelKind.IM]
    others = [person for person in actors(desk.workspace) if person.id != desk.place.person]
    return join(
        el("h1", desk.workspace.team.name),
        _group("Channels", [_channel(channel, desk) for channel in sorted(channels, key=lambda c: c.name)]),
        _group("Direct messages", [_person(person, desk) for person in others]),
        _group("Apps", [_app(desk)]),
    )


def _group(title: str, items: list[Html]) -> Html:
    return el("section", el("h2", title), el("ul", *items), aria_label=title)


def _channel(channel: Channel, desk: Desk) -> Html:
    sign = "🔒" if channel.kind is ChannelKind.PRIVATE else "#"
    shared = el("small", " shared", title="Shared with another company") if channel.is_ext_shared else None
    current = channel.id == desk.place.channel
    unread = desk.reading.unread(desk.place.person, channel, desk.workspace)
    return _item(el("span", sign, class_="sign"), join(channel.name, shared), unread, current, data_channel=channel.id)


def _person(person: Person, desk: Desk) -> Html:
    channel = desk.workspace.im(desk.place.person, person.id)
    current = channel is not None and channel.id == desk.place.channel
    unread = desk.reading.unread(desk.place.person, channel, desk.workspace) if channel else Unread()
    return _item(avatar(person, size="tiny"), person.name, unread, current, data_person=person.id)


def _app(desk: Desk) -> Html:
    bot = desk.workspace.people[desk.workspace.bot_user]
    channel = desk.app_channel
    current = channel is not None and channel.id == desk.place.channel
    unread = desk.reading.unread(desk.place.person, channel, desk.workspace) if channel else Unread()
    return _item(avatar(bot, size="tiny"), bot.name, unread, current, data_person=bot.id)


def _item(sign: Html, name: Html | str, unread: Unread, current: bool, **address: str) -> Html:
    badge = (
        el("span", str(unread.mentions), class_="count", aria_label=f"{unread.mentions} unread")
        if unread.mentions
        else None
    )
    opener = el(
        "button",
        sign,
        el("span", name, class_="name"),
        badge,
        type="button",
        class_="unread" if unread.messages else None,
        aria_current="page" if current else None,
        data_do="open",
        **address,
    )
    return el("li", opener)


def draw_faces(desk: Desk) -> Html:
    """Draw whom one can be; the reader's own face is marked."""
    me = desk.me
    faces = [_face(person, desk) for person in actors(desk.workspace)]
    words = el("div", el("b", me.name), el("small", me.title or standing(me)), class_="i-am")
    return join(words, el("div", *faces, class_="row", role="radiogroup", aria_label="Who I am"))


def _face(person: Person, desk: Desk) -> Html:
    mine = person.id == desk.place.person
    waiting = sum(
        desk.reading.unread(person.id, channel, desk.workspace).mentions
        for channel in desk.workspace.channels_of(person.id)
        if not mine
    )
    about = f"{person.name}, {person.title or standing(person)}"
    return el(
        "button",
        avatar(person),
        el("span", class_="dot") if waiting else None,
        type="button",
        role="radio",
        aria_checked="true" if mine else "false",
        aria_label=f"Become {about}",
        title=f"Become {about}",
        data_do="become",
        data_person=person.id,
    )


def standing(person: Person) -> str:
    """Say what kind of member somebody is."""
    if person.is_stranger:
        return "from another company"
    if person.is_ultra_restricted or person.is_restricted:
        return "guest"
    return "admin" if person.is_admin else "member"
