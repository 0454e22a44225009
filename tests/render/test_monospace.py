"""A table that a phone would wrap has the columns that have no room below their row, by name; nothing is lost."""

from hypothesis import given
from hypothesis import strategies as st

from bot.render.limits import MONOSPACE_COLUMNS
from bot.render.monospace import aligned, hanging, is_too_wide, whole_rows

COLUMNS = ("EVENT", "TYPE", "REASON", "MESSAGE", "COUNT")
ROWS = (
    ("9m ago", "Warning", "BackOff", "Back-off restarting failed container odoo in pod odoo-acme-7d", "12"),
    ("10m ago", "Normal", "Pulled", "", "1"),
)

words = st.text(alphabet="abcde ", max_size=60)
tables = st.integers(1, 6).flatmap(lambda count: st.lists(st.lists(words, min_size=count, max_size=count), min_size=2))


def test_what_has_no_room_beside_the_first_column_hangs_below_its_row_by_name() -> None:
    assert "\n".join(hanging(COLUMNS, ROWS)).split("\n") == [
        "EVENT     TYPE      REASON    COUNT",
        "9m ago    Warning   BackOff   12",
        "  MESSAGE Back-off restarting failed",
        "    container odoo in pod odoo-acme-7d",
        "10m ago   Normal    Pulled    1",
    ]


def test_a_name_longer_than_a_line_stays_whole_to_be_copied_and_behind_the_words_before_it() -> None:
    image = "registry.example.com/" + "a-b/" * 15
    _, row = hanging(("CONTAINER", "IMAGE"), (("odoo", image),))
    assert row.split("\n") == ["odoo", f"  IMAGE {image}"]


def test_short_cells_below_a_row_share_a_line() -> None:
    pod = "database-service-7qfwh9prrb-b95z7"
    columns = ("NAME", "READY", "STATUS", "RESTARTS", "AGE")
    assert "\n".join(hanging(columns, ((pod, "1/1", "Running", "0", "30d"),))).split("\n") == [
        "NAME",
        pod,
        "  READY 1/1 · STATUS Running",
        "  RESTARTS 0 · AGE 30d",
    ]


@given(tables)
def test_no_word_is_lost_and_only_a_long_word_or_first_column_is_too_wide(table: list[list[str]]) -> None:
    columns, *rows = table
    drawn = hanging(columns, rows)
    assert len(drawn) == len(table)
    for row, text in zip(rows, drawn[1:], strict=True):
        assert {word for cell in row for word in cell.split()} <= set(text.split())
    below = [line for text in drawn[1:] for line in text.split("\n")[1:]]
    assert all(len(line) <= MONOSPACE_COLUMNS or ends_in_a_long_word(line) for line in below)
    if not is_too_wide(aligned(columns, rows)):
        assert drawn == aligned(columns, rows)


def ends_in_a_long_word(line: str) -> bool:
    return len(line.split()[-1]) > MONOSPACE_COLUMNS - 4


def test_rows_are_shown_whole_or_not_at_all() -> None:
    drawn = hanging(COLUMNS, ROWS)
    first = "\n".join(drawn[:2])
    assert whole_rows(drawn, len(first)) == first
    assert whole_rows(drawn, len(first) - 1) == drawn[0]
    assert whole_rows(drawn, 3) == "EVE"
