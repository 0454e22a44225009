"""Favourites: a line is kept as it is meant, for its person alone, and taken out however it is typed."""

from dataclasses import replace

import pytest

from bot.engine.favourites import MOST, Starred
from bot.errors import AlreadySo, BotError, Conflict, NotFound
from bot.model.actor import Actor, Person, Subject
from bot.model.reply import Reply, Table
from bot.spec import Query
from tests.commands.asking import MAYA, REGISTRY, context, parsed
from tests.fakes.cluster import FakeCluster
from tests.fakes.favourites import FakeFavourites

JON = Actor(Person("T1", "UJON"), Subject("jon"))


async def ask(line: str, store: FakeFavourites, actor: Actor = MAYA) -> Reply:
    understood = parsed(line)
    assert isinstance(understood.command, Query)
    ctx = replace(context(FakeCluster()), actor=actor, favourites=Starred(store, REGISTRY))
    return await understood.command.run(understood.args, ctx)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("get pods --failed", "get pods --failed -n saasodoo"),
        ('get pods -l "app in (odoo, web)"', "get pods -l 'app in (odoo, web)' -n saasodoo"),
        ("get pods -n other", "get pods -n other"),
        ("get pods -A --grep /oom|crash/", "get pods -A --grep '/oom|crash/'"),
        ("top nodes", "top nodes"),
        ("restart instance-worker", "restart instance-worker -n saasodoo"),
        ("exec web-1 -- ls -l", "exec web-1 -n saasodoo -- ls -l"),
        ("help", "help"),
    ],
)
async def test_a_line_is_kept_with_its_flags_and_its_namespace(typed: str, kept: str) -> None:
    store = FakeFavourites()
    reply = await ask(f"fav add {typed}", store)
    assert store.lines == {"UMAYA": [kept]}
    assert reply.private
    assert kept in reply.headline


@pytest.mark.parametrize("typed", ["get pods", "get  pods", "get pods -n saasodoo"])
async def test_it_is_taken_out_however_it_is_typed(typed: str) -> None:
    store = FakeFavourites({"UMAYA": ["get pods -n saasodoo"]})
    await ask(f"fav remove {typed}", store)
    assert store.lines == {"UMAYA": []}


async def test_a_line_of_a_command_that_is_no_more_can_still_be_taken_out() -> None:
    store = FakeFavourites({"UMAYA": ["frobnicate --all"]})
    await ask("fav remove frobnicate --all", store)
    assert store.lines == {"UMAYA": []}


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("fav add frobnicate", "There is no command"),
        ("fav add get unicorns", "is not a kind"),
        ("fav add get pods", "is a favourite of yours already"),
        ("fav remove get nodes", "is no favourite of yours"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_changes_nothing(line: str, error: str) -> None:
    store = FakeFavourites({"UMAYA": ["get pods -n saasodoo"]})
    with pytest.raises(BotError, match=error):
        await ask(line, store)
    assert store.lines == {"UMAYA": ["get pods -n saasodoo"]}


async def test_a_near_miss_is_offered() -> None:
    with pytest.raises(NotFound) as refused:
        await ask("fav remove get pod", FakeFavourites({"UMAYA": ["get pods"]}))
    assert refused.value.suggestions == ("fav remove get pods",)


async def test_nobody_has_more_than_he_finds_again() -> None:
    store = FakeFavourites({"UMAYA": [f"describe pod p{number}" for number in range(MOST)]})
    with pytest.raises(Conflict, match="which is the most"):
        await ask("fav add top nodes", store)
    with pytest.raises(AlreadySo):
        await ask("fav add describe pod p1", FakeFavourites({"UMAYA": ["describe pod p1 -n saasodoo"]}))


async def test_the_list_is_ones_own_and_each_line_can_be_run_or_removed() -> None:
    store = FakeFavourites({"UMAYA": ["top nodes"], "UJON": ["get pods"]})
    reply = await ask("fav list", store)
    [table] = reply.parts
    assert isinstance(table, Table)
    assert table.rows == (("top nodes",),)
    assert [button.line for button in table.row_buttons[0]] == ["top nodes", "fav remove top nodes"]
    assert (await ask("fav list", FakeFavourites(), JON)).headline == "You have no favourites yet"
