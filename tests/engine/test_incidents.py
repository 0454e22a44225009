"""Incidents: each is opened once, edited in place, and green when it is over, whoever dies in between."""

import msgspec
import pytest

from bot.errors import Fenced, Unreachable
from bot.model.incident import Diagnosis, Incident, IncidentState
from bot.model.kube.jobs import Job
from bot.model.kube.pods import Pod
from bot.model.refs import ObjectRef
from bot.model.symptom import Fault
from bot.store import PostgresLedger
from tests.engine.ailing import NOW, lacking, owner, sick
from tests.engine.dark import Dark
from tests.engine.desk import Desk
from tests.engine.ward import Doctor, Ward
from tests.fakes.tripwire import Crash, TrippingLedger, Tripwire


@pytest.fixture
def ward(ledger: PostgresLedger) -> Ward:
    """One term of the only replica."""
    return Ward(ledger)


async def test_an_incident_opens_with_its_cause_and_its_buttons(ward: Ward) -> None:
    ward.tell(sick("odoo-acme-1"), sick("odoo-acme-2"))
    await ward.round()
    [card] = ward.roots
    assert card.startswith("🔴 *deployment/odoo-acme is crash-looping*  `saasodoo` · 2 of 3 pods · since ")
    assert "*Likely*  exit 1" in card
    assert card.endswith("[Logs] [Acknowledge] [⋯ Restart… · Why? · Describe]")


async def test_a_bug_in_one_diagnosis_silences_no_other_alarm(ward: Ward) -> None:
    class Stumbling(Doctor):
        async def diagnose(self, incident: Incident) -> Diagnosis | None:
            if incident.owner.name == "db":
                raise ValueError("an annotation that nobody thought of")
            return await super().diagnose(incident)

    ward.incidents.explaining.diagnose = Stumbling().diagnose
    ward.tell(sick("db-1", of=owner("db")), sick())
    await ward.round()
    assert sorted(root.splitlines()[0].partition("*  ")[0] for root in ward.roots) == [
        "🔴 *deployment/db is crash-looping",
        "🔴 *deployment/odoo-acme is crash-looping",
    ]


async def test_what_is_known_is_told_once_however_often_it_is_seen(ward: Ward) -> None:
    ward.tell(sick())
    for _ in range(3):
        await ward.round(after_s=30)
    assert len(ward.posts) == 2
    assert ward.doctor.asked == ["odoo-acme"]


async def test_another_leader_opens_nothing_twice_and_ends_what_it_did_not_open(ward: Ward) -> None:
    ward.tell(sick())
    await ward.round()
    other = ward.next_term()
    await other.round()
    assert len(other.roots) == 1
    other.well("uid-odoo-acme-1")
    await other.until_quiet()
    assert [root.splitlines()[0] for root in other.roots] == [
        "🟢 *deployment/odoo-acme is healthy again · was crash-looping for 16 s*  `saasodoo`"
    ]
    assert other.lines == ["deployment/odoo-acme is healthy again · was crash-looping for 16 s."]


async def test_who_no_longer_leads_stores_nothing(ward: Ward) -> None:
    other = ward.next_term()
    other.tell(sick("db-1", of=owner("db")))
    await other.round()
    ward.tell(sick())
    with pytest.raises(Fenced):
        await ward.round()
    assert [one.owner.name for one in await ward.stored()] == ["db"]


async def test_how_the_cluster_is_seen_is_said_when_it_changes_and_every_five_seconds(ward: Ward) -> None:
    await ward.round()
    first = await ward.ledger.view("main")
    await ward.round(after_s=4)
    assert await ward.ledger.view("main") == first
    ward.findings.sights = {Job: Dark()}
    await ward.round(after_s=1)
    blind = await ward.ledger.view("main")
    assert blind is not None
    assert blind.complaints == (Dark.complaint,)
    assert [(one.name, one.reconnects) for one in blind.streams] == [("jobs", {"not allowed": 1})]
    ward.findings.sights = {Job: Dark(), Pod: Dark()}
    await ward.round(after_s=1)
    more = await ward.ledger.view("main")
    assert more is not None
    assert len(more.streams) == 2
    await ward.round(after_s=5)
    assert await ward.ledger.view("main") != more


async def test_pods_that_join_are_counted_by_an_edit_at_most_every_five_seconds(ward: Ward) -> None:
    ward.tell(sick("odoo-acme-1"))
    await ward.round()
    ward.tell(sick("odoo-acme-2"))
    await ward.round(after_s=2)
    assert "1 of 3 pods" in ward.roots[0]
    await ward.round(after_s=3)
    assert "2 of 3 pods" in ward.roots[0]
    assert len(ward.posts) == 2


async def test_while_slack_is_away_a_whole_incident_becomes_one_card_that_says_how_it_ended(ward: Ward) -> None:
    ward.tell(sick())
    await ward.incidents.round()
    ward.well("uid-odoo-acme-1")
    for _ in range(2):
        ward.clock.turn(20)
        await ward.incidents.round()
    await ward.deliver()
    assert [root[0] for root in ward.roots] == ["🟢"]
    assert len(ward.lines) == 1


async def test_what_the_api_says_is_stored_without_secrets_and_not_endless(ledger: PostgresLedger) -> None:
    ward = Ward(ledger, doctor=Doctor(away=Unreachable("The API server does not answer."), times=99))
    leaking = f"password=hunter2secret {'x' * 100_000}"
    ward.tell(msgspec.structs.replace(sick(), message=leaking))
    await ward.round()
    [stored] = await ward.stored()
    assert "hunter2" not in stored.worst.message + ward.roots[0]
    assert len(stored.worst.message) == 2_000


async def test_another_cause_is_looked_into_and_told(ward: Ward) -> None:
    ward.tell(sick(exit_code=1))
    await ward.round()
    ward.tell(sick(exit_code=137))
    await ward.round(after_s=6)
    assert "*Likely*  exit 137" in ward.roots[0]
    assert ward.lines == ["Now for another reason: exit 137"]


async def test_wrong_again_soon_turns_the_same_card_red(ward: Ward) -> None:
    ward.tell(sick())
    await ward.round()
    ward.well("uid-odoo-acme-1")
    await ward.until_quiet()
    ward.tell(sick("odoo-acme-2"))
    await ward.round(after_s=60)
    assert [root[0] for root in ward.roots] == ["🔴"]
    assert ward.lines[-1] == "deployment/odoo-acme is crash-looping again."


async def test_a_cause_that_cannot_be_had_now_is_added_later(ledger: PostgresLedger) -> None:
    ward = Ward(ledger, doctor=Doctor(away=Unreachable("The API server does not answer."), times=2))
    ward.tell(sick())
    await ward.round()
    assert "*Reason*  CrashLoopBackOff" in ward.roots[0]
    for _ in range(2):
        await ward.round(after_s=6)
    assert "*Likely*  exit 1" in ward.roots[0]


async def test_looking_into_a_cause_ends_after_a_few_tries(ledger: PostgresLedger) -> None:
    ward = Ward(ledger, doctor=Doctor(away=Unreachable("The API server does not answer."), times=99))
    ward.tell(sick())
    for _ in range(10):
        await ward.round(after_s=6)
    assert len(ward.doctor.asked) == 4


async def test_a_storm_is_one_card_per_workload_that_counts_its_pods(ward: Ward) -> None:
    storm = [sick(f"{name}-{pod}", of=owner(name)) for name in "abcde" for pod in range(200)]
    ward.tell(*storm[:300])
    await ward.round()
    ward.tell(*storm)
    await ward.round()
    await ward.round(after_s=6)
    assert len(ward.roots) == 5
    assert all("200 of 200 pods" in root for root in ward.roots)


async def test_many_at_once_are_summed_up_ahead_of_their_cards(ward: Ward) -> None:
    ward.tell(*(sick(f"{name}-1", of=owner(name)) for name in "abcdef"), sick("g-1", Fault.IMAGE_PULL, of=owner("g")))
    await ward.round()
    assert ward.roots[0] == (
        "🔴 *7 incidents at once* · one card each below\n"
        "*6 × is crash-looping*  deployment/a, deployment/b, deployment/c, deployment/d, deployment/e, deployment/f\n"
        "*1 × cannot pull its image*  deployment/g"
    )
    assert len(ward.roots) == 8
    await ward.next_term().round()
    assert len(ward.roots) == 8


async def test_a_deleted_pod_does_not_heal_what_its_owner_still_lacks(ward: Ward) -> None:
    ward.tell(sick(), lacking(ObjectRef("deployment", "odoo-acme", "saasodoo", uid="uid-odoo-acme")))
    await ward.round()
    ward.lose("uid-odoo-acme-1")
    for _ in range(3):
        await ward.round(after_s=60)
    assert "no pod fails now, healed once all stay ready" in ward.roots[0]
    ward.well("uid-odoo-acme")
    await ward.until_quiet()
    assert ward.roots[0].startswith("🟢")


async def test_what_is_deleted_while_it_is_wrong_is_gone_and_not_well(ward: Ward) -> None:
    ward.tell(sick("lonely", of=ObjectRef("pod", "lonely", "saasodoo")))
    await ward.round()
    ward.lose("uid-lonely")
    await ward.until_quiet()
    assert ward.roots[0].startswith("⚪ *pod/lonely is gone · was crash-looping*")


async def test_a_failed_job_that_its_ttl_deletes_was_told_and_is_gone(ward: Ward) -> None:
    job = sick("backup-acme", Fault.JOB_FAILED, of=owner("backup-acme", "job"), since=NOW)
    ward.tell(job)
    await ward.round()
    ward.findings.drop("uid-backup-acme")
    await ward.round(after_s=300)
    assert ward.roots[0].startswith("🔴 *job/backup-acme failed*")
    await ward.round(after_s=301)
    await ward.until_quiet()
    assert ward.roots[0].startswith("⚪ *job/backup-acme is gone · had failed*")
    ward.findings.forget_what_is_over()
    assert len(ward.findings) == 0


async def test_the_operation_before_a_recovery_is_named(desk: Desk) -> None:
    ward = Ward(desk.ledger)
    ward.clock.turn((await database_now(desk.ledger) - ward.clock.now().timestamp()) - 60)
    web = ObjectRef("deployment", "web", "shop")
    ward.tell(sick("web-1", of=web))
    await ward.round()
    await desk.executed("web")
    await desk.deliver()
    ward.well("uid-web-1")
    await ward.until_quiet()
    assert "Scaled web by @UMAYA, approved by @UJON" in ward.roots[0]


async def test_what_somebody_did_shortly_before_is_said(desk: Desk) -> None:
    ward = Ward(desk.ledger)
    await desk.executed("web")
    await desk.deliver()
    ward.clock.turn(await database_now(desk.ledger) - ward.clock.now().timestamp() + 60)
    ward.tell(sick("web-1", of=ObjectRef("deployment", "web", "shop")), sick("db-1", of=owner("db")))
    await ward.round()
    first, second = sorted(ward.roots, reverse=True)
    assert "*Changed*  Scaled web by maya, 60 s before" in first
    assert "Changed" not in second


async def database_now(ledger: PostgresLedger) -> float:
    async with ledger.transaction() as tx:
        return (await tx.now()).timestamp()


async def test_whoever_dies_where_the_incident_is_opened_once(ledger: PostgresLedger) -> None:
    at = 0
    while True:
        at += 1
        wire = Tripwire(at)
        name = f"w{at}"
        doomed = Ward(TrippingLedger(ledger, wire), epoch=at)
        doomed.tell(sick(f"{name}-1", of=owner(name)))
        try:
            await doomed.incidents.round()
        except Crash:
            heir = Ward(ledger, epoch=at)
            heir.tell(sick(f"{name}-1", of=owner(name)))
            await heir.round()
            assert [root.splitlines()[0][:20] for root in heir.roots] == [
                f"🔴 *deployment/{name} is crash-looping"[:20]
            ]
        else:
            break
    assert at > 5
    standing = [one for one in await Ward(ledger).stored() if one.state is IncidentState.OPEN]
    assert sorted(one.owner.name for one in standing) == sorted(f"w{number}" for number in range(1, at + 1))
