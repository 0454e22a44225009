"""A chart → the bytes of a PNG. Slow by this process's measure: drawn in a thread, never in the loop.

It brings its own dark ground, so that it reads the same in Slack's dark and light, and its own font, so that the same
chart has the same bytes on every machine.
"""

import io
from dataclasses import dataclass
from itertools import accumulate, pairwise

from PIL import Image, ImageDraw, ImageFont

from bot.model.chart import Chart, ChartRow, Reach
from bot.render.escape import inline

WIDTH = 720
"""Slack shows a picture about half as wide, on a phone as well as on a wall."""
MARGIN = 28
TEXT = 22
"""Of 720: read at half its size without a click."""
TITLE = 28
LINE = 30
BAR = 20
ROW = LINE + BAR + 18
GAP = 24
"""Between two measures of a row."""
BAR_SHARE = 0.42
"""Of a measure's column; its figures take the rest."""
COMPRESSION = 3
"""Of 9: a quarter of the default's time for a sixth more bytes, and no other thread runs meanwhile."""
MOST_ROWS = 12
"""A picture is looked at; the table has all of them."""
LABEL_CHARACTERS = 100
"""More than fit in any row: measuring a longer one would only cost time."""

RAMP = 200
"""Shades from ground to ink: the picture is drawn in shades, in which the edges of letters blend, and coloured last."""
INK, FAINT, TRACK = RAMP - 1, RAMP * 7 // 10, RAMP // 5
_GROUND_COLOUR, _INK_COLOUR = (0x1A, 0x1D, 0x21), (0xF4, 0xF4, 0xF4)
_COLOURS = ("5eb1ef", "ecb22e", "ff6b81", "56c596", "c792ea", "f78c6c", "80cbc4", "f8a5c2", "b0bec5")
"""Blue, amber, red, then others for pieces; all stand out from the ground by more than 6 to 1."""
PIECES = tuple(range(RAMP, RAMP + len(_COLOURS)))
CALM, TIGHT, FULL = PIECES[:3]
TIGHT_FROM, FULL_FROM = 0.75, 0.9
"""Shares from which an operator should look, and should act."""


def png(chart: Chart) -> bytes:
    """Draw the first rows of *chart*."""
    rows = chart.rows[:MOST_ROWS]
    top = MARGIN + TITLE + 20 + LINE * (1 + bool(chart.legend))
    picture = Image.new("L", (WIDTH, top + ROW * len(rows) + MARGIN - 18))
    canvas = _Canvas(ImageDraw.Draw(picture), ImageFont.load_default(TEXT), ImageFont.load_default(TITLE))
    canvas.head(chart)
    for number, row in enumerate(rows):
        canvas.row(row, top + ROW * number, is_stacked=bool(chart.legend))
    picture.putpalette(_palette())
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=COMPRESSION)
    return written.getvalue()


@dataclass(frozen=True, slots=True)
class _Canvas:
    """Where on the picture things go."""

    draw: ImageDraw.ImageDraw
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont
    large: ImageFont.FreeTypeFont | ImageFont.ImageFont

    def head(self, chart: Chart) -> None:
        """Title, what the columns measure, and what the colours mean."""
        self.draw.text(
            (MARGIN, MARGIN - 6), self._fitting(chart.title, WIDTH - 2 * MARGIN, self.large), INK, self.large
        )
        y = MARGIN + TITLE + 12
        for place, measure in enumerate(chart.measures):
            x, width = _column(place, len(chart.measures))
            self.draw.text((x, y), self._fitting(measure, width), FAINT, self.font)
        x = float(MARGIN)
        for name, colour in zip(chart.legend, PIECES, strict=False):
            self.draw.rounded_rectangle((x, y + LINE + 6, x + 14, y + LINE + 20), 3, colour)
            self.draw.text((x + 20, y + LINE), name, FAINT, self.font)
            x += 20 + self.font.getlength(name) + 20

    def row(self, row: ChartRow, y: int, *, is_stacked: bool) -> None:
        """A label, and below it a bar and figures per measure."""
        self.draw.text((MARGIN, y), self._fitting(row.label, WIDTH - 2 * MARGIN), INK, self.font)
        for place, reach in enumerate(row.reaches):
            x, width = _column(place, len(row.reaches))
            long = width * BAR_SHARE
            if reach.pieces:
                self._bar(reach, (x, y + LINE, long), is_stacked=is_stacked)
            told = self._fitting(reach.told, width - long - 10)
            self.draw.text((x + long + 10, y + LINE - 4), told, INK, self.font)

    def _bar(self, reach: Reach, at: tuple[float, float, float], *, is_stacked: bool) -> None:
        x, y, long = at
        self.draw.rounded_rectangle((x, y, x + long, y + BAR), 5, TRACK)
        ends = accumulate((long * max(piece, 0.0) for piece in reach.pieces), initial=0.0)
        for place, (start, end) in enumerate(pairwise(min(end, long) for end in ends)):
            if end - start >= 1:
                colour = PIECES[place % len(PIECES)] if is_stacked else _level(sum(reach.pieces))
                self.draw.rounded_rectangle((x + start, y, x + end, y + BAR), min(5, (end - start) / 2), colour)

    def _fitting(
        self, text: str, width: float, font: ImageFont.FreeTypeFont | ImageFont.ImageFont | None = None
    ) -> str:
        """As much of *text* as is no wider; of a long name the end, which tells it from its neighbours, stays."""
        font = font or self.font
        shown = inline(text, LABEL_CHARACTERS)
        if font.getlength(shown) <= width:
            return shown
        half = len(shown) // 2
        begin, end = shown[:half], shown[half:]
        while begin and font.getlength(f"{begin}…{end}") > width:
            begin, end = (begin[:-1], end) if len(begin) >= len(end) else (begin, end[1:])
        return f"{begin}…{end}"


def _column(place: int, count: int) -> tuple[float, float]:
    """Left edge and width of a measure."""
    width = (WIDTH - 2 * MARGIN - GAP * (count - 1)) / count
    return MARGIN + place * (width + GAP), width


def _level(share: float) -> int:
    return FULL if share >= FULL_FROM else TIGHT if share >= TIGHT_FROM else CALM


def _palette() -> bytes:
    """Red, green and blue of every shade, then of every colour."""
    shades = [
        round(dark + (light - dark) * shade / (RAMP - 1))
        for shade in range(RAMP)
        for dark, light in zip(_GROUND_COLOUR, _INK_COLOUR, strict=True)
    ]
    return bytes(shades) + bytes.fromhex("".join(_COLOURS))
