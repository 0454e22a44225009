"""Every layer of permission can say no by itself, at each of the three moments it is asked."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec
import pytest
import yaml

from bot.engine import policy
from bot.engine.authorize import Authorizer
from bot.engine.registry import Registry
from bot.errors import BadArguments, BotError, Denied, Unreachable
from bot.model.actor import Actor, Subject
from bot.model.incoming import Origin
from bot.model.operation import Decision, Operation, Requirements, State, Verdict
from bot.model.plan import Plan, Step
from bot.model.refs import ObjectRef
from bot.model.resources import DEPLOYMENT
from bot.ports import ClusterReader
from bot.spec import Args, Change, Risk, access, flag, positional
from tests.fakes.people import TEAM, FakeDirectory, FakeReviews, person

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
POLICY: dict[str, Any] = {
    "apiVersion": "chatops.saas.io/v1",
    "kind": "Policy",
    "people": {
        "MAYA": {"user": "maya", "groups": ["sre"]},
        "JON": {"user": "jon", "groups": ["sre"]},
        "VERA": {"user": "vera", "groups": ["viewers"]},
        "MAYA2": {"user": "maya", "groups": ["sre"]},
    },
    "groups": {"sre": {"kubernetesGroups": ["sre"]}},
    "channels": {"C1": {"namespaces": ["shop"], "home": "shop"}, "C2": {"namespaces": ["*"], "home": "shop"}},
    "tiers": {"two": {"approvals": [{"group": "sre"}], "reason": {"required": True}}},
    "rules": [{"name": "shop", "match": {"namespaces": ["shop", "own"], "names": ["web*"]}, "tier": "two"}],
}
REVIEWS = FakeReviews(frozenset({("sre", "patch", "deployments")}))


class RestartArgs(Args):
    name: str = positional("name")
    namespace: str = flag("namespace", default="", short="n")
    all_namespaces: bool = flag("everywhere", default=False, short="A")


async def unused(*_: Any) -> Any:
    raise AssertionError("permission calls nothing")


RESTART: Change[Any] = Change(
    name="restart", summary="Restart.", args=RestartArgs, examples=("restart web",), area="Change", risk=Risk.CHANGE,
    access=(access("apps", ["deployments"], ["patch"]),),
    plan=unused, observe=unused, apply=unused, effect=unused, progress=unused,
)  # fmt: skip


def authorizer(*, rules: dict[str, Any] | None = None, reviews: FakeReviews = REVIEWS, **accounts: Any) -> Authorizer:
    people = {name: person(name) for name in ("MAYA", "JON", "VERA", "MAYA2")} | accounts
    return Authorizer(
        policy=policy.load(yaml.safe_dump(rules or POLICY)),
        directory=FakeDirectory(people),
        cluster=cast(ClusterReader, reviews),
        registry=Registry([RESTART]),
        own_namespace="own",
    )


def origin(user: str, channel: str = "C1", **more: Any) -> Origin:
    return Origin(key="k", team_id=TEAM, user_id=user, channel=channel, at=NOW, **more)


def actor(user: str) -> Actor:
    entry = POLICY["people"][user]
    return Actor(person=person(user), subject=Subject(user=entry["user"], groups=tuple(entry["groups"])))


def plan(*names: str, namespace: str = "shop") -> Plan:
    names = names or ("web",)
    targets = [ObjectRef(kind="deployment", name=name, namespace=namespace, uid="u1") for name in names]
    return Plan(
        command="restart", line=f"restart {names[0]}", namespace=namespace, title="Restart", doing="…", done="…",
        steps=tuple(Step(target=target, observed={}, desired={}) for target in targets),
    )  # fmt: skip


def operation(*approved_by: str, requirements: Requirements | None = None) -> Operation:
    proposed = plan()
    return Operation(
        id="1", number=1, plan=proposed, requester=actor("MAYA"), reason="why", channel="C1", state=State.APPROVED,
        requirements=requirements or authorizer().requirements(RESTART, proposed, "why"),
        decisions=tuple(Decision(actor(user), Verdict.APPROVE, proposed.hash, NOW) for user in approved_by),
        created_at=NOW, approve_by=NOW + timedelta(hours=1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("accounts", "who", "says"),
    [
        pytest.param({"MAYA": person("MAYA", is_guest=True)}, origin("MAYA"), "Guests", id="guest"),
        pytest.param({"MAYA": person("MAYA", is_stranger=True)}, origin("MAYA"), "other workspaces", id="stranger"),
        pytest.param({"MAYA": person("MAYA", is_deleted=True)}, origin("MAYA"), "deactivated", id="deactivated"),
        pytest.param({"MAYA": person("MAYA", is_bot=True)}, origin("MAYA"), "bots", id="bot"),
        pytest.param({"EVE": person("EVE")}, origin("EVE"), "not in the policy file", id="not in the policy"),
        pytest.param({}, origin("NOBODY"), "does not know your account", id="unknown to Slack"),
        pytest.param({}, origin("MAYA", is_external=True), "shared with another workspace", id="shared channel"),
    ],
)
async def test_who_may_not_even_ask(accounts: dict[str, Any], who: Origin, says: str) -> None:
    with pytest.raises(Denied, match=says):
        await authorizer(**accounts).actor(who, fresh=True)


async def test_an_account_from_another_team_is_a_stranger() -> None:
    foreign = Origin(key="k", team_id="T2", user_id="MAYA", channel="C1", at=NOW)
    with pytest.raises(Denied, match="other workspaces"):
        await authorizer().actor(foreign, fresh=True)


async def test_when_slack_does_not_say_who_it_is_nothing_is_believed() -> None:
    gate = authorizer()
    cast(FakeDirectory, gate.directory).is_down = True
    with pytest.raises(Unreachable):
        await gate.actor(origin("MAYA"), fresh=True)


@pytest.mark.parametrize(
    ("channel", "args", "namespace"),
    [
        pytest.param("C1", RestartArgs(name="web"), "shop", id="the channel's own"),
        pytest.param("C1", RestartArgs(name="web", namespace="shop"), "shop", id="named"),
        pytest.param("C2", RestartArgs(name="web", namespace="any"), "any", id="a channel for all"),
        pytest.param("C2", RestartArgs(name="web", all_namespaces=True), "", id="everywhere"),
    ],
)
def test_the_namespace_meant(channel: str, args: Args, namespace: str) -> None:
    gate = authorizer()
    assert gate.namespace(gate.channel(channel), args) == namespace


@pytest.mark.parametrize(
    ("channel", "args"),
    [
        pytest.param("C9", RestartArgs(name="web"), id="unbound channel"),
        pytest.param("D123", RestartArgs(name="web"), id="direct message without a binding"),
        pytest.param("C1", RestartArgs(name="web", namespace="kube-system"), id="another namespace"),
        pytest.param("C1", RestartArgs(name="web", all_namespaces=True), id="all namespaces"),
    ],
)
def test_a_channel_speaks_only_of_its_namespaces(channel: str, args: Args) -> None:
    gate = authorizer()
    with pytest.raises(Denied):
        gate.namespace(gate.channel(channel), args)


async def test_kubernetes_decides_for_the_person_himself() -> None:
    with pytest.raises(Denied, match="You may not run `restart` in shop"):
        await authorizer(reviews=REVIEWS).permit(actor("VERA"), RESTART, RestartArgs(name="web"), "shop")


async def test_a_silent_api_server_is_a_no_for_now_and_blames_nobody() -> None:
    silent = FakeReviews(fault="The API server does not answer.")
    with pytest.raises(Unreachable, match=r"The API server does not answer\. Nothing was changed\."):
        await authorizer(reviews=silent).permit(actor("MAYA"), RESTART, RestartArgs(name="web"), "shop")


@pytest.mark.parametrize(
    ("proposed", "reason", "refusal"),
    [
        pytest.param(plan("db"), "why", Denied, id="no rule speaks of it"),
        pytest.param(plan("web", "db"), "why", Denied, id="a rule speaks of one target of two"),
        pytest.param(plan("web", namespace="own"), "why", Denied, id="the bot's own namespace"),
        pytest.param(plan(), "", BadArguments, id="no reason"),
    ],
)
def test_policy_refuses(proposed: Plan, reason: str, refusal: type[BotError]) -> None:
    with pytest.raises(refusal):
        authorizer().requirements(RESTART, proposed, reason)


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
        await authorizer().may_decide(actor(user), operation())


async def test_an_approver_must_hold_the_verb_himself() -> None:
    with pytest.raises(Denied, match="You may not run `restart`"):
        await authorizer(reviews=FakeReviews()).may_decide(actor("JON"), operation())


async def test_a_peer_may_decide() -> None:
    await authorizer().may_decide(actor("JON"), operation())


async def test_before_the_first_write_everybody_is_asked_of_slack_anew() -> None:
    gate = authorizer()
    await gate.recheck(operation("JON"))
    assert cast(FakeDirectory, gate.directory).asked_fresh == ["MAYA", "JON"]


@pytest.mark.parametrize(
    ("gate", "says"),
    [
        pytest.param(authorizer(JON=person("JON", is_deleted=True)), "deactivated", id="approver left"),
        pytest.param(authorizer(MAYA=person("MAYA", is_guest=True)), "Guests", id="requester became a guest"),
        pytest.param(authorizer(reviews=REVIEWS.without("sre")), "You may not", id="RoleBinding deleted"),
        pytest.param(
            authorizer(rules={**POLICY, "rules": [{**POLICY["rules"][0], "effect": "deny"}]}),
            "forbids",
            id="policy forbids it now",
        ),
        pytest.param(
            authorizer(rules={**POLICY, "channels": {"C1": {"namespaces": ["blog"], "home": "blog"}}}),
            "channel may not",
            id="the channel was bound to another namespace",
        ),
        pytest.param(
            authorizer(rules={**POLICY, "people": {**POLICY["people"], "JON": {"user": "kim", "groups": ["sre"]}}}),
            "another identity",
            id="the approver's account belongs to somebody else now",
        ),
    ],
)
async def test_what_changed_since_the_approval_stops_it(gate: Authorizer, says: str) -> None:
    with pytest.raises(Denied, match=says):
        await gate.recheck(operation("JON"))


async def test_an_approval_counts_only_for_the_groups_that_the_approver_still_has() -> None:
    people = {"MAYA": "sre", "JON": "sre", "KIM": "sre", "LEE": "leads", "ANN": "leads"}

    def one_of_each(**groups: list[str]) -> dict[str, Any]:
        entries = {name: {"user": name.lower(), "groups": groups.get(name, [group])} for name, group in people.items()}
        wanted = {"sre": {"kubernetesGroups": ["sre"]}, "leads": {"kubernetesGroups": ["leads"]}}
        tier = {"approvals": [{"group": "sre"}, {"group": "leads"}], "approverMustHoldVerb": False}
        return {**POLICY, "people": entries, "groups": wanted, "tiers": {"two": tier}}

    accounts: dict[str, Any] = {name: person(name) for name in people}
    then = authorizer(rules=one_of_each(), **accounts)
    approvals = [
        Decision(Actor(person(name), then.policy.people[name].subject), Verdict.APPROVE, plan().hash, NOW)
        for name in ("JON", "LEE")
    ]
    asked = msgspec.structs.replace(
        operation(requirements=then.requirements(RESTART, plan(), "why")), decisions=tuple(approvals)
    )
    await then.recheck(asked)
    with pytest.raises(Denied, match="requires 1 of @leads"):
        await authorizer(rules=one_of_each(LEE=["sre"], KIM=["leads"]), **accounts).recheck(asked)


async def test_nobody_decides_on_what_its_channel_may_no_longer_speak_of() -> None:
    moved = {**POLICY, "channels": {"C1": {"namespaces": ["blog"], "home": "blog"}}}
    with pytest.raises(Denied, match="channel may not"):
        await authorizer(rules=moved).may_decide(actor("JON"), operation())


async def test_nothing_is_decided_or_done_in_a_channel_that_was_shared_since() -> None:
    gate = authorizer()
    cast(FakeDirectory, gate.directory).shared.add("C1")
    with pytest.raises(Denied, match="shared with another workspace"):
        await gate.may_decide(actor("JON"), operation())
    with pytest.raises(Denied, match="shared with another workspace"):
        await gate.recheck(operation("JON"))


@pytest.mark.parametrize("user", ["JON", "MAYA"])
async def test_what_nobody_had_to_approve_is_settled_by_whoever_may_do_it_himself(user: str) -> None:
    await authorizer().may_settle(actor(user), operation(requirements=Requirements()))


@pytest.mark.parametrize(
    ("user", "requirements"),
    [
        pytest.param("VERA", Requirements(), id="without the verb"),
        pytest.param("MAYA", None, id="the requester of what others had to approve"),
    ],
)
async def test_who_may_not_settle(user: str, requirements: Requirements | None) -> None:
    with pytest.raises(Denied):
        await authorizer().may_settle(actor(user), operation(requirements=requirements))


async def test_a_stricter_policy_asks_for_more_people() -> None:
    crowd = {name: {"user": name.lower(), "groups": ["sre"]} for name in ("MAYA", "JON", "KIM", "LEE")}
    rules = {**POLICY, "people": crowd, "tiers": {"two": {"approvals": [{"group": "sre", "count": 2}]}}}
    with pytest.raises(Denied, match="Policy now requires 1 of @sre as well"):
        await authorizer(rules=rules, KIM=person("KIM"), LEE=person("LEE")).recheck(operation("JON"))


async def test_can_i_names_every_layer() -> None:
    layers = await authorizer().explain(
        Subject(user="vera", groups=("viewers",)), channel="C1", namespace="shop", verb="restart",
        resource=DEPLOYMENT, name="web",
    )  # fmt: skip
    assert [(layer.name, layer.allowed) for layer in layers] == [
        ("Channel", True),
        ("Kubernetes: patch deployments", False),
        ("Policy", True),
    ]
