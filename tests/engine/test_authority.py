"""Every layer of permission can say no by itself at a verdict, and again before the first write."""

from typing import Any, cast

import msgspec
import pytest

from bot.engine.authority import Authority
from bot.errors import Denied
from bot.model.actor import Actor
from bot.model.operation import Decision, Requirements, Verdict
from tests.engine.gate import NOW, POLICY, RESTART, REVIEWS, actor, authority, operation, plan
from tests.fakes.people import FakeDirectory, FakeReviews, person


@pytest.mark.parametrize(
    ("user", "says"),
    [
        pytest.param("MAYA", "somebody else decides", id="the requester"),
        pytest.param("MAYA2", "somebody else decides", id="the requester's second account"),
        pytest.param("VERA", "needs @sre", id="a viewer"),
    ],
)
async def test_who_may_not_decide(user: str, says: str) -> None:
    with pytest.raises(Denied, match=says):
        await authority().may_decide(actor(user), operation())


async def test_an_approver_must_hold_the_verb_himself() -> None:
    with pytest.raises(Denied, match="You may not run `restart`"):
        await authority(reviews=FakeReviews()).may_decide(actor("JON"), operation())


async def test_a_peer_may_decide() -> None:
    await authority().may_decide(actor("JON"), operation())


async def test_before_the_first_write_everybody_is_asked_of_slack_anew() -> None:
    gate = authority()
    await gate.recheck(operation("JON"))
    assert cast(FakeDirectory, gate.authorizer.directory).asked_fresh == ["MAYA", "JON"]


@pytest.mark.parametrize(
    ("gate", "says"),
    [
        pytest.param(
            authority(JON=person("JON", is_deleted=True)),
            "jon is refused now: “.*deactivated.*” Nothing was changed",
            id="approver left",
        ),
        pytest.param(
            authority(MAYA=person("MAYA", is_guest=True)), "maya is refused now: “Guests", id="requester became a guest"
        ),
        pytest.param(authority(reviews=REVIEWS.without("sre")), "maya is refused now: “You", id="RoleBinding deleted"),
        pytest.param(
            authority(rules={**POLICY, "rules": [{**POLICY["rules"][0], "effect": "deny"}]}),
            "^Policy rule .*forbids",
            id="policy forbids it now",
        ),
        pytest.param(
            authority(rules={**POLICY, "channels": {"C1": {"namespaces": ["blog"], "home": "blog"}}}),
            "^This channel may not",
            id="the channel was bound to another namespace",
        ),
        pytest.param(
            authority(rules={**POLICY, "people": {**POLICY["people"], "JON": {"user": "kim", "groups": ["sre"]}}}),
            "another identity",
            id="the approver's account belongs to somebody else now",
        ),
    ],
)
async def test_what_changed_since_the_approval_stops_it(gate: Authority, says: str) -> None:
    with pytest.raises(Denied, match=says):
        await gate.recheck(operation("JON"))


async def test_an_approver_who_alone_lost_the_right_stops_it_too() -> None:
    rules = {
        **POLICY,
        "people": {
            **POLICY["people"],
            **{name: {"user": name.lower(), "groups": ["peers"]} for name in ("JON", "VERA")},
        },
        "groups": {**POLICY["groups"], "peers": {"kubernetesGroups": ["peers"]}},
        "tiers": {"two": {"approvals": [{"group": "peers"}]}},
    }
    reviews = FakeReviews(frozenset({("sre", "patch", "deployments"), ("peers", "patch", "deployments")}))
    then = authority(rules=rules, reviews=reviews)
    jon = Actor(person("JON"), then.authorizer.policy.people["JON"].subject)
    approved = msgspec.structs.replace(
        operation(requirements=then.authorizer.requirements(RESTART, plan(), "why")),
        decisions=(Decision(jon, Verdict.APPROVE, plan().hash, NOW),),
    )
    await then.recheck(approved)
    with pytest.raises(Denied, match=r"jon is refused now: “You may not run `restart` in shop\.” Nothing was changed"):
        await authority(rules=rules, reviews=reviews.without("peers")).recheck(approved)


async def test_an_approval_counts_only_for_the_groups_that_the_approver_still_has() -> None:
    people = {"MAYA": "sre", "JON": "sre", "KIM": "sre", "LEE": "leads", "ANN": "leads"}

    def one_of_each(**groups: list[str]) -> dict[str, Any]:
        entries = {name: {"user": name.lower(), "groups": groups.get(name, [group])} for name, group in people.items()}
        wanted = {"sre": {"kubernetesGroups": ["sre"]}, "leads": {"kubernetesGroups": ["leads"]}}
        tier = {"approvals": [{"group": "sre"}, {"group": "leads"}], "approverMustHoldVerb": False}
        return {**POLICY, "people": entries, "groups": wanted, "tiers": {"two": tier}}

    accounts: dict[str, Any] = {name: person(name) for name in people}
    then = authority(rules=one_of_each(), **accounts)
    approvals = [
        Decision(Actor(person(name), then.authorizer.policy.people[name].subject), Verdict.APPROVE, plan().hash, NOW)
        for name in ("JON", "LEE")
    ]
    asked = msgspec.structs.replace(
        operation(requirements=then.authorizer.requirements(RESTART, plan(), "why")), decisions=tuple(approvals)
    )
    await then.recheck(asked)
    with pytest.raises(Denied, match="requires 1 of @leads"):
        await authority(rules=one_of_each(LEE=["sre"], KIM=["leads"]), **accounts).recheck(asked)


async def test_nobody_decides_on_what_its_channel_may_no_longer_speak_of() -> None:
    moved = {**POLICY, "channels": {"C1": {"namespaces": ["blog"], "home": "blog"}}}
    with pytest.raises(Denied, match="channel may not"):
        await authority(rules=moved).may_decide(actor("JON"), operation())


async def test_nothing_is_decided_or_done_in_a_channel_that_was_shared_since() -> None:
    gate = authority()
    cast(FakeDirectory, gate.authorizer.directory).shared.add("C1")
    with pytest.raises(Denied, match="shared with another workspace"):
        await gate.may_decide(actor("JON"), operation())
    with pytest.raises(Denied, match="shared with another workspace"):
        await gate.recheck(operation("JON"))


@pytest.mark.parametrize("user", ["JON", "MAYA"])
async def test_what_nobody_had_to_approve_is_settled_by_whoever_may_do_it_himself(user: str) -> None:
    await authority().may_settle(actor(user), operation(requirements=Requirements()))


@pytest.mark.parametrize(
    ("user", "requirements"),
    [
        pytest.param("VERA", Requirements(), id="without the verb"),
        pytest.param("MAYA", None, id="the requester of what others had to approve"),
    ],
)
async def test_who_may_not_settle(user: str, requirements: Requirements | None) -> None:
    with pytest.raises(Denied):
        await authority().may_settle(actor(user), operation(requirements=requirements))


async def test_a_stricter_policy_asks_for_more_people() -> None:
    crowd = {name: {"user": name.lower(), "groups": ["sre"]} for name in ("MAYA", "JON", "KIM", "LEE")}
    rules = {**POLICY, "people": crowd, "tiers": {"two": {"approvals": [{"group": "sre", "count": 2}]}}}
    with pytest.raises(Denied, match="Policy now requires 1 of @sre as well"):
        await authority(rules=rules, KIM=person("KIM"), LEE=person("LEE")).recheck(operation("JON"))
