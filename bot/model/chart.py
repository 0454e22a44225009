"""Chart: figures that a picture shows quicker than a table, beside which it stands."""

import msgspec


class Reach(msgspec.Struct, frozen=True):
    """One bar: how far it reaches, and the figures in words."""

    told: str
    """`412Mi of 1Gi`."""
    pieces: tuple[float, ...]
    """Shares of the whole width, one after the other; of a chart without a legend one, or none where no limit is."""


class ChartRow(msgspec.Struct, frozen=True):
    """One thing that is measured."""

    label: str
    reaches: tuple[Reach, ...]
    """One per measure."""


class Chart(msgspec.Struct, frozen=True, tag="chart", omit_defaults=True):
    """Rows of bars, the most telling first; drawn as a picture, never the only place where a figure stands."""

    title: str
    measures: tuple[str, ...]
    """What the bars of a row say: `CPU`, `Memory`."""
    rows: tuple[ChartRow, ...]
    legend: tuple[str, ...] = ()
    """What the pieces of a bar are, each with a colour of its own; without: the colour tells how full a bar is."""
    file_name: str = "chart.png"
