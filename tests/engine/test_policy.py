"""The policy file is strict, and what it requires is the union of all rules that match."""

from datetime import timedelta
from typing import Any

import pytest
import yaml

from bot.engine import policy
from bot.engine.requirements import check_reason, required, stricter, tiers_for, unmet
from bot.errors import BadArguments, Denied
from bot.model.actor import Subject
from bot.model.operation import Approvers, Requirements
from bot.spec import Risk

SOUND: dict[str, Any] = {
    "apiVersion": "chatops.saas.io/v1",
    "kind": "Policy",
    "people": {
        "U1": {"user": "maya", "groups": ["sre"]},
        "U2": {"user": "jon", "groups": ["sre"]},
        "U3": {"user": "lena", "groups": ["sre", "leads"]},
        "U4": {"user": "kim", "groups": ["leads"]},
    },
    "groups": {"sre": {"kubernetesGroups": ["sre"]}, "leads": {"kubernetesGroups": ["leads"]}},
    "channels": {"C1": {"namespaces": ["shop", "shop-*"], "home": "shop"}},
    "tiers": {
        "open": {},
        "two": {"approvals": [{"group": "sre"}], "reason": {"required": True}},
        "lead": {"approvals": [{"group": "leads"}], "typeName": True, "approveWithin": "15m"},
    },
    "rules": [
        {"name": "reading", "match": {"risks": ["read"]}, "tier": "open"},
        {"name": "shop", "match": {"namespaces": ["shop*"], "risks": ["change", "destroy"]}, "tier": "two"},
        {"name": "data", "match": {"names": ["postgres*"], "risks": ["change", "destroy"]}, "tier": "lead"},
        {"name": "hands off", "match": {"namespaces": ["kube-system"]}, "effect": "deny"},
    ],
}


def changed(**changes: Any) -> str:
    return yaml.safe_dump({**SOUND, **changes})


@pytest.fixture
def sound() -> policy.Policy:
    return policy.load(yaml.safe_dump(SOUND))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("a: [", "not YAML: line 1", id="not YAML"),
        pytest.param(changed(typo=1), "wrong at typo", id="unknown key"),
        pytest.param("", "wrong at the file", id="empty file"),
        pytest.param(changed(people={"U1": {"user": "system:admin"}}), "belongs to Kubernetes", id="system user"),
        pytest.param(
            changed(people={"U1": {"user": "a", "groups": ["system:masters"]}}), "belongs to Kubernetes", id="masters"
        ),
        pytest.param(changed(people={"U1": {"user": ""}}), "wrong at people.U1.user", id="nobody"),
        pytest.param(changed(rules=[{"name": "x", "tier": "nope"}]), "not in tiers", id="unknown tier"),
        pytest.param(changed(groups={}), "not in groups", id="unknown group"),
        pytest.param(
            changed(people={"U1": {"user": "maya", "groups": ["sre"]}, "U9": {"user": "maya", "groups": ["sre"]}}),
            "nobody is left to approve",
            id="one human with two accounts is one",
        ),
    ],
)
def test_a_faulty_file_is_refused_with_its_place(text: str, says: str) -> None:
    with pytest.raises(BadArguments, match=says):
        policy.load(text)


DENIED_AND_FORGOTTEN = """
rules:
  - {name: hands off, effect: deny}
rules: []
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(yaml.safe_dump(SOUND) + DENIED_AND_FORGOTTEN, "“rules” stands there twice", id="rules twice"),
        pytest.param(
            "people: {U1: {user: a}, U1: {user: b}}", "line 1, column 25: “U1” stands there twice", id="a person"
        ),
        pytest.param("rules: [{name: a, effect: deny, effect: allow}]", "“effect” stands there twice", id="an effect"),
        pytest.param("[" * 5_000, "lists and maps in each other", id="deeper than anybody reads"),
        pytest.param("a: \x00", "not YAML", id="a sign that is none"),
    ],
)
def test_a_file_that_could_be_read_in_two_ways_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadArguments, match=says):
        policy.load(text)


def test_a_bomb_of_anchors_does_not_go_off() -> None:
    laughs = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    with pytest.raises(BadArguments, match="wrong at apiVersion"):
        policy.load(laughs + "people: *a29\nchannels: *a29\nrules: *a29\n")


def test_anchors_and_merges_are_read_as_yaml_reads_them() -> None:
    text = yaml.safe_dump(SOUND) + "\n"
    shared = text.replace("U1:\n    groups:\n    - sre\n", "U1: &one\n    groups:\n    - sre\n")
    merged = shared.replace("  U2:\n    groups:\n    - sre\n", "  U2:\n    <<: *one\n")
    assert merged != text
    assert policy.load(merged) == policy.load(text)


def test_a_rule_of_a_command_that_does_not_exist_is_named(sound: policy.Policy) -> None:
    typo = {"name": "no drains", "match": {"commands": ["drian", "scale", "quota *"]}, "effect": "deny"}
    wrong = policy.load(yaml.safe_dump({**SOUND, "rules": [*SOUND["rules"], typo]}))
    assert policy.idle_patterns(sound, ["scale", "quota set"]) == []
    assert policy.idle_patterns(wrong, ["scale", "quota set"]) == [
        "Rule “no drains” speaks of command “drian”, which there is none of."
    ]


def test_every_matching_rule_counts(sound: policy.Policy) -> None:
    rules, tiers = tiers_for(sound, command="restart", risk=Risk.CHANGE, namespace="shop", names=("postgres-pool-1",))
    needs = required(rules, tiers)
    assert needs.approvals == (Approvers("leads"), Approvers("sre"))
    assert needs.type_name
    assert needs.rule == "shop, data"
    assert timedelta(seconds=needs.approve_within_s) == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("namespace", "says"),
    [
        pytest.param("kube-system", "“hands off” forbids", id="deny wins"),
        pytest.param("elsewhere", "No policy rule allows", id="no match is no"),
    ],
)
def test_denied(sound: policy.Policy, namespace: str, says: str) -> None:
    with pytest.raises(Denied, match=says):
        tiers_for(sound, command="restart", risk=Risk.CHANGE, namespace=namespace, names=("web",))


def test_a_reason_is_asked_for_where_a_tier_wants_one(sound: policy.Policy) -> None:
    tiers = [sound.tiers["two"]]
    check_reason("stuck", tiers, line="restart web")
    with pytest.raises(BadArguments, match="needs a reason") as refusal:
        check_reason("  ", tiers, line="restart web")
    assert refusal.value.unfinished == "restart web", "whoever pressed a button has no line to add it to"


@pytest.mark.parametrize(
    ("people", "missing"),
    [
        pytest.param([], {"leads": 1, "sre": 2}, id="nobody"),
        pytest.param([{"sre"}], {"leads": 1, "sre": 1}, id="one"),
        pytest.param([{"sre", "leads"}, {"sre"}, {"sre"}], {}, id="the lead makes room for the others"),
        pytest.param([{"sre"}, {"sre", "leads"}, {"sre"}], {}, id="in any order"),
        pytest.param([{"sre", "leads"}, {"sre"}], {"sre": 1}, id="one person fills one place"),
        pytest.param([{"other"}], {"leads": 1, "sre": 2}, id="a stranger fills none"),
    ],
)
def test_places_to_fill(people: list[set[str]], missing: dict[str, int]) -> None:
    needs = Requirements(approvals=(Approvers("leads", 1), Approvers("sre", 2)))
    left = unmet(needs, [frozenset(groups) for groups in people])
    assert sum(item.count for item in left) == sum(missing.values())
    if len(people) != 2:
        assert {item.group: item.count for item in left} == missing


def test_nothing_is_grandfathered() -> None:
    old = Requirements(approvals=(Approvers("sre", 1),), approve_within_s=60)
    new = Requirements(approvals=(Approvers("leads", 1), Approvers("sre", 2)), type_name=True)
    both = stricter(old, new)
    assert both.approvals == (Approvers("leads", 1), Approvers("sre", 2))
    assert both.type_name
    assert both.approve_within_s == 60


def test_membership_comes_from_the_subject_alone(sound: policy.Policy) -> None:
    assert sound.is_member(Subject(user="x", groups=("leads",)), "leads")
    assert not sound.is_member(Subject(user="x", groups=("sre",)), "leads")
    assert not sound.is_member(Subject(user="x", groups=("nope",)), "nope")


def test_the_namespaces_whose_incidents_are_shown_are_known_as_far_as_they_are_named() -> None:
    channels = {
        "C1": {"namespaces": ["shop", "shop-*"], "home": "shop", "alerts": True},
        "C2": {"namespaces": ["billing", "shop"], "home": "billing", "alerts": True},
        "C3": {"namespaces": ["quiet"], "home": "quiet"},
    }
    read = policy.load(yaml.safe_dump(SOUND | {"channels": channels}))
    assert read.alert_namespaces == ("billing", "shop")
