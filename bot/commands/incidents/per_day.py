"""When incidents opened, and of which class, as a chart: what comes back each night is seen at once."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from bot.model.chart import Chart, ChartRow, Reach
from bot.model.counting import counted
from bot.model.incident import Incident
from bot.model.symptom import Fault

MOST_BARS = 10
"""For a longer time each bar stands for several days."""
DAY = timedelta(days=1)


def per_day(incidents: Sequence[Incident], since: datetime, now: datetime) -> Chart:
    """Those of *incidents* that opened from *since* on, by day (UTC), the newest first."""
    opened = [one for one in incidents if one.opened_at >= since]
    last_day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = (last_day - since) // DAY + 2
    width = ceil(days / MOST_BARS) * DAY
    bars = [last_day + DAY - width * place for place in range(1, ceil(days * DAY / width) + 1)]
    classes = tuple(fault for fault, _ in Counter(one.fault for one in opened).most_common())
    found = {start: Counter(one.fault for one in opened if start <= one.opened_at < start + width) for start in bars}
    most = max((count.total() for count in found.values()), default=0) or 1
    return Chart(
        title=f"Incidents since {since:%d %b}",
        measures=("Opened",),
        rows=tuple(_row(start, width, count, classes, most) for start, count in found.items()),
        legend=tuple(map(_named, classes)),
        file_name="incidents.png",
    )


def _row(start: datetime, width: timedelta, count: Counter[Fault], classes: Sequence[Fault], most: int) -> ChartRow:
    last = start + width - DAY
    label = f"{start:%a %d %b}" if last == start else f"{start:%d %b} – {last:%d %b}"
    told = ", ".join(f"{count[one]} {_named(one)}" for one in classes if count[one])
    many = counted(count.total(), "incident")
    return ChartRow(label, (Reach(f"{many}: {told}" if told else "none", tuple(count[one] / most for one in classes)),))


def _named(fault: Fault) -> str:
    return fault.value.replace("_", " ")
