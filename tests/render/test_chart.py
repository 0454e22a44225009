"""A chart is a picture with the same bytes each time, and words that state the same."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.model.chart import Chart, ChartRow, Reach
from bot.model.reply import Reply, Table
from bot.render.chart import MOST_ROWS, WIDTH, png
from bot.render.chart_words import ALT_CHARACTERS, alt_text
from bot.render.reply import reply_message, reply_pictures
from tests.render.reading import read

BLUE, AMBER, RED, TRACK = (0x5E, 0xB1, 0xEF), (0xEC, 0xB2, 0x2E), (0xFF, 0x6B, 0x81), (0x45, 0x47, 0x4B)


def chart(*shares: float, legend: tuple[str, ...] = ()) -> Chart:
    rows = tuple(ChartRow(f"web-{place}", (Reach(f"{share:.0%}", (share,)),)) for place, share in enumerate(shares))
    return Chart("What pods use", ("CPU",), rows, legend)


def opened(drawn: bytes) -> Image.Image:
    return Image.open(io.BytesIO(drawn)).convert("RGB")


def colours(picture: Image.Image) -> dict[tuple[int, ...], int]:
    """Colour → number of pixels."""
    found = picture.getcolors(maxcolors=1_000_000)
    assert found is not None
    return {colour: count for count, colour in found if isinstance(colour, tuple)}


def test_the_same_chart_has_the_same_bytes() -> None:
    assert png(chart(0.2, 0.9)) == png(chart(0.2, 0.9))
    assert png(chart(0.2, 0.9)) != png(chart(0.2, 0.91))


@pytest.mark.parametrize(
    ("share", "colour"), [(0.5, BLUE), (0.8, AMBER), (0.95, RED), (1.5, RED)], ids=["calm", "tight", "full", "over"]
)
def test_the_colour_tells_how_full_a_bar_is(share: float, colour: tuple[int, int, int]) -> None:
    found = colours(opened(png(chart(share))))
    assert found.get(colour, 0) > 1_000
    assert not {BLUE, AMBER, RED} - {colour} & set(found)


def test_a_bar_is_as_long_as_its_share() -> None:
    half, whole = (colours(opened(png(chart(share))))[BLUE] for share in (0.35, 0.7))
    assert half * 2 == pytest.approx(whole, rel=0.05)


def test_pieces_have_a_colour_each() -> None:
    one = ChartRow("Mon", (Reach("2 incidents", (0.5, 0.3)),))
    found = colours(opened(png(Chart("Incidents", ("Opened",), (one,), legend=("crash loop", "image pull")))))
    assert {BLUE, AMBER} <= set(found)


def test_a_long_list_is_a_picture_of_its_first_rows() -> None:
    assert opened(png(chart(*[0.5] * 300))).size == opened(png(chart(*[0.5] * MOST_ROWS))).size


def test_letters_stand_out_from_the_ground_in_dark_and_light() -> None:
    by_light = sorted(colours(opened(png(chart(0.5)))), key=sum)
    assert sum(by_light[0]) < 3 * 0x24
    assert sum(by_light[-1]) > 3 * 0xE8


@settings(max_examples=20)
@given(st.text(max_size=300), st.floats(-1, 1e9), st.text(max_size=300))
def test_no_text_and_no_figure_breaks_it(label: str, share: float, told: str) -> None:
    one = Chart(label, (told, label), (ChartRow(label, (Reach(told, (share,)), Reach(label, ()))),), legend=(told,))
    assert opened(png(one)).width == WIDTH
    assert 0 < len(alt_text(one)) <= ALT_CHARACTERS


def test_the_words_state_every_row() -> None:
    assert alt_text(chart(0.2, 0.9)) == "What pods use. web-0: CPU 20%. web-1: CPU 90%."


def test_rows_that_the_words_have_no_room_for_are_counted() -> None:
    words = alt_text(chart(*[0.5] * 300))
    assert len(words) <= ALT_CHARACTERS
    stated = words.count("CPU 50%")
    assert words.endswith(f" And {300 - stated} more.")


def test_a_picture_stands_beside_the_message_which_says_it_all_without() -> None:
    table = Table(("POD", "CPU"), (("web-0", "20%"),))
    reply = Reply("1 pod", (table, chart(0.2)))
    assert read(reply_message(reply).blocks) == read(reply_message(Reply("1 pod", (table,))).blocks)
    [picture] = reply_pictures(reply)
    assert (picture.name, picture.title, picture.alt_text) == ("chart.png", "What pods use", alt_text(chart(0.2)))
    assert picture.content == png(chart(0.2))
