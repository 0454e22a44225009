"""A gate: one channel, four accounts of three people, and a rule that wants a second person of sre."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import yaml

from bot.engine import policy
from bot.engine.authority import Authority
from bot.engine.authorize import Authorizer
from bot.engine.registry import Registry
from bot.model.actor import Actor, Subject
from bot.model.incoming import Origin
from bot.model.operation import Decision, Operation, Requirements, State, Verdict
from bot.model.plan import Plan, Step
from bot.model.refs import ObjectRef
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


def authority(**of: Any) -> Authority:
    """Over operations, by the same layers."""
    return Authority(authorizer(**of))
