"""App Home, console and the modal of actions: Slack takes them, whatever stands in them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.errors import Denied
from bot.model.operation import State
from bot.model.plan import Fact
from bot.model.reply import Facts, Reply, Tone
from bot.render.acting import Action, acting_modal, asked_modal
from bot.render.console import Choice, Group, Place, console_modal
from bot.render.home import Alarm, Home, closed_home, home_view
from playground.slack.blockkit.blocks import Surface
from playground.slack.blockkit.judge import problems
from tests.engine.ailing import incident, sick
from tests.render.operations import PLAN, operation

ILL = incident(sick())
PLATFORM = Reply("saasodoo is healthy", (Facts((Fact("Nodes", "3 of 3 ready"),)),), Tone.GOOD)


def drawn(home: Home) -> str:
    view = home_view(home, slash="/saas").view
    assert not problems(view["blocks"], Surface.HOME)
    return str(view["blocks"])


def test_favourites_are_buttons_that_run_their_line() -> None:
    kept = ["get pods -n saasodoo", "top nodes"]
    shown = home_view(Home(favourites=kept), slash="/saas")
    row = next(block for block in shown.view["blocks"] if "top nodes" in str(block))
    assert [shown.lines[button["value"]] for button in row["elements"]] == [*kept, "fav list"]
    assert "saas fav add get pods" in drawn(Home())
    assert "saas fav add get pods" not in drawn(Home(favourites=kept))


def test_more_favourites_than_a_row_holds_are_behind_the_last_button() -> None:
    assert "[" in drawn(Home(favourites=[f"describe pod {'x' * 80}-{number}" for number in range(60)]))


def test_a_home_with_nothing_in_it_says_so() -> None:
    said = drawn(Home())
    assert "Nothing waits for you." in said
    assert "Nothing is running." in said


@pytest.mark.parametrize("state", State)
def test_each_state_of_an_operation_is_drawn(state: State) -> None:
    one = operation(state)
    said = drawn(Home(waiting=[one], running=[one], mine=[one], platform=[PLATFORM]))
    assert "deployment/instance-worker" in said
    assert "saasodoo is healthy" in said


def test_only_a_few_of_many_are_drawn_and_the_rest_is_counted() -> None:
    many = [operation(State.PENDING)] * 300
    alarms = [Alarm(ILL, {"Logs": "x" * 20}, needs_somebody=True)] * 300
    said = drawn(Home(waiting=many, running=many, mine=many, alarms=alarms, platform=[PLATFORM]))
    assert "and 595 more" in said


def test_an_incident_that_nobody_looks_after_needs_somebody() -> None:
    alarm = Alarm(ILL, {"Logs": "x" * 20, "Acknowledge": "y" * 20}, needs_somebody=True)
    said = drawn(Home(alarms=[alarm]))
    assert "Acknowledge" in said
    assert "Nothing waits for you." not in said
    assert "Nothing waits for you." in drawn(Home(alarms=[Alarm(ILL, {}, needs_somebody=False)]))


@settings(deadline=None)
@given(st.text(max_size=3000))
def test_no_text_of_a_person_makes_a_home_that_slack_refuses_or_parses(text: str) -> None:
    one = operation(State.PENDING, plan=replace(PLAN, title=f"Restart {text}"), reason=text)
    drawn(Home(waiting=[one], mine=[one], platform=[Reply(text)]))
    assert not problems(closed_home(Denied(text or "No."))["blocks"], Surface.HOME)


def test_a_console_is_drawn_with_and_without_another_place() -> None:
    group = Group("Look", [Choice("get", "Show objects.", "v1"), Choice("top pods", "Show usage. " * 20, "v2")])
    one, other = Place("C1", "p1"), Place("", "p2")
    for places in ([one], [one, other]):
        view = console_modal(places=places, chosen=one, groups=[group])
        assert not problems(view["blocks"], Surface.MODAL)
        assert ("a direct message" in str(view)) is (len(places) > 1)


@settings(deadline=None)
@given(st.lists(st.text(max_size=200), min_size=1, max_size=120), st.sampled_from(["C1", ""]))
def test_any_labels_make_a_modal_of_actions_that_slack_takes(labels: list[str], channel: str) -> None:
    actions = [Action(label, "run", f"v{number}") for number, label in enumerate(labels)]
    view = acting_modal("*25 pods*", actions)
    assert not problems(view["blocks"], Surface.MODAL)
    assert not problems(asked_modal(channel)["blocks"], Surface.MODAL)
