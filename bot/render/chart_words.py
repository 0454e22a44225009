"""A chart in words: its alternative text, which states the same facts to who does not see it."""

from bot.model.chart import Chart, ChartRow
from bot.render.escape import inline

ALT_CHARACTERS = 1_000
"""Of a file's alternative text; Slack refuses more."""

MORE = " And {} more."


def alt_text(chart: Chart) -> str:
    """Title, then each row with its figures, as many as fit; the rest is counted."""
    told = f"{inline(chart.title, ALT_CHARACTERS // 2)}."
    rows = [_row(chart, row) for row in chart.rows]
    for place, row in enumerate(rows):
        left = len(rows) - place
        more = MORE.format(left)
        if len(told) + len(row) + 1 + len(more) > ALT_CHARACTERS:
            return told + more
        told += f" {row}"
    return told


def _row(chart: Chart, row: ChartRow) -> str:
    figures = ", ".join(f"{measure} {reach.told}" for measure, reach in zip(chart.measures, row.reaches, strict=True))
    return inline(f"{row.label}: {figures}.", ALT_CHARACTERS // 2)
