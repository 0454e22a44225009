"""Reconcile: the same symptoms and incidents give the same decision, whoever asks and however often."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.engine.reconciling import Decision, Rules, reconcile
from bot.model.incident import Incident, IncidentState
from bot.model.symptom import Fault, Finding, Symptom
from tests.engine.ailing import NOW, cure, incident, lacking, owner, sick

RULES = Rules()


def decide(
    findings: Sequence[Finding],
    incidents: Sequence[Incident] = (),
    *,
    calm: Mapping[str, datetime] | None = None,
    may_open: bool = True,
    may_end: bool = True,
    unseen: Collection[Fault] = (),
    now: datetime = NOW,
) -> Decision:
    """Reconcile at NOW."""
    return reconcile(
        findings,
        incidents,
        now,
        rules=RULES,
        calm=calm or {},
        may_open=lambda _: may_open,
        may_end=lambda fault, _: may_end and fault not in unseen,
    )


def test_pods_of_one_owner_are_one_incident_with_their_number() -> None:
    [case] = decide([sick("odoo-acme-1"), sick("odoo-acme-2", restarts=9), sick("odoo-acme-3")]).opened
    assert case.worst.subject.name == "odoo-acme-2"
    assert [member.name for member in case.members] == ["odoo-acme-1", "odoo-acme-2", "odoo-acme-3"]


def test_other_owners_and_other_faults_are_other_incidents() -> None:
    found = decide([sick(), sick("db-1", of=owner("db")), sick("odoo-acme-2", Fault.IMAGE_PULL)]).opened
    assert {(case.worst.owner.name, case.worst.fault) for case in found} == {
        ("odoo-acme", Fault.CRASH_LOOP),
        ("db", Fault.CRASH_LOOP),
        ("odoo-acme", Fault.IMAGE_PULL),
    }


def test_what_is_not_ripe_opens_nothing_and_says_when_to_look_again() -> None:
    ripe_at = NOW + timedelta(seconds=14)
    decision = decide([sick(ripe_at=ripe_at)])
    assert (decision.opened, decision.look_again_at) == ((), ripe_at)
    assert decide([sick(ripe_at=ripe_at)], now=ripe_at).opened


def test_what_runs_again_opens_nothing_but_keeps_its_incident_open() -> None:
    better = sick(ripe_at=None, steady_since=NOW - timedelta(minutes=1))
    assert decide([better]).opened == ()
    decision = decide([better], [incident(better)], calm={"i1": NOW - timedelta(days=1)})
    assert (decision.ended, decision.look_again_at) == ((), NOW + timedelta(minutes=9))


def test_what_has_run_long_enough_is_well() -> None:
    better = sick(ripe_at=None, steady_since=NOW - RULES.settle)
    assert decide([better], [incident(better)], calm={"i1": NOW - RULES.quiet}).ended


def test_a_known_incident_is_met_in_silence() -> None:
    decision = decide([sick()], [incident(sick())])
    assert decision == Decision()


@pytest.mark.parametrize(
    "now",
    [
        pytest.param([sick(restarts=3)], id="one more restart"),
        pytest.param([sick(exit_code=137)], id="another exit code"),
        pytest.param([sick(), sick("odoo-acme-2")], id="one more pod"),
    ],
)
def test_a_known_incident_is_edited_when_its_card_would_say_something_else(now: list[Symptom]) -> None:
    decision = decide(now, [incident(sick())])
    assert [one.id for one, _ in decision.changed] == ["i1"]
    assert decision.opened == ()


def test_an_incident_ends_only_after_a_while_of_quiet() -> None:
    first = decide([], [incident(sick())])
    assert (first.ended, first.calm) == ((), {"i1": NOW})
    assert first.look_again_at == NOW + RULES.quiet
    then = NOW + RULES.quiet
    assert [one.id for one in decide([], [incident(sick())], calm=first.calm, now=then).ended] == ["i1"]


def test_quiet_begins_anew_when_it_was_broken() -> None:
    broken = decide([sick()], [incident(sick())], calm={"i1": NOW - timedelta(hours=1)})
    assert broken.calm == {}


def test_nothing_ends_before_everything_was_read() -> None:
    decision = decide([], [incident(sick())], calm={"i1": NOW - timedelta(hours=1)}, may_end=False)
    assert (decision.ended, decision.calm) == ((), {})


def test_what_cannot_be_seen_does_not_end_and_everything_else_does() -> None:
    known = [incident(sick(), id="i1"), incident(sick("backup", Fault.JOB_FAILED, of=owner("backup", "job")), id="i2")]
    calm = {"i1": NOW - RULES.quiet, "i2": NOW - RULES.quiet}
    decision = decide([], known, calm=calm, unseen={Fault.JOB_FAILED})
    assert ([one.id for one in decision.ended], decision.calm) == (["i1"], {"i1": NOW - RULES.quiet})


def test_a_replaced_pod_does_not_end_the_incident_while_its_owner_lacks_pods() -> None:
    assert decide([lacking()], [incident(sick())], calm={"i1": NOW - timedelta(hours=1)}).ended == ()
    assert decide([lacking(owner("db"))], [incident(sick())], calm={"i1": NOW - timedelta(hours=1)}).ended


def test_a_rollout_that_goes_on_ends_its_incident_though_its_pods_are_not_all_back() -> None:
    stalled = incident(sick("odoo-acme", Fault.ROLLOUT_STALLED))
    assert decide([lacking()], [stalled], calm={"i1": NOW - timedelta(hours=1)}).ended == (stalled,)


def test_lacking_pods_alone_is_no_incident() -> None:
    assert decide([lacking()]) == Decision()


def test_wrong_again_soon_is_the_same_incident_and_later_another() -> None:
    def ended(minutes: int) -> Incident:
        return incident(sick(), state=IncidentState.HEALED, ended_at=NOW - timedelta(minutes=minutes))

    soon, late = decide([sick()], [ended(9)]), decide([sick()], [ended(11)])
    assert ([one.id for one, _ in soon.reopened], soon.opened) == (["i1"], ())
    assert (late.reopened, len(late.opened)) == ((), 1)


def test_a_crash_explains_a_stalled_rollout() -> None:
    stalled = sick("odoo-acme", Fault.ROLLOUT_STALLED)
    assert [case.worst.fault for case in decide([stalled, sick()]).opened] == [Fault.CRASH_LOOP]
    assert [case.worst.fault for case in decide([stalled]).opened] == [Fault.ROLLOUT_STALLED]


def test_what_stands_explains_though_it_is_not_read_yet() -> None:
    stalled = sick("odoo-acme", Fault.ROLLOUT_STALLED)
    assert decide([stalled], [incident(sick())], may_end=False).opened == ()
    lost = sick("node-2", Fault.NODE_NOT_READY, of=owner("node-2", "node"), node="node-2")
    assert decide([sick(node="node-2")], [incident(lost)], may_end=False).opened == ()


def test_what_may_not_open_yet_waits() -> None:
    assert decide([sick("odoo-acme", Fault.ROLLOUT_STALLED)], may_open=False) == Decision()


def test_a_lost_node_explains_its_pods_and_pods_without_a_node() -> None:
    lost = sick("node-2", Fault.NODE_NOT_READY, of=owner("node-2", "node"), node="node-2")
    there, elsewhere = sick("a-1", of=owner("a"), node="node-2"), sick("b-1", of=owner("b"), node="node-1")
    homeless = sick("c-1", Fault.UNSCHEDULABLE, of=owner("c"), node="")
    opened = decide([lost, there, elsewhere, homeless]).opened
    assert [str(case.worst.owner) for case in opened] == ["node/node-2", "deployment/b"]


CRON = owner("backup", "cronjob")
FAILED = sick("backup-1", Fault.JOB_FAILED, of=CRON)


def test_a_later_success_cures_a_failed_run_and_not_the_next_one() -> None:
    later, earlier = cure(CRON, at=NOW), cure(CRON, at=NOW - timedelta(hours=1))
    assert decide([FAILED, later]).opened == ()
    assert len(decide([FAILED, earlier]).opened) == 1
    assert decide([FAILED, later], [incident(FAILED)], calm={"i1": NOW - RULES.quiet}).ended


def test_twenty_failing_runs_are_one_incident() -> None:
    [case] = decide([sick(f"backup-{run}", Fault.JOB_FAILED, of=CRON) for run in range(20)]).opened
    assert len(case.members) == 20


def test_a_failed_job_that_was_told_is_not_told_again_while_it_is_remembered() -> None:
    over = incident(FAILED, state=IncidentState.GONE, ended_at=NOW)
    assert decide([FAILED], [over]) == Decision()


pods = some.builds(
    sick,
    some.sampled_from([f"p-{number}" for number in range(4)]),
    some.sampled_from([Fault.CRASH_LOOP, Fault.IMAGE_PULL, Fault.OOM_KILLED]),
    of=some.sampled_from([owner("a"), owner("b")]),
    restarts=some.integers(0, 3),
)


in_two_orders = some.lists(pods, max_size=12).flatmap(lambda one: some.tuples(some.just(one), some.permutations(one)))


@given(in_two_orders)
def test_the_order_in_which_objects_are_told_changes_nothing(orders: tuple[list[Symptom], list[Symptom]]) -> None:
    one, other = (decide(found) for found in orders)
    assert {(case.worst.fault, case.worst.owner.name, len(case.members)) for case in one.opened} == {
        (case.worst.fault, case.worst.owner.name, len(case.members)) for case in other.opened
    }


@given(some.lists(pods, max_size=12))
def test_what_was_opened_is_met_in_silence_by_whoever_comes_next(found: list[Symptom]) -> None:
    stored = [
        Incident(
            id=str(number),
            cluster="main",
            fault=case.worst.fault,
            owner=case.worst.owner,
            worst=case.worst,
            members=case.members,
            opened_at=NOW,
        )
        for number, case in enumerate(decide(found).opened)
    ]
    again = decide(found, stored)
    assert (again.opened, again.changed, again.ended, again.reopened) == ((), (), (), ())
