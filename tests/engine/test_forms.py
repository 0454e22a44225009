"""Forms follow from declarations: what is filled in reads back as the line, and what is wrong stands at its field."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands import COMMANDS
from bot.engine.completions import plain
from bot.engine.composing import compose, faults
from bot.engine.draft import Draft
from bot.engine.form_fields import REASON, form_for, offered
from bot.engine.line import words
from bot.engine.parse import Parsed, begun, parse
from bot.engine.policy import Channel
from bot.engine.registry import Registry
from bot.engine.suggesting import matching
from bot.errors import BadArguments
from bot.model.form import FieldKind, Form
from bot.render.forms import form_modal
from bot.spec import AnyCommand, Change
from playground.slack.blockkit.blocks import Surface
from playground.slack.blockkit.judge import problems

REGISTRY = Registry(COMMANDS)
ONE = Channel(namespaces=("saasodoo",), home="saasodoo")
EVERY = Channel(namespaces=("*",), home="saasodoo")


def form(line: str, channel: Channel = ONE) -> Form:
    return form_for(begun(line, REGISTRY), channel, "C1")


def command(name: str) -> AnyCommand:
    found = REGISTRY.named(name)
    assert found is not None
    return found


@pytest.mark.parametrize("one", COMMANDS, ids=lambda one: one.name)
def test_each_command_has_a_form_that_slack_takes(one: AnyCommand) -> None:
    forms = [form_for(Draft(one), EVERY, "C1"), *(form(example) for example in one.examples)]
    for drawn in (form_modal(form, about="x" * 20) for form in forms):
        assert not problems(drawn["blocks"], Surface.MODAL)
        assert len(drawn["title"]["text"]) <= 24


def test_a_hint_says_what_the_label_does_not() -> None:
    hints = {
        block["label"]["text"]: block.get("hint", {}).get("text", "")
        for block in form_modal(form("quota set acme 20Gi"), about="x")["blocks"]
        if block["type"] == "input"
    }
    assert (hints["Instance"], hints["Size"]) == ("", "How much it may use: 10Gi, 500Mi.")


def test_why_there_is_no_preview_does_not_say_how_to_write_the_line() -> None:
    with pytest.raises(BadArguments) as refusal:
        parse("quota set acme 10Gb5", REGISTRY)
    drawn = str(form_modal(form("quota set acme 10Gb5"), about="x", previewed=refusal.value)["blocks"][-1])
    assert "“10Gb5” is not a size" in drawn
    assert "[--shrink]" in refusal.value.hint
    assert "[--shrink]" not in drawn


@pytest.mark.parametrize("one", COMMANDS, ids=lambda one: one.name)
def test_a_form_asks_for_every_argument_and_for_the_reason_of_a_change(one: AnyCommand) -> None:
    asked = {field.name for field in form_for(Draft(one), EVERY, "C1").fields}
    reason = {REASON} if isinstance(one, Change) else set()
    wanted = {parameter.name for parameter in offered(one) if not parameter.is_hidden}
    assert asked == wanted - {"page"} | reason


@pytest.mark.parametrize("line", [line for one in COMMANDS for line in one.examples])
def test_an_example_read_into_a_form_and_composed_again_means_the_same(line: str) -> None:
    wanted = parse(line, REGISTRY)
    assert isinstance(wanted, Parsed)
    fields = {field.name: ",".join(field.values) for field in form(line, EVERY).fields}
    assert faults(wanted.command, fields, REGISTRY) == {}
    again = parse(compose(wanted.command, fields), REGISTRY)
    assert isinstance(again, Parsed)
    assert (again.args, again.reason, again.options) == (wanted.args, wanted.reason, wanted.options)


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters="“”„«»‘’\u00a0\u202f")))
def test_any_reason_arrives_as_it_was_typed(reason: str) -> None:
    line = compose(command("restart"), {"targets": "deployment/worker", "reason": reason})
    understood = parse(line, REGISTRY)
    assert isinstance(understood, Parsed)
    assert understood.reason.split() == reason.split()


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["target", "replicas", "namespace", "reason"]), st.text(max_size=40)))
def test_nothing_typed_into_a_field_becomes_another_argument(fields: dict[str, str]) -> None:
    given = {"target": "deployment/worker", "replicas": "3"} | fields
    if faults(command("scale"), given, REGISTRY):
        return
    understood = parse(compose(command("scale"), given), REGISTRY)
    assert isinstance(understood, Parsed)
    assert understood.args.model_dump()["replicas"] == int(given["replicas"])
    assert understood.args.model_dump()["target"].endswith(given["target"].strip())


@pytest.mark.parametrize("typed", ["ls -l '/a, b'", "sh -c 'exit 3' --"])
def test_a_command_is_typed_in_one_field_and_split_as_in_a_line(typed: str) -> None:
    line = compose(command("exec"), {"pod": "web-0", "command": typed})
    understood = parse(line, REGISTRY)
    assert isinstance(understood, Parsed)
    assert understood.args.model_dump()["command"] == tuple(words(typed))
    assert {field.name: field.values for field in form(line).fields}["command"] == (typed,)


def test_an_open_quote_is_said_before_the_form_closes() -> None:
    found = faults(command("exec"), {"pod": "web-0", "command": "echo 'x"}, REGISTRY)
    assert found == {"command": "A quote is opened and never closed. Nothing was done."}


FAULTS = {
    "missing": ("scale", {"target": "worker"}, {"replicas": "Replicas is missing"}),
    "not a name": (
        "scale",
        {"target": "a_b", "replicas": "1"},
        {"target": "“a_b” is not a name that Kubernetes allows"},
    ),
    "too many": (
        *("scale", {"target": "worker", "replicas": "5000"}),
        {"replicas": "Replicas must be at most 1000, not 5000"},
    ),
    "both": (
        *("scale", {"replicas": "two"}),
        {"target": "Workload is missing", "replicas": "Replicas takes a whole number, not “two”"},
    ),
    "flag in a name": ("restart", {"targets": "--all"}, {"targets": "“--all” is not a name that Kubernetes allows"}),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_is_wrong_stands_at_its_field(case: str) -> None:
    name, fields, wanted = FAULTS[case]
    assert faults(command(name), fields, REGISTRY) == wanted


def test_an_invisible_character_is_refused_before_the_form_closes() -> None:
    found = faults(command("restart"), {"targets": "worker", "reason": "stuck\u202e"}, REGISTRY)
    assert "invisible character (U+202E)" in found[""]


def test_what_was_typed_already_is_filled_in_also_beside_a_wrong_flag() -> None:
    fields = {field.name: field for field in form('scale worker --reason "slow" --replica 3').fields}
    assert fields["target"].values == ("worker",)
    assert fields[REASON].values == ("slow",)
    assert fields["replicas"].kind is FieldKind.NUMBER


@pytest.mark.parametrize(
    ("line", "leading"),
    [
        pytest.param("rollback", {"target"}, id="revisions hang on the workload"),
        pytest.param("get", {"kind"}, id="names hang on the kind"),
        pytest.param("exec", {"pod"}, id="containers hang on the pod"),
        pytest.param("restart", set(), id="nothing hangs on anything"),
    ],
)
def test_a_field_on_which_another_hangs_is_told_at_once(line: str, leading: set[str]) -> None:
    drawn = form_modal(form(line), about="x")["blocks"]
    assert {block["block_id"] for block in drawn if block.get("dispatch_action")} == leading


def test_everything_hangs_on_the_namespace_where_there_are_several() -> None:
    assert {field.name for field in form("rollback", EVERY).fields if field.leads} == {"target", "namespace"}


def test_a_namespace_is_asked_for_only_where_the_channel_has_several() -> None:
    assert "namespace" not in {field.name for field in form("status").fields}
    assert "namespace" in {field.name for field in form("status", EVERY).fields}
    assert "all_namespaces" not in {field.name for field in form("get pods").fields}


def test_names_that_begin_with_what_is_typed_come_first_and_the_typed_word_last() -> None:
    names = plain(["deployment/odoo-acme", "deployment/acme-web", "statefulset/acme", "deployment/worker"])
    wanted = ["deployment/acme-web", "statefulset/acme", "deployment/odoo-acme", "Acme"]
    assert matching(names, "Acme") == plain(wanted)
    assert matching(names, "deployment/worker") == plain(["deployment/worker"])
    assert matching(names, "") == names
    assert len(matching(plain([f"pod-{n}" for n in range(5000)]), "pod")) == 100
