"""status, its part on watching: what incidents are not told of, and how fresh is what the watchers see. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.commands.look.columns.column import since
from bot.model.durations import spoken
from bot.model.reply import Reply, Table, Tone
from bot.model.view import STALE, Stream, View

PLANNED = "ended"
"""The reason of a watch that the server ended in its time, as it does each hour (bot.k8s.reflector)."""
LATE = timedelta(seconds=15)
"""It is said each 5 s: whoever is silent for longer was killed, or has no database."""
DETAILS = "`status --watches` has each"


def watching(view: View | None, now: datetime) -> str:
    """In one line, trouble first."""
    if view is None or now - view.at >= STALE:
        for_how_long = f" for {spoken(now - view.at)}" if view else ""
        return f"nobody watches the cluster{for_how_long}: no incident opens, and none ends"
    as_of = [f"Told {spoken(now - view.at)} ago:"] if now - view.at >= LATE else []
    return " ".join([*as_of, *view.complaints, *([_fresh(view.streams, now)] if view.streams else [])])


def watches(view: View | None, now: datetime) -> Reply:
    """Each watch in a row: when it was heard of, and what it went through."""
    streams = view.streams if view else ()
    rows = tuple(
        (
            one.name,
            since(one.heard_at, now),
            since(one.event_at, now) if one.event_at else "",
            _told(Counter(one.reconnects)),
            one.trouble,
        )
        for one in streams
    )
    is_well = view is not None and now - view.at < STALE and not view.complaints
    table = Table(("WATCH", "LAST BYTE", "LAST EVENT", "RECONNECTS", "NOW"), rows)
    headline = watching(view, now) or "The watches have just begun"
    return Reply(headline, (table,) if rows else (), Tone.GOOD if is_well else Tone.WARNING)


def _fresh(streams: Sequence[Stream], now: datetime) -> str:
    """The oldest of the last bytes, since one silent watch is what misleads; the newest of the last events."""
    silent = spoken(now - min(one.heard_at for one in streams))
    events = [one.event_at for one in streams if one.event_at is not None]
    last = f"last event {spoken(now - max(events))} ago" if events else "no event yet"
    lost = sum((Counter(one.reconnects) for one in streams), Counter[str]())
    del lost[PLANNED]
    lasting = spoken(now - min(one.since for one in streams))
    number, they = ("1 watch,", "it") if len(streams) == 1 else (f"{len(streams)} watches, each", "they")
    times = "1 reconnect" if lost.total() == 1 else f"{lost.total() or 'no'} reconnects"
    why = f" ({_told(lost)}). {DETAILS}" if lost else ""
    return f"{number} heard from in the last {silent}; {last}; {times} since {they} began {lasting} ago{why}"


def _told(reconnects: Counter[str]) -> str:
    return ", ".join(f"{reason} {times}" for reason, times in reconnects.most_common())
