"""A shop's people, channels and rules: maya and jon in the shop's channel, nils in billing's."""

from typing import Any, cast

import yaml

from bot.engine import policy
from bot.engine.authorize import Authorizer
from bot.engine.registry import Registry
from bot.ports import ClusterReader
from tests.engine import sample
from tests.fakes.people import FakeDirectory, FakeReviews, person

POLICY: dict[str, Any] = {
    "apiVersion": "chatops.saas.io/v1",
    "kind": "Policy",
    "people": {
        "UMAYA": {"user": "maya@example.com", "groups": ["sre"]},
        "UJON": {"user": "jon@example.com", "groups": ["sre"]},
        "UNILS": {"user": "nils@example.com", "groups": ["sre"]},
    },
    "groups": {"sre": {"kubernetesGroups": ["sre"]}},
    "channels": {
        "C1": {"namespaces": ["shop"], "home": "shop"},
        "C2": {"namespaces": ["billing"], "home": "billing"},
    },
    "tiers": {"two": {"approvals": [{"group": "sre"}]}},
    "rules": [{"name": "shop", "match": {"namespaces": ["shop"]}, "tier": "two"}],
}

JOINED = {"UMAYA": frozenset({"C1"}), "UJON": frozenset({"C1"}), "UNILS": frozenset({"C2"})}


def directory() -> FakeDirectory:
    """Everybody has an account, and is in the channel of his namespace."""
    return FakeDirectory({name: person(name) for name in POLICY["people"]}, joined=JOINED)


def authorizer() -> Authorizer:
    """Kubernetes lets all of them scale deployments, and nothing else."""
    return Authorizer(
        policy=policy.load(yaml.safe_dump(POLICY)),
        directory=directory(),
        cluster=cast(ClusterReader, FakeReviews(frozenset({("sre", "patch", "deployments/scale")}))),
        registry=Registry([sample.SCALE]),
    )
