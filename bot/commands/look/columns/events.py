"""kubectl get events."""

from datetime import datetime

from bot.commands.look.columns.column import Column, View, name, since
from bot.model.durations import age
from bot.model.kube.events import Event
from bot.model.resources import EVENT


def last_seen(event: Event, now: datetime) -> str:
    """`5m`, or `10s (x4 over 5m)` for one that came back."""
    seen = since(event.last_seen, now)
    if event.times > 1 and event.first_seen is not None:
        return f"{seen} (x{event.times} over {age(now - event.first_seen)})"
    return seen


def about(event: Event) -> str:
    """`pod/instance-worker-7c9`."""
    return f"{event.involved_object.kind.lower()}/{event.involved_object.name}"


def _source(event: Event, now: datetime) -> str:
    host = event.source.host
    return ", ".join(part for part in (event.component, host) if part)


VIEW = View[Event](
    EVENT,
    Event,
    (
        Column("LAST SEEN", last_seen),
        Column("TYPE", lambda it, now: it.type),
        Column("REASON", lambda it, now: it.reason),
        Column("OBJECT", lambda it, now: about(it)),
        Column("SUBOBJECT", lambda it, now: it.involved_object.field_path, wide=True),
        Column("SOURCE", _source, wide=True),
        Column("MESSAGE", lambda it, now: it.said),
        Column("FIRST SEEN", lambda it, now: since(it.first_seen, now), wide=True),
        Column("COUNT", lambda it, now: str(it.times), wide=True),
        Column("NAME", name, wide=True),
    ),
    is_unhealthy=lambda it: it.type == "Warning",
    state=lambda it: it.type,
)
