"""The card of an incident reads well in every state, offers lines that exist, and nothing in it is parsed."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import COMMANDS
from bot.diagnosis.offers import choices, more
from bot.engine.parse import Parsed, parse
from bot.engine.registry import Registry
from bot.model.actor import Actor, Person, Subject
from bot.model.incident import Diagnosis, Incident, IncidentState, Member, Remedy, Told
from bot.model.plan import Fact
from bot.model.refs import ObjectRef
from bot.model.symptom import Fault, Symptom
from bot.render import tone
from bot.render.blocks import characters
from bot.render.incident import incident_card
from bot.render.incident_thread import excerpt, line
from playground.slack.blockkit.blocks import Surface
from playground.slack.blockkit.judge import problems
from tests.render.reading import read
from tests.render.test_escape import NASTY
from tests.render.test_replies import SAFE_CHARACTERS, assert_parsed_by_nobody

AT = datetime(2026, 5, 4, 14, 2, tzinfo=UTC)
REGISTRY = Registry(COMMANDS)
OWNERS = {Fault.JOB_FAILED: "job", Fault.NODE_NOT_READY: "node"}
SUBJECTS = {Fault.JOB_FAILED: "job", Fault.NODE_NOT_READY: "node", Fault.ROLLOUT_STALLED: "deployment"}
MAYA, JON = (Actor(Person("T1", user), Subject(user)) for user in ("UMAYA", "UJON"))

KNOWN = Diagnosis(
    likely="The database refuses the password (seen in the log, exit 1)",
    log=("starting", 'FATAL: password authentication failed for user "odoo_acme"'),
    telling='FATAL: password authentication failed for user "odoo_acme"',
    changed="revision 12, 40 s before · “edited by hand” · other command",
    back_to=11,
    wanted=3,
)


def incident(
    fault: Fault = Fault.CRASH_LOOP,
    state: IncidentState = IncidentState.OPEN,
    *,
    diagnosis: Diagnosis | None = KNOWN,
    lasted: timedelta | None = None,
) -> Incident:
    """An incident of odoo-acme, or of a job or node of that name."""
    kind = OWNERS.get(fault, "deployment")
    namespace = "" if kind == "node" else "saasodoo"
    worst = Symptom(
        fault=fault,
        subject=ObjectRef(SUBJECTS.get(fault, "pod"), "odoo-acme-7c9-x", namespace, uid="u1"),
        owner=ObjectRef(kind, "odoo-acme", namespace),
        container="odoo",
        reason="CrashLoopBackOff",
        message="back-off 10s",
        exit_code=1,
        restarts=7,
    )
    return Incident(
        id="i1",
        number=1,
        cluster="main",
        fault=fault,
        owner=worst.owner,
        state=state,
        worst=worst,
        members=(Member("u1", "odoo-acme-7c9-x", "odoo", 7), Member("u2", "odoo-acme-7c9-y", "odoo", 3)),
        diagnosis=diagnosis,
        opened_at=AT,
        ended_at=AT + lasted if lasted else None,
        version=1,
    )


CARDS = {
    "open": (
        incident(),
        """\
🔴 *deployment/odoo-acme is crash-looping*  `saasodoo` · 2 of 3 pods · since 14:02 UTC
*Likely*  The database refuses the password (seen in the log, exit 1)
*Log*  `FATAL: password authentication failed for user "odoo_acme"`
*Changed*  revision 12, 40 s before · “edited by hand” · other command
*Restarts*  7 of the worst pod, 10 in all
[Roll back to 11…] [Logs] [Acknowledge] [⋯ Restart… · Why? · Describe]""",
    ),
    "not looked into": (
        incident(diagnosis=None),
        """\
🔴 *deployment/odoo-acme is crash-looping*  `saasodoo` · 2 pods · since 14:02 UTC
*Reason*  CrashLoopBackOff: “back-off 10s”
*Restarts*  7 of the worst pod, 10 in all
[Logs] [Acknowledge] [⋯ Restart… · Why? · Describe]""",
    ),
    "acknowledged": (
        msgspec.structs.replace(
            incident(Fault.JOB_FAILED, IncidentState.ACKNOWLEDGED, diagnosis=Diagnosis(likely="It ran out of disk")),
            acknowledged_by=MAYA,
            snoozed_until=AT + timedelta(hours=1),
        ),
        """\
🟠 *job/odoo-acme failed*  `saasodoo` · 2 runs · since 14:02 UTC
*Likely*  It ran out of disk
@UMAYA looks after it
Quiet until 15:02 UTC
[Re-run…] [Logs] [Snooze 1 h] [⋯ Describe]""",
    ),
    "healed": (
        msgspec.structs.replace(
            incident(state=IncidentState.HEALED, lasted=timedelta(minutes=12)),
            remedy=Remedy("Rolled back deployment/odoo-acme to revision 11", 7, MAYA, (JON,)),
        ),
        """\
🟢 *deployment/odoo-acme is healthy again · was crash-looping for 12 min*  `saasodoo`
*Was*  The database refuses the password (seen in the log, exit 1)
Rolled back deployment/odoo-acme to revision 11 by @UMAYA, approved by @UJON""",
    ),
    "gone": (
        incident(Fault.JOB_FAILED, IncidentState.GONE, diagnosis=None, lasted=timedelta(minutes=5)),
        "⚪ *job/odoo-acme is gone · had failed*  `saasodoo`",
    ),
}


@pytest.mark.parametrize(("shown", "card"), CARDS.values(), ids=CARDS)
def test_a_card_reads_as_it_should(shown: Incident, card: str) -> None:
    message = incident_card(shown)
    assert read(message.blocks) == card
    assert problems(message.blocks, Surface.MESSAGE) == []
    assert message.color == tone.INCIDENTS[shown.state].color
    assert message.text.startswith(tone.INCIDENTS[shown.state].emoji)


def test_a_lock_screen_names_the_likely_cause() -> None:
    assert incident_card(incident()).text == (
        "🔴 deployment/odoo-acme is crash-looping (saasodoo): "
        "The database refuses the password (seen in the log, exit 1)"
    )


@pytest.mark.parametrize("fault", sorted(set(Fault) - {Fault.UNAVAILABLE}))
def test_every_line_that_a_card_offers_is_a_command_with_its_namespace(fault: Fault) -> None:
    shown = incident(fault)
    offered = [*choices(shown), *more(shown)]
    assert offered
    for button in offered:
        understood = parse(button.line, REGISTRY)
        assert isinstance(understood, Parsed), button.line
        assert getattr(understood.args, "namespace", "") == shown.owner.namespace


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("state", IncidentState)
def test_at_most_three_buttons_and_none_when_it_is_over(fault: Fault, state: IncidentState) -> None:
    message = incident_card(incident(fault, state))
    buttons = [one for block in message.blocks for one in block["elements"] if one["type"] == "button"]
    assert len(buttons) <= 3
    assert bool(buttons) == (state in (IncidentState.OPEN, IncidentState.ACKNOWLEDGED))


@pytest.mark.parametrize("told", Told)
def test_every_line_of_the_thread_is_one_that_slack_takes(told: Told) -> None:
    shown = msgspec.structs.replace(incident(), acknowledged_by=MAYA, snoozed_until=AT)
    for message in (line(shown, told), excerpt(shown, told)):
        if message is not None:
            assert message.text
            assert problems(message.blocks, Surface.MESSAGE) == []


def test_a_log_of_one_line_is_on_the_card_and_not_in_the_thread_again() -> None:
    short = msgspec.structs.replace(incident(), diagnosis=Diagnosis(likely="x", log=("FATAL: x",), telling="FATAL: x"))
    assert excerpt(short, Told.OPENED) is None
    assert excerpt(incident(), Told.OPENED) is not None


@given(NASTY, st.integers(1, 60), st.sampled_from(Fault), st.sampled_from(IncidentState), st.sampled_from(Told))
def test_nothing_that_a_cluster_says_is_parsed_or_too_long(
    text: str, times: int, fault: Fault, state: IncidentState, told: Told
) -> None:
    long = text * times
    known = Diagnosis(likely=long, log=(text, long) * 20, telling=long, changed=long, facts=(Fact("Image", long),) * 9)
    shown = incident(fault, state, diagnosis=known)
    nasty = msgspec.structs.replace(shown, worst=msgspec.structs.replace(shown.worst, reason=text, message=long))
    for message in (incident_card(nasty), line(nasty, told), excerpt(nasty, told)):
        if message is not None:
            assert problems(message.blocks, Surface.MESSAGE) == []
            assert characters(message.blocks) <= SAFE_CHARACTERS
            assert_parsed_by_nobody(message.blocks, message.text)
