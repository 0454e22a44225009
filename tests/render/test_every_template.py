"""Every template of bot/render, with a stranger's text wherever one can stand: taken by Slack, parsed by nobody."""

import importlib
import inspect
import pkgutil
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

import bot.render
from bot.engine.line import join
from bot.errors import Denied, Held, NotFound
from bot.model.checkpoint import Checkpoint
from bot.model.form import Field, FieldKind, Form, Preview
from bot.model.incident import Diagnosis, Incident, IncidentState, Told
from bot.model.live import Ending, How
from bot.model.operation import Approvers, Operation, Requirements, State, Verdict
from bot.model.outgoing import Document, Message
from bot.model.plan import Fact, Phase, Plan, Progress
from bot.model.refs import ObjectRef
from bot.model.reply import Button, Buttons, Code, Facts, Reply, Table, Text
from bot.model.symptom import Fault
from bot.render import (
    acting,
    audit,
    cards,
    console,
    forms,
    home,
    incident,
    incident_digest,
    incident_thread,
    live,
    modals,
    older,
    pointing,
    refusal,
    reply,
    story,
)
from bot.render.escape import mrkdwn
from bot.slack.documents import left_out
from bot.slack.drawing import plain_contents
from playground.slack.blockkit.blocks import Surface
from playground.slack.blockkit.judge import characters, problems
from tests.render.corpus import CORPUS, LONG
from tests.render.operations import AT, PLAN, decision, operation
from tests.render.test_escape import NASTY
from tests.render.test_incident import incident as ailing
from tests.render.test_live import JON, answer
from tests.render.test_replies import SAFE_CHARACTERS

OURS = re.compile(r"<(@UMAYA|@UJON|#C1)>")
"""Mentions that the bot means."""
SHORT = 60
"""Characters of what is a name in Kubernetes, Slack or the policy file, and bounded there."""

Drawing = Message | dict[str, Any]
Drawings = Iterable[Drawing | None]
Template = Callable[[str], Drawings]


def plan_of(text: str) -> Plan:
    """Everything that a plan tells."""
    target = msgspec.structs.replace(PLAN.steps[0].target, name=text[:SHORT])
    return Plan(
        command="exec",
        line=text,
        namespace=text[:SHORT],
        steps=(msgspec.structs.replace(PLAN.steps[0], target=target),) * 2,
        title=text,
        doing=text,
        done=text,
        facts=(Fact(text[:SHORT], text),) * 9,
        warnings=(text,) * 9,
        diff=text,
        undo=text,
    )


def operations(text: str) -> Iterator[Operation]:
    """One in each state, decided by two with their reasons, with what its steps say."""
    wanted = Requirements(approvals=(Approvers(text[:SHORT]),), rule=text, type_name=True)
    said = Progress(Phase.STALLED, text, 1, 2, reason=text, next_line=text, output=text)
    for state in State:
        verdict = Verdict.DENY if state is State.DENIED else Verdict.APPROVE
        one = operation(
            state,
            plan=plan_of(text),
            decisions=(decision(Verdict.APPROVE, text), decision(verdict, text)),
            progress=(said, None),
            outcome=text,
            reason=text,
        )
        yield msgspec.structs.replace(one, requirements=wanted)


def incidents(text: str) -> Iterator[Incident]:
    """One in each state, with all that a cluster says."""
    known = Diagnosis(likely=text, log=(text,) * 20, telling=text, changed=text, facts=(Fact("Image", text),) * 9)
    for state in IncidentState:
        shown = ailing(Fault.CRASH_LOOP, state, diagnosis=known)
        worst = msgspec.structs.replace(shown.worst, reason=text, message=text, container=text[:SHORT])
        owner = ObjectRef("deployment", text[:SHORT], text[:SHORT])
        yield msgspec.structs.replace(shown, worst=worst, owner=owner)


def reply_of(text: str) -> Reply:
    """Every part of an answer."""
    button = Button(text, text)
    rows = ((text, text[:SHORT]),) * 21
    table = Table(("NAME", text[:SHORT]), rows, ((button,),) * 21)
    code = Code(text, title=text[:SHORT])
    return Reply(text, (Text(text), Facts((Fact(text[:SHORT], text),) * 9), table, code, Buttons((button,))))


def fields(text: str) -> tuple[Field, ...]:
    """A field of each kind, filled in."""
    return tuple(
        Field(f"f{number}", text, text, kind, values=(text or "x",), choices=(text or "x", "other"), default=text)
        for number, kind in enumerate(FieldKind)
    )


def form_drawn(text: str) -> Drawings:
    """Before and after each kind of preview."""
    form = Form(command="scale", summary=text, channel="C1", namespace=text, fields=fields(text), is_change=True)
    one = next(operations(text))
    held = Held(text, hint=text, suggestions=(), channel="C1")
    for meaning in (None, Preview(one.plan, one.requirements, held), NotFound(text, hint=text)):
        yield forms.form_modal(form, about="a" * 40, previewed=meaning)


def home_drawn(text: str) -> Drawings:
    """With everything in it."""
    many = list(operations(text))
    alarms = [home.Alarm(one, {text[:SHORT]: "v1", "Logs": "v2"}, needs_somebody=True) for one in incidents(text)]
    kept = [f"{text} {number}" for number in range(3)]
    full = home.Home(waiting=many, alarms=alarms, running=many, mine=many, platform=[reply_of(text)], favourites=kept)
    return [home.home_view(full, slash="/saas").view]


def console_drawn(text: str) -> Drawings:
    """With another place to ask in."""
    places = [console.Place("C1", "p1"), console.Place("", "p2")]
    group = console.Group(f"Look {text}"[:SHORT], [console.Choice(f"get {text}", f"Show {text}", "v1")])
    return [console.console_modal(places=places, chosen=one, groups=[group]) for one in places]


def refused(text: str) -> Drawings:
    """With ways on that hold what was typed."""
    error = Denied(text, hint=text, suggestions=(join(["get", text]), join([text, "--page", "2"])), unfinished=text)
    return [refusal.refusal(error, line=text), refusal.refusal(error, line=f"get {text}")]


def reply_drawn(text: str) -> Drawings:
    """As every workspace takes it, without Slack's newest blocks, and without any."""
    message = reply.reply_message(reply_of(text), line=join(["get", text]))
    plain = plain_contents(message)
    yield message
    yield msgspec.structs.replace(message, blocks=older.older(message.blocks))
    yield Message(text=plain["text"])


def live_drawn(text: str) -> Drawings:
    """While it goes on."""
    return [live.live_message(msgspec.structs.replace(answer(reply_of(text)), line=text))]


def ended_drawn(text: str) -> Drawings:
    """In each way."""
    one = msgspec.structs.replace(answer(reply_of(text)), line=text)
    return [live.ended_message(one, Ending(how, AT, by=JON, why=text)) for how in How]


def acting_drawn(text: str) -> Drawings:
    """Under the first line of a message, which is escaped there."""
    return [acting.acting_modal(f"1 pod {mrkdwn(text[:SHORT])}", [acting.Action(text, "run", "v1")])]


TEMPLATES: dict[str, Template] = {
    "acting.acting_modal": lambda text: [
        acting.acting_modal(f"1 pod {mrkdwn(text[:SHORT])}", [acting.Action(text, "run", "v1")])
    ],
    "acting.asked_modal": lambda _: [acting.asked_modal("C1")],
    "audit.broken_message": lambda _: [audit.broken_message(Checkpoint(1, b"x" * 32))],
    "audit.head_message": lambda _: [audit.head_message(Checkpoint(1, b"x" * 32))],
    "cards.operation_card": lambda text: map(cards.operation_card, operations(text)),
    "cards.operation_dm": lambda text: map(cards.operation_dm, operations(text)),
    "console.console_modal": console_drawn,
    "documents.left_out": lambda text: [left_out(Document("d", "C1", text, b""))],
    "forms.form_modal": form_drawn,
    "home.closed_home": lambda text: [home.closed_home(Denied(text, hint=text))],
    "home.home_view": home_drawn,
    "incident.incident_card": lambda text: map(incident.incident_card, incidents(text)),
    "incident_digest.digest": lambda text: [incident_digest.digest([*incidents(text)] * 9)],
    "incident_thread.excerpt": lambda text: [
        incident_thread.excerpt(one, told) for one in incidents(text) for told in Told
    ],
    "incident_thread.line": lambda text: [incident_thread.line(one, told) for one in incidents(text) for told in Told],
    "live.ended_message": ended_drawn,
    "live.lines_message": lambda text: [live.lines_message([text] * 50, 3)],
    "live.live_message": live_drawn,
    "modals.approval_modal": lambda text: map(modals.approval_modal, operations(text)),
    "modals.deny_modal": lambda text: map(modals.deny_modal, operations(text)),
    "modals.details_modal": lambda text: map(modals.details_modal, operations(text)),
    "modals.message_modal": lambda text: [modals.message_modal(text, text)],
    "pointing.pointer": lambda text: [pointing.pointer(text, "C1")],
    "refusal.refusal": refused,
    "reply.reply_message": reply_drawn,
    "story.operation_line": lambda text: map(story.operation_line, operations(text)),
}

VIEWS = ("_home", "_modal", "_view")
"""How the name of what draws a view ends; a view is a plain dict, as its parts are."""


def templates() -> Iterator[str]:
    """Every public function of bot/render that gives a whole message or view."""
    for found in pkgutil.iter_modules(bot.render.__path__):
        module = importlib.import_module(f"bot.render.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                returned = inspect.formatannotation(inspect.signature(function).return_annotation)
                if re.search(r"\bMessage\b", returned) or name.endswith(VIEWS):
                    yield f"{found.name}.{name}"


def test_no_template_is_left_out() -> None:
    assert set(templates()) - set(TEMPLATES) == set()


EACH_TEMPLATE = pytest.mark.parametrize("template", list(TEMPLATES.values()), ids=list(TEMPLATES))


@EACH_TEMPLATE
def test_no_known_abuse_gets_a_template_refused_or_is_parsed(template: Template) -> None:
    for text in CORPUS:
        assert_taken(template((text * LONG)[:LONG]))


@EACH_TEMPLATE
@settings(deadline=None, max_examples=10)
@given(text=NASTY)
def test_no_text_gets_a_template_refused_or_is_parsed(template: Template, text: str) -> None:
    assert_taken(template(text))


def assert_taken(drawings: Drawings) -> None:
    """Slack takes each, and parses nothing in it that a stranger wrote."""
    for drawn in drawings:
        if isinstance(drawn, Message):
            assert problems(drawn.blocks, Surface.MESSAGE) == []
            assert characters(drawn.blocks) <= SAFE_CHARACTERS
            assert_harmless(drawn.blocks, drawn.text)
        elif drawn is not None:
            surface = Surface.HOME if drawn["type"] == "home" else Surface.MODAL
            assert problems(drawn["blocks"], surface) == []
            assert_harmless(drawn)


def assert_harmless(drawn: object, *parsed: str) -> None:
    """What Slack parses holds no markup but ours; nothing that a person sees hides or turns what stands beside it."""
    for text in (*parsed, *_parsed(drawn)):
        assert not set("<>") & set(OURS.sub("", text))
    for text in (*parsed, *_seen(drawn)):
        assert not {unicodedata.category(sign) for sign in text if sign != "\n"} & {"Cc", "Cf", "Co", "Cs"}


def _parsed(value: object) -> Iterator[str]:
    match value:
        case {"type": "mrkdwn", "text": str(text), **rest}:
            assert rest.get("verbatim") is True, "else Slack makes links of addresses and channels' names"
            yield text
        case dict():
            yield from (found for part in value.values() for found in _parsed(part))
        case list() | tuple():
            yield from (found for part in value for found in _parsed(part))


def _seen(value: object) -> Iterator[str]:
    """Every string but ids and values, which Slack shows to nobody."""
    match value:
        case str():
            yield value
        case dict():
            shown = (part for name, part in value.items() if name not in ("value", "action_id", "private_metadata"))
            yield from (found for part in shown for found in _seen(part))
        case list() | tuple():
            yield from (found for part in value for found in _seen(part))
