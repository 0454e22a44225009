"""A menu that a button opens, beside the button; the script opens and closes it."""

from playground.page.html import Html, el, join


def menu(sign: str, label: str, items: list[Html], *, class_: str) -> Html:
    """Draw a button named *label* and its menu, closed."""
    opener = el(
        "button",
        sign,
        type="button",
        data_do="menu",
        aria_haspopup="menu",
        aria_expanded="false",
        title=label,
        aria_label=label,
    )
    return el("span", opener, el("span", join(*items), role="menu", class_=class_, hidden=True), class_="opens")
