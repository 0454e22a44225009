"""The data_visualization block: bars, lines and slices as inline SVG over the same figures as a table."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playground.page.blockkit.scene import Json, Scene, text_object, text_of
from playground.page.html import Html, el

_WIDTH, _HEIGHT = 400, 140


@dataclass(frozen=True, slots=True)
class _Series:
    name: str
    points: tuple[tuple[str, float], ...]


def data_visualization(block: Json, scene: Scene) -> Html:
    """Draw a chart, its title, and the figures for those who read rather than look."""
    chart = block.get("chart") or {}
    kind = str(chart.get("type", block.get("chart_type", "bar")))
    series = list(_series(chart or block))
    drawn = _DRAW.get(kind, _bars)(series)
    picture = f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" class="chart" aria-hidden="true">{drawn}</svg>'
    title = el("figcaption", text_object(block.get("title"), scene)) if block.get("title") else None
    return el("figure", title, Html(picture), _legend(series), class_="visual")


def _series(chart: Json) -> Iterator[_Series]:
    if "segments" in chart:
        yield _Series("", tuple(_point(segment) for segment in chart["segments"]))
    for entry in chart.get("series") or ():
        yield _Series(text_of(entry.get("name")), tuple(_point(point) for point in entry.get("data") or ()))


def _point(point: Json) -> tuple[str, float]:
    return text_of(point.get("label")), float(point.get("value") or 0)


def _bars(series: Sequence[_Series]) -> str:
    return "".join(_bar(slot, slots, value, top, hue) for slot, slots, value, top, hue in _slots(series))


def _slots(series: Sequence[_Series]) -> Iterator[tuple[int, int, float, float, int]]:
    top = max((value for one in series for _, value in one.points), default=0) or 1
    slots = sum(len(one.points) for one in series)
    per_label = len(series)
    for hue, one in enumerate(series):
        for place, (_, value) in enumerate(one.points):
            yield place * per_label + hue, slots, value, top, hue


def _bar(slot: int, slots: int, value: float, top: float, hue: int) -> str:
    width, height = _WIDTH / slots, max(value, 0) / top * _HEIGHT
    return (
        f'<rect class="hue-{hue % 6}" x="{slot * width + width * 0.1:.1f}" y="{_HEIGHT - height:.1f}"'
        f' width="{width * 0.8:.1f}" height="{height:.1f}" rx="2"/>'
    )


def _lines(series: Sequence[_Series]) -> str:
    top = max((value for one in series for _, value in one.points), default=0) or 1
    return "".join(_line(one, top, hue) for hue, one in enumerate(series))


def _line(one: _Series, top: float, hue: int) -> str:
    step = _WIDTH / max(len(one.points) - 1, 1)
    points = " ".join(
        f"{i * step:.1f},{_HEIGHT - value / top * (_HEIGHT - 4):.1f}" for i, (_, value) in enumerate(one.points)
    )
    return f'<polyline class="line-{hue % 6}" points="{points}"/>'


def _slices(series: Sequence[_Series]) -> str:
    values = [max(value, 0) for one in series for _, value in one.points]
    total, start, drawn = sum(values) or 1, 0.0, []
    for hue, value in enumerate(values):
        end = start + value / total
        drawn.append(_slice(start, min(end, start + 0.9999), hue))
        start = end
    return "".join(drawn)


def _slice(start: float, end: float, hue: int) -> str:
    x, y, radius = _WIDTH / 2, _HEIGHT / 2, _HEIGHT / 2 - 4
    (ax, ay), (bx, by) = (
        (x + radius * math.sin(turn * math.tau), y - radius * math.cos(turn * math.tau)) for turn in (start, end)
    )
    large = int(end - start > 0.5)
    return (
        f'<path class="hue-{hue % 6}" d="M{x:.1f} {y:.1f}L{ax:.1f} {ay:.1f}'
        f'A{radius:.1f} {radius:.1f} 0 {large} 1 {bx:.1f} {by:.1f}Z"/>'
    )


_DRAW = {"bar": _bars, "line": _lines, "area": _lines, "pie": _slices}


def _legend(series: Sequence[_Series]) -> Html:
    rows = (
        el("tr", el("td", one.name) if one.name else None, el("td", label), el("td", f"{value:g}", class_="end"))
        for one in series
        for label, value in one.points
    )
    return el("details", el("summary", "Figures"), el("table", *rows), class_="figures")
