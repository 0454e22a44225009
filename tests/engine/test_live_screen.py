"""A live answer shows of each look what its asker wants to see, on one page."""

from bot.engine.live_screen import LiveScreen
from bot.engine.sifting import FIRST_ROWS
from bot.model.reply import Reply, Table
from bot.spec import EVERYTHING, Listing
from tests.fakes.clocks import HandClock

PODS = Table(("NAME", "STATUS", "NODE"), tuple((f"web-{n}", "Running", f"n{n % 2}") for n in range(50)), wide=(2,))


def shown(options: Listing) -> tuple[str, Table]:
    screen = LiveScreen(HandClock(), options)
    screen.show(Reply("50 pods", (PODS,)))
    table = screen.reply.parts[0]
    assert isinstance(table, Table)
    return screen.reply.headline, table


def test_rows_are_looked_through_before_the_first_of_them_are_taken() -> None:
    headline, table = shown(Listing(grep="/web-4[89]/"))
    assert [row[0] for row in table.rows] == ["web-48", "web-49"]
    assert headline == "50 pods · 2 of 50 rows with “/web-4[89]/”"


def test_a_long_list_is_its_first_rows_in_the_columns_that_were_asked_for() -> None:
    assert shown(Listing())[1].columns == ("NAME", "STATUS")
    table = shown(Listing(output="wide"))[1]
    assert (table.columns, len(table.rows)) == (("NAME", "STATUS", "NODE"), FIRST_ROWS)


def test_an_answer_that_is_no_list_is_shown_as_it_is() -> None:
    screen = LiveScreen(HandClock(), EVERYTHING)
    screen.show(Reply("rolling out"))
    assert screen.reply == Reply("rolling out")
