"""Of an answer, what its asker wants to see of it: rows that match, columns, and the forms that programs read."""

import csv
import json

import pytest
import yaml

from bot.engine.sifting import FIRST_ROWS, first_rows, sifted
from bot.errors import BadArguments
from bot.model.plan import Fact
from bot.model.reply import Button, Code, Facts, Reply, Shows, Table, Text
from bot.spec import Filter, Listing

PODS = Table(
    columns=("NAME", "STATUS", "IP"),
    rows=(("web-1", "Running", "10.0.0.1"), ("web-2", "CrashLoopBackOff", "10.0.0.2"), ("db-0", "Running", "10.0.0.3")),
    row_buttons=((Button("Logs", "logs web-1"),), (Button("Logs", "logs web-2"),), ()),
    file_name="pods.txt",
    wide=(2,),
    names=("pod/web-1", "pod/web-2", "pod/db-0"),
)
REPLY = Reply("3 pods in shop", (PODS,))


def table(reply: Reply) -> Table:
    (part,) = reply.parts
    assert isinstance(part, Table)
    return part


def code(output: str, reply: Reply = REPLY) -> Code:
    (part,) = sifted(reply, Listing.model_validate({"output": output})).parts
    assert isinstance(part, Code)
    return part


def test_rows_that_match_stay_with_their_buttons_and_the_headline_counts_them() -> None:
    found = sifted(REPLY, Listing(grep="crash"))
    assert found.headline == "3 pods in shop · 1 of 3 rows with “crash”"
    assert table(found).rows == (("web-2", "CrashLoopBackOff"),)
    assert table(found).row_buttons == ((Button("Logs", "logs web-2"),),)


def test_an_expression_sees_the_whole_row() -> None:
    assert [row[0] for row in table(sifted(REPLY, Listing(grep="/^web.*running/"))).rows] == ["web-1"]


def test_no_match_leaves_no_empty_table() -> None:
    found = sifted(REPLY, Listing(grep="nothing"))
    assert found == Reply("3 pods in shop · 0 of 3 rows with “nothing”")


def test_lines_and_facts_are_looked_through_too() -> None:
    reply = Reply(
        "pod/web-1", (Facts((Fact("Image", "shop:1.8"), Fact("Node", "n1"))), Code("GET /\nPOST /"), Text("ok"))
    )
    found = sifted(reply, Filter(grep="/shop|post/"))
    assert found.parts == (Facts((Fact("Image", "shop:1.8"),)), Code("POST /"), Text("ok"))
    assert found.headline.endswith("· 2 of 4 lines with “/shop|post/”")


@pytest.mark.parametrize(
    ("output", "columns"), [("", ("NAME", "STATUS")), ("wide", ("NAME", "STATUS", "IP"))], ids=["plain", "wide"]
)
def test_wide_columns_are_shown_when_asked_for(output: str, columns: tuple[str, ...]) -> None:
    shown = table(sifted(REPLY, Listing.model_validate({"output": output, "page": 2})))
    assert shown.columns == columns
    assert {len(row) for row in shown.rows} == {len(columns)}
    assert shown.page == 2


def test_names_are_what_kubectl_would_print() -> None:
    assert code("name").text.splitlines() == ["pod/web-1", "pod/web-2", "pod/db-0"]


def test_a_row_without_a_name_of_its_own_is_called_by_its_first_cell() -> None:
    assert code("name", Reply("1", (Table(("INSTANCE", "USED"), (("acme", "1Gi"),)),))).text == "acme"


def test_every_form_holds_every_column_of_every_row() -> None:
    wanted = [{"name": row[0], "status": row[1], "ip": row[2]} for row in PODS.rows]
    assert json.loads(code("json").text) == wanted
    assert yaml.safe_load(code("yaml").text) == wanted
    assert list(csv.reader(code("csv").text.splitlines())) == [["NAME", "STATUS", "IP"], *map(list, PODS.rows)]


def test_no_program_is_written_a_picture() -> None:
    full = Reply("1", (Table(("NAME", "BAR", "SHARE"), (("acme", "▓▓░░", "50%"),), drawn=(1,)),))
    assert code("csv", full).text == "NAME,SHARE\nacme,50%"


def test_a_long_text_is_shown_from_its_beginning_and_named_for_what_it_is() -> None:
    assert (code("json").file_name, code("json").shows) == ("pods.json", Shows.BEGINNING)


def test_columns_of_one_title_or_none_are_told_apart() -> None:
    reply = Reply("1", (Table(("CPU", "OF LIMIT", "MEMORY", "OF LIMIT", ""), (("1m", "2%", "3Mi", "4%", "▓"),)),))
    assert json.loads(code("json", reply).text) == [
        {"cpu": "1m", "of limit": "2%", "memory": "3Mi", "of limit 4": "4%", "column 5": "▓"}
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_spreadsheet_runs_nothing(cell: str) -> None:
    assert f"'{cell}" in code("csv", Reply("1", (Table(("NAME",), ((cell,),)),))).text


def test_an_answer_without_rows_says_so() -> None:
    with pytest.raises(BadArguments, match="no rows to write as json"):
        sifted(Reply("help", (Text("words"),)), Listing(output="json"))


def test_a_card_that_is_edited_again_and_again_has_one_page() -> None:
    many = Table(("NAME",), tuple((f"p{number}",) for number in range(25)))
    shown, more = first_rows(Reply("25 pods", (many,))).parts
    assert isinstance(shown, Table)
    assert len(shown.rows) == FIRST_ROWS
    assert more == Text("and 5 more; `--grep` or a selector (`-l`) narrows it down")
