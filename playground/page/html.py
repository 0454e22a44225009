"""HTML that is safe by construction: plain strings are escaped, only `Html` passes as it is."""

from html import escape

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
_SAFE_SCHEMES = ("http://", "https://", "mailto:", "tel:")


class Html(str):
    """Markup that this package wrote itself. Never build one from text of others."""

    __slots__ = ()


Child = str | None
Attribute = str | int | bool | None


def text(value: str) -> Html:
    """Escape *value*, which a stranger may have written."""
    return Html(escape(value, quote=True))


def join(*children: Child) -> Html:
    """Put children after each other, escaping those that are not `Html`."""
    return Html("".join(child if isinstance(child, Html) else text(child) for child in children if child))


def el(tag: str, *children: Child, **attributes: Attribute) -> Html:
    """Build an element; `class_` and `data_x` become `class` and `data-x`, None and False leave an attribute out."""
    head = f"<{tag}{''.join(_attribute(name, value) for name, value in attributes.items())}>"
    return Html(head) if tag in _VOID else Html(f"{head}{join(*children)}</{tag}>")


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value), quote=True)}"'


def safe_url(url: str) -> str | None:
    """Give *url* back if a browser may follow it: no javascript:, no data:, nothing relative to this page."""
    cleaned = url.strip()
    return cleaned if cleaned.lower().startswith(_SAFE_SCHEMES) else None


def link(url: str, label: Child) -> Html:
    """Link to *url* in a new tab, or show the label alone where the URL is not safe to follow."""
    target = safe_url(url)
    if target is None:
        return join(label)
    return el("a", label, href=target, target="_blank", rel="noopener noreferrer")
