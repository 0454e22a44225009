"""What went over the wire, drawn: envelopes and how long their acks took, API calls, and how full each limit is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from playground.page.html import Html, el
from playground.page.names import Names
from playground.slack.journal import Called, Delivered, Journal
from playground.slack.limits import Limits

# Slack fails a slash command or interaction that is not acknowledged within three seconds.
_ACK_LIMIT_MS = 3_000


# What fits on the panel without becoming a log; the recording has everything.
_NEWEST = 40


@dataclass(frozen=True, slots=True)
class Inspection:
    """The newest of each first; *meters* say how much of a budget is used, between 0 and 1."""

    sockets: int = 0
    called_at: str = ""
    """Where the app is called over HTTP; empty: it holds sockets."""
    deliveries: tuple[Delivered, ...] = ()
    calls: tuple[Called, ...] = ()
    meters: Mapping[str, float] = field(default_factory=dict)


def inspect(journal: Journal, limits: Limits, *, sockets: int, called_at: str) -> Inspection:
    """Take what the panel shows from the journal and the limits."""
    deliveries = tuple(islice(reversed(journal.deliveries), _NEWEST))
    calls = tuple(islice(reversed(journal.calls), _NEWEST))
    return Inspection(sockets, called_at, deliveries, calls, limits.meters())


def draw_inspection(inspection: Inspection, names: Names) -> Html:
    """Draw the inspector."""
    return el(
        "div",
        _reached(inspection),
        _table("Envelopes", ("at", "what", "ack"), [_envelope(one, names) for one in inspection.deliveries]),
        _table("API calls", ("at", "method", "result", "took"), [_call(one, names) for one in inspection.calls]),
        _meters(inspection.meters),
        class_="scroll inspect",
    )


def _reached(inspection: Inspection) -> Html:
    if inspection.called_at:
        return el("p", f"Called at {inspection.called_at}")
    connected = f"{inspection.sockets} socket{'' if inspection.sockets == 1 else 's'} open"
    return el("p", connected, class_="ok" if inspection.sockets else "bad")


def _table(title: str, columns: tuple[str, ...], rows: list[Html]) -> Html:
    head = el("tr", *(el("th", column) for column in columns))
    body = rows or [el("tr", el("td", "Nothing yet.", colspan=len(columns)))]
    return el("section", el("h3", title), el("table", el("thead", head), el("tbody", *body)))


def _envelope(one: Delivered, names: Names) -> Html:
    retry = el("small", f" retry {one.retry_attempt}") if one.retry_attempt else None
    late = one.ack_ms is None or one.ack_ms > _ACK_LIMIT_MS
    ack = one.outcome if one.ack_ms is None else _duration(one.ack_ms)
    what = el("td", el("b", one.type), " ", one.about, retry, title=one.envelope_id)
    return el("tr", el("td", _time(one.at, names)), what, el("td", ack, class_="bad" if late else "ok"))


def _call(one: Called, names: Names) -> Html:
    fine = one.error is None and one.status < 400
    result = el("td", "ok" if fine else one.error or str(one.status), class_="ok" if fine else "bad")
    return el("tr", el("td", _time(one.at, names)), el("td", one.method), result, el("td", _duration(one.ms)))


def _meters(meters: Mapping[str, float]) -> Html | None:
    if not meters:
        return None
    items = (
        el(
            "li",
            el("span", name),
            el("meter", min=0, max=100, high=80, value=round(used * 100), aria_label=name),
            el("small", f"{used:.0%} used"),
        )
        for name, used in sorted(meters.items(), key=lambda pair: -pair[1])
    )
    return el("section", el("h3", "Limits"), el("ul", *items, class_="meters"))


def _time(at: float, names: Names) -> str:
    return f"{names.at(at):%H:%M:%S}"


def _duration(ms: float) -> str:
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"
