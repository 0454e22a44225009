"""The middle column: the conversation's head, its messages or the app's Home, and the composer."""

from playground.page.avatars import avatar
from playground.page.blockkit import Scene, draw_blocks
from playground.page.desk import Desk
from playground.page.html import Html, el, join
from playground.page.menus import menu
from playground.page.timeline import SHOWN, draw_list, main_messages
from playground.slack.values import ChannelKind, View


def draw_head(desk: Desk) -> Html:
    """Draw what the conversation is: name, topic, members, and the tabs of an app."""
    channel = desk.channel
    topic = el("span", channel.topic, class_="topic", title=channel.topic) if channel.topic else None
    menu = el(
        "button", "☰", type="button", class_="btn icon drawer", data_do="drawer", aria_label="Channels and people"
    )
    if channel.kind is ChannelKind.IM:
        partner = desk.workspace.people[desk.partner(channel)]
        title = el("h2", avatar(partner, size="tiny"), partner.name)
        return join(menu, title, _tabs(desk) if partner.is_bot else topic)
    sign = "🔒" if channel.kind is ChannelKind.PRIVATE else "#"
    people = ", ".join(desk.names.people.get(member, member) for member in channel.members)
    count = el("span", f"👥 {len(channel.members)}", class_="members", title=people)
    return join(menu, el("h2", f"{sign} {channel.name}"), topic, count)


def _tabs(desk: Desk) -> Html:
    tabs = [("Home", True), ("Messages", False)] if desk.manifest.home_tab else [("Messages", False)]
    return el("span", *(_tab(name, home, desk) for name, home in tabs), class_="tabs", role="tablist")


def _tab(name: str, home: bool, desk: Desk) -> Html:
    return el(
        "button",
        name,
        type="button",
        role="tab",
        aria_selected="true" if desk.place.home == home else "false",
        data_do="open",
        data_channel=desk.place.channel,
        data_home="1" if home else None,
    )


def draw_main(desk: Desk) -> Html:
    """Draw the messages, or the app's Home."""
    if desk.place.home:
        return draw_home(desk.workspace.home_of(desk.place.person), desk)
    messages = main_messages(desk)
    return draw_list(messages[-SHOWN:], desk, column="m") if messages else el("li", _beginning(desk), class_="empty")


def _beginning(desk: Desk) -> str:
    if desk.channel.kind is ChannelKind.IM:
        return f"This is the beginning of your conversation with {desk.title_of(desk.channel)}."
    return f"This is the very beginning of #{desk.channel.name}."


def draw_home(view: View | None, desk: Desk) -> Html:
    """Draw the App Home as the app last published it for this person."""
    if view is None or not view.blocks:
        return el("li", "The app has not published its Home for you yet.", class_="empty")
    scene = Scene(names=desk.names, key=view.id, state=view.state, errors=view.errors, in_view=True)
    return el("li", draw_blocks(view.blocks, scene), class_="home", data_view=view.id)


def draw_composer(desk: Desk, *, thread: str = "") -> Html:
    """Draw the field to write into; who may not write here is told so."""
    channel = desk.channel
    if desk.place.home and not thread:
        return Html()
    if desk.place.person not in channel.members:
        join_it = el("button", "Join", type="button", class_="btn primary", data_do="join")
        return el("div", f"You are looking at #{channel.name}. ", join_it, class_="not-member")
    name = desk.title_of(channel)
    prompt = "Reply…" if thread else f"Message {'' if channel.kind is ChannelKind.IM else '#'}{name}"
    hints = f"hints{thread}"
    return el(
        "form",
        el("div", role="listbox", class_="menu", hidden=True, id=hints),
        _more(desk),
        el(
            "textarea",
            rows=1,
            placeholder=prompt,
            aria_label=prompt,
            aria_autocomplete="list",
            aria_controls=hints,
            autocomplete="off",
            spellcheck="false",
            enterkeyhint="send",
        ),
        el("button", "➤", class_="send", aria_label="Send", title="Send (Enter)"),
        class_="composer",
        data_do="say",
        data_channel=channel.id,
        data_thread=thread or None,
    )


def _more(desk: Desk) -> Html:
    """Draw the menu beside the text: a file, and the app's global shortcuts."""
    file = el("input", type="file", multiple=True, hidden=True, data_do="attach", aria_label="Files to send")
    items = [
        el(
            "button",
            shortcut.name,
            type="button",
            role="menuitem",
            data_do="shortcut",
            data_callback=shortcut.callback_id,
        )
        for shortcut in desk.manifest.shortcuts
        if not shortcut.on_message
    ]
    upload = el("button", "Upload from this computer", type="button", role="menuitem", data_do="attach")
    return menu("+", "Files and shortcuts", [file, upload, *items], class_="menu up")
