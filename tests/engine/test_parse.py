"""Every line is understood by the declaration alone, or refused with what to type instead."""

from typing import Any

import pytest
from pydantic import Field

from bot.commands import COMMANDS
from bot.engine.parameters import usage
from bot.engine.parse import HelpWanted, Parsed, parse
from bot.engine.registry import Registry
from bot.errors import BadArguments, NotFound, UserError
from bot.model.plan import Plan
from bot.model.reply import Reply
from bot.spec import Args, Change, Context, Query, Risk, flag, positional


class LookArgs(Args):
    kind: str = positional("kind", metavar="KIND")
    names: tuple[str, ...] = positional("names", default=(), metavar="NAME")
    namespace: str = flag("namespace", default="", short="n")
    label: tuple[str, ...] = flag("label", default=(), short="l")
    all_namespaces: bool = flag("everywhere", default=False, short="A")


class SizeArgs(Args):
    name: str = positional("name")
    replicas: int = Field(ge=0, le=1000, description="how many", json_schema_extra={"place": "flag", "metavar": "N"})


async def unused(*_: Any) -> Any:
    raise AssertionError("parsing calls nothing")


def query(name: str, args: type[Args]) -> Query[Any]:
    async def run(args: Args, ctx: Context) -> Reply:
        raise AssertionError("parsing calls nothing")

    return Query(name=name, summary="Look.", args=args, access=(), examples=(name,), area="Look", run=run)


def change(name: str) -> Change[Any]:
    async def plan(args: Args, ctx: Context) -> Plan:
        raise AssertionError("parsing calls nothing")

    return Change(
        name=name, summary="Size.", args=SizeArgs, access=(), examples=(f"{name} web --replicas 2",), area="Change",
        risk=Risk.CHANGE, plan=plan, observe=unused, apply=unused, effect=unused, progress=unused,
    )  # fmt: skip


REGISTRY = Registry(
    [query("get", LookArgs), query("rollout status", LookArgs), query("rollout history", LookArgs), change("scale")]
)


def parsed(line: str) -> Parsed:
    found = parse(line, REGISTRY)
    assert isinstance(found, Parsed)
    return found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("get pods", {"kind": "pods"}, id="positional"),
        pytest.param("get pods a b", {"kind": "pods", "names": ("a", "b")}, id="the rest"),
        pytest.param("get -n shop pods", {"kind": "pods", "namespace": "shop"}, id="flag first"),
        pytest.param("get pods --namespace=shop", {"kind": "pods", "namespace": "shop"}, id="equals"),
        pytest.param("get pods -l a=b -l c=d", {"kind": "pods", "label": ("a=b", "c=d")}, id="repeated"),
        pytest.param("get pods -A", {"kind": "pods", "all_namespaces": True}, id="switch"),
        pytest.param("get pods -- -x", {"kind": "pods", "names": ("-x",)}, id="after the terminator"),
        pytest.param("GET pods", {"kind": "pods"}, id="capital from a phone"),
        pytest.param("rollout status web", {"kind": "web"}, id="two words"),
        pytest.param("scale web --replicas 3", {"name": "web", "replicas": 3}, id="number"),
    ],
)
def test_understood(line: str, expected: dict[str, Any]) -> None:
    assert parsed(line).args.model_dump(exclude_unset=True) == expected


def test_a_change_takes_a_reason_and_a_query_does_not() -> None:
    assert parsed('scale web --replicas 3 --reason "more load"').reason == "more load"
    with pytest.raises(BadArguments, match="has no flag --reason"):
        parse("get pods --reason x", REGISTRY)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        pytest.param("get", "KIND is missing", id="missing positional"),
        pytest.param("scale web", "--replicas is missing", id="missing flag"),
        pytest.param("scale web --replicas", "--replicas needs a value", id="flag without value"),
        pytest.param("scale web --replicas four", "takes a whole number, not “four”", id="not a number"),
        pytest.param("scale web --replicas -1", "must be at least 0, not -1", id="negative"),
        pytest.param("scale web --replicas 99999", "must be at most 1000", id="absurd"),
        pytest.param("scale web --replicas 1 --replicas 2", "is given twice", id="twice"),
        pytest.param("scale web db --replicas 1", "`db` is one word too many", id="too many words"),
        pytest.param("get pods --colour red", "has no flag --colour", id="unknown flag"),
    ],
)
def test_refused_with_the_usage(line: str, says: str) -> None:
    with pytest.raises(BadArguments) as refusal:
        parse(line, REGISTRY)
    assert says in str(refusal.value)
    assert str(refusal.value).endswith("Nothing was done.")
    assert usage(REGISTRY.find(line.split())[0]) in refusal.value.hint


@pytest.mark.parametrize(
    ("line", "suggestion"),
    [
        pytest.param("gte pods", "get pods", id="swapped letters"),
        pytest.param("scal web --replicas 2", "scale web --replicas 2", id="words are kept"),
        pytest.param("rolout status web", "rollout status web", id="two-word name"),
    ],
)
def test_a_near_miss_is_offered(line: str, suggestion: str) -> None:
    with pytest.raises(NotFound) as refusal:
        parse(line, REGISTRY)
    assert suggestion in refusal.value.suggestions


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        pytest.param("get pdos -l app=odoo", ["get pods -l app=odoo"], id="kind"),
        pytest.param("restart deploymnt/web", ["restart deployments/web"], id="kind of a name"),
        pytest.param("rollout stauts web", ["rollout status web"], id="second word"),
        pytest.param("scale web --replica 3", ["scale web --replicas 3"], id="flag"),
        pytest.param("scale web --replica=3", ["scale web --replicas=3"], id="flag with its value"),
        pytest.param("restrat web --reason 'a b'", ["restart web --reason 'a b'"], id="quotes stay"),
        pytest.param("get widgets", [], id="unlike all kinds"),
        pytest.param("rollout everything web", [], id="unlike all second words"),
    ],
)
def test_what_is_nearly_right_is_offered_as_a_whole_line(line: str, mended: list[str]) -> None:
    with pytest.raises(UserError) as refusal:
        parse(line, Registry(COMMANDS))
    assert list(refusal.value.suggestions[:1]) == mended


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        pytest.param("help rollout", "rollout", id="first word of several"),
        pytest.param("Rollout --help", "rollout", id="flag after it"),
        pytest.param("help look", "look", id="area"),
    ],
)
def test_help_is_narrowed_to_what_shares_a_word_or_an_area(line: str, topic: str) -> None:
    assert parse(line, REGISTRY) == HelpWanted(topic=topic)
    assert len(REGISTRY.about(topic)) > 1


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        pytest.param("kubectl get pods -n shop", ("get pods -n shop",), id="a line of kubectl's"),
        pytest.param("kubectl gte pods", ("get pods",), id="mistyped"),
    ],
)
def test_a_line_pasted_from_a_terminal_is_offered_without_its_first_word(line: str, offered: tuple[str, ...]) -> None:
    with pytest.raises(NotFound) as refusal:
        parse(line, REGISTRY)
    assert refusal.value.suggestions == offered


def test_half_of_a_two_word_name_lists_the_other_halves() -> None:
    with pytest.raises(NotFound, match="needs one more word: status, history"):
        parse("rollout", REGISTRY)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        pytest.param("", None, id="nothing"),
        pytest.param("help", None, id="help"),
        pytest.param("--help", None, id="flag alone"),
        pytest.param("help scale", "scale", id="of one"),
        pytest.param("scale --help", "scale", id="flag after"),
        pytest.param("scale web -h", "scale", id="short"),
    ],
)
def test_help(line: str, name: str | None) -> None:
    wanted = parse(line, REGISTRY)
    assert isinstance(wanted, HelpWanted)
    assert (wanted.command.name if wanted.command else None) == name


def test_help_after_the_terminator_is_an_argument() -> None:
    assert parsed("get pods -- --help").args.model_dump()["names"] == ("--help",)


def test_usage() -> None:
    assert usage(REGISTRY.find(["scale"])[0]) == "scale NAME --replicas N [--reason TEXT]"
    assert usage(REGISTRY.find(["get"])[0]).startswith("get KIND [NAME…] [--namespace NAMESPACE]")
