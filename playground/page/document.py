"""The whole HTML document: one pane, or two panes side by side as two frames of the same page."""

from playground.page.assets import VERSION
from playground.page.desk import Desk, actors
from playground.page.emoji import EMOJI, QUICK
from playground.page.html import Html, el
from playground.page.menus import menu
from playground.page.page import Regions, digest
from playground.page.place import Panel, Place

_TOOLS = ((Panel.TRY, "🧭", "Try"), (Panel.BREAK, "⚡", "Break something"), (Panel.INSPECT, "🔎", "Inspect"))


def draw_document(desk: Desk, regions: Regions, *, theme: str) -> Html:
    """Draw one pane, complete: it needs the script only to move."""
    place = desk.place

    def region(name: str, tag: str = "div", **attributes: str | int | bool | None) -> Html:
        return el(tag, regions[name], id=name, data_digest=digest(regions[name]), **attributes)

    body = el(
        "body",
        el("a", "Skip to messages", href="#main", class_="skip"),
        el("header", *_top(desk), id="top"),
        el("nav", region("rail"), region("faces"), id="side", aria_label="Channels and people"),
        el(
            "main",
            region("head", "header", class_="head"),
            region("main", "ol", class_="messages", tabindex=0, aria_label="Messages"),
            region("foot"),
            id="middle",
        ),
        region("thread", "aside", aria_label="Thread"),
        region("panel", "aside", aria_label="Tools"),
        region("modal", "dialog", aria_labelledby="modal-title"),
        el("dialog", id="question"),
        el("dialog", *_switcher(), id="switcher", aria_label="Jump to"),
        el("template", _toolbar(desk), id="toolbar"),
        el("div", id="toasts", role="status"),
        el("div", id="live", class_="unseen", aria_live="polite"),
        data_url=place.url,
        data_since=place.since,
        data_me=place.person,
        data_version=VERSION,
        class_=f"pane-{place.pane}" if place.pane else None,
    )
    return _page(f"{desk.title_of(desk.channel)} · {desk.workspace.team.name}", body, theme=theme)


def draw_side_by_side(left: Place, right: Place, *, theme: str) -> Html:
    """Draw two people's panes in one window."""
    frames = [el("iframe", src=place.url, title=f"Pane {place.pane}") for place in (left, right)]
    return _page("Side by side", el("body", *frames, class_="split"), theme=theme, script=False)


def _page(title: str, body: Html, *, theme: str, script: bool = True) -> Html:
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width,initial-scale=1,interactive-widget=resizes-content"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", title),
        el("link", rel="icon", href="/_page/icon.svg"),
        el("link", rel="stylesheet", href=f"/_page/page.css?{VERSION}"),
        el("script", src=f"/_page/page.js?{VERSION}", type="module") if script else None,
    )
    return Html(f"<!doctype html>{el('html', head, body, lang='en', data_theme=theme or None)}")


def _top(desk: Desk) -> list[Html]:
    jump = el(
        "button", "🔍", el("span", " Jump to…"), el("kbd", "Ctrl K"), type="button", class_="jump", data_do="jump"
    )
    tools = [_tool(panel, sign, name, desk) for panel, sign, name in _TOOLS] if desk.place.pane != "2" else []
    theme = el("button", "◐", type="button", data_do="theme", title="Dark or light", aria_label="Dark or light")
    return [jump, el("span", *tools, _split(desk), theme, class_="tools", role="toolbar", aria_label="Practice tools")]


def _tool(panel: Panel, sign: str, name: str, desk: Desk) -> Html:
    pressed = "true" if desk.place.panel is panel else "false"
    label = el("span", name)
    return el(
        "button", sign, label, type="button", data_do="panel", data_panel=panel.value, aria_pressed=pressed, title=name
    )


def _split(desk: Desk) -> Html:
    if desk.place.pane:
        label = "One window"
        url = Place(desk.place.person, desk.place.channel).url
    else:
        label = "Side by side"
        others = [person.id for person in actors(desk.workspace) if person.id != desk.place.person]
        url = f"{Place(desk.place.person, desk.place.channel).url}&with={others[0] if others else ''}"
    return el("a", "◫", el("span", label), href=url, target="_top", title=label, data_do="split")


def _switcher() -> list[Html]:
    entry = el(
        "input",
        type="text",
        placeholder="Jump to a channel or person…",
        aria_label="Jump to",
        autocomplete="off",
        role="combobox",
        aria_expanded="true",
    )
    return [entry, el("div", role="listbox")]


def _toolbar(desk: Desk) -> Html:
    quick = [_react(name) for name in QUICK[:3]]
    more = menu("☺", "Add reaction", [_react(name) for name in QUICK[3:]], class_="menu row")
    reply = el("button", "💬", type="button", data_do="thread", title="Reply in thread", aria_label="Reply in thread")
    shortcuts = [
        el(
            "button",
            shortcut.name,
            type="button",
            role="menuitem",
            data_do="shortcut",
            data_callback=shortcut.callback_id,
        )
        for shortcut in desk.manifest.shortcuts
        if shortcut.on_message
    ]
    link = el("button", "Copy link to message", type="button", role="menuitem", data_do="copy-link")
    delete = el("button", "Delete message", type="button", role="menuitem", data_do="dismiss")
    return el(
        "div",
        *quick,
        more,
        reply,
        menu("⋯", "More actions", [*shortcuts, link, delete], class_="menu"),
        class_="toolbar",
    )


def _react(name: str) -> Html:
    return el(
        "button",
        EMOJI[name],
        type="button",
        data_do="react",
        data_name=name,
        title=f":{name}:",
        aria_label=f"React :{name}:",
    )
