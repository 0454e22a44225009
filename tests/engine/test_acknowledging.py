"""Acknowledge and snooze: only for people who may change what the incident is about; kept in the audit, and shown."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest
import yaml

from bot.engine import policy
from bot.engine.acknowledging import Acknowledging
from bot.engine.authorize import Authorizer
from bot.engine.incident_notices import IncidentNotices
from bot.engine.registry import Registry
from bot.errors import Conflict, Denied, NotFound
from bot.model.incident import Incident, IncidentState
from bot.model.incoming import Click, Origin
from bot.ports import ClusterReader
from bot.store import PostgresLedger
from tests.engine.ailing import owner, sick
from tests.engine.ward import Ward
from tests.fakes.people import TEAM, FakeDirectory, FakeReviews, person

POLICY: dict[str, Any] = {
    "apiVersion": "chatops.saas.io/v1",
    "kind": "Policy",
    "people": {"MAYA": {"user": "maya", "groups": ["sre"]}, "VERA": {"user": "vera", "groups": ["viewers"]}},
    "channels": {"C1": {"namespaces": ["saasodoo"], "home": "saasodoo", "alerts": True}},
    "tiers": {"alone": {}},
    "rules": [{"name": "changes", "match": {"namespaces": ["saasodoo"]}, "tier": "alone"}],
}
NO_SNOOZE = {"name": "no snoozing", "match": {"commands": ["snooze"]}, "effect": "deny"}


class Hands:
    """People and an open incident."""

    def __init__(self, ledger: PostgresLedger, incident: Incident, rules: list[Any]) -> None:
        """Prepare what clicks go through."""
        self.ledger = ledger
        self.incident = incident
        authorizer = Authorizer(
            policy=policy.load(yaml.safe_dump({**POLICY, "rules": rules})),
            directory=FakeDirectory({name: person(name) for name in ("MAYA", "VERA", "NILS")}),
            cluster=cast(ClusterReader, FakeReviews(frozenset({("sre", "patch", "deployments")}))),
            registry=Registry([]),
        )
        self.acknowledging = Acknowledging(authorizer, ledger, IncidentNotices())

    async def click(self, who: str, action: str, *, incident: str = "", channel: str = "C1") -> Incident:
        """Press a button of the card."""
        key = f"click:{who}:{action}:{channel}"
        origin = Origin(key=key, team_id=TEAM, user_id=who, channel=channel, at=datetime(2026, 5, 4, tzinfo=UTC))
        click = Click(origin, action, incident or self.incident.id)
        await self.ledger.accept(click)
        await self.ledger.claim_incoming()
        await self.acknowledging.click(click)
        return await self.ledger.incident(self.incident.id)


@pytest.fixture
def ward(ledger: PostgresLedger) -> Ward:
    return Ward(ledger)


async def hands(ward: Ward, *more_rules: Any) -> Hands:
    """An incident that stands, and hands for it."""
    ward.tell(sick())
    await ward.round()
    [incident] = await ward.stored()
    assert isinstance(ward.ledger, PostgresLedger)
    return Hands(ward.ledger, incident, [*POLICY["rules"], *more_rules])


async def test_of_a_kind_that_nobody_knows_those_may_who_may_change_its_pods(ward: Ward) -> None:
    ward.tell(sick(of=owner("pg-main", kind="cluster")))
    await ward.round()
    [incident] = await ward.stored()
    assert isinstance(ward.ledger, PostgresLedger)
    ours = Hands(ward.ledger, incident, POLICY["rules"])
    with pytest.raises(Denied, match="it is for those who may change cluster/pg-main"):
        await ours.click("MAYA", "ack")


async def test_who_acknowledges_is_named_on_the_card_and_in_the_thread(ward: Ward) -> None:
    after = await (await hands(ward)).click("MAYA", "ack")
    await ward.deliver()
    assert after.state is IncidentState.ACKNOWLEDGED
    assert ward.roots[0].startswith("🟠")
    assert "@MAYA looks after it" in ward.roots[0]
    assert "[Snooze 1 h]" in ward.roots[0]
    assert ward.lines == ["@MAYA looks after it."]


async def test_a_snoozed_incident_keeps_its_thread_quiet_until_it_ends(ward: Ward) -> None:
    await (await hands(ward)).click("MAYA", "snooze")
    ward.tell(sick(exit_code=137))
    await ward.round(after_s=6)
    assert "Quiet until" in ward.roots[0]
    assert len(ward.lines) == 1
    ward.well("uid-odoo-acme-1")
    await ward.until_quiet()
    assert ward.roots[0].startswith("🟢")
    assert len(ward.lines) == 2


async def test_both_are_in_the_audit(ward: Ward) -> None:
    given = await hands(ward)
    for action in ("ack", "snooze"):
        await given.click("MAYA", action)
    kinds = await given.ledger.database.rows("SELECT kind, actor FROM audit_event ORDER BY seq")
    assert [(row["kind"], row["actor"]) for row in kinds] == [("acknowledged", "maya"), ("snoozed", "maya")]
    assert (await given.ledger.verify_audit()).faults == ()


@pytest.mark.parametrize(
    ("who", "action", "channel", "says"),
    [
        pytest.param("VERA", "ack", "C1", "those who may change deployment/odoo-acme", id="a viewer"),
        pytest.param("NILS", "ack", "C1", "not in the policy file", id="a stranger"),
        pytest.param("MAYA", "snooze", "C1", "no snoozing", id="a rule denies"),
        pytest.param("MAYA", "ack", "C9", "not bound", id="another channel"),
    ],
)
async def test_whoever_may_not_changes_nothing(ward: Ward, who: str, action: str, channel: str, says: str) -> None:
    given = await hands(ward, NO_SNOOZE)
    with pytest.raises(Denied, match=says):
        await given.click(who, action, channel=channel)
    assert (await given.ledger.incident(given.incident.id)) == given.incident


async def test_an_incident_that_is_over_is_not_acknowledged(ward: Ward) -> None:
    given = await hands(ward)
    ward.well("uid-odoo-acme-1")
    await ward.until_quiet()
    with pytest.raises(Conflict, match="no longer in trouble"):
        await given.click("MAYA", "ack")


@pytest.mark.parametrize("id", ["", "x", "00000000-0000-0000-0000-000000000000"])
async def test_an_id_that_nobody_gave_out_is_no_incident(ward: Ward, id: str) -> None:
    given = await hands(ward)
    with pytest.raises(NotFound):
        await given.click("MAYA", "ack", incident=id or "-")
