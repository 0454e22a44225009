"""What is offered while a person types: what exists, to who may know, read once; and whose form it is."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
import yaml

from bot.commands import COMMANDS
from bot.engine import policy
from bot.engine.authorize import Authorizer
from bot.engine.openings import Openings, kept, opening_id
from bot.engine.registry import Registry
from bot.engine.remembering import Remembered
from bot.engine.suggesting import FRESH, MOST, NAMESPACES, REVIEWS, Suggesting
from bot.errors import Denied
from bot.model.actor import Subject
from bot.model.backup import Backup
from bot.model.form import Opening
from bot.model.incoming import Origin
from bot.model.suggestion import Search
from bot.ports import ClusterReader, Permission, ReadOnly
from bot.ports_ledger import Ledger
from bot.render.run_buttons import button_id
from bot.spec import AnyCommand
from tests.fakes.clocks import HandClock
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import replica_set
from tests.fakes.people import TEAM, FakeDirectory, FakeReviews, person
from tests.fakes.storage import FakeStorage

POLICY: dict[str, Any] = {
    "apiVersion": "chatops.saas.io/v1",
    "kind": "Policy",
    "people": {"MAYA": {"user": "maya", "groups": ["sre"]}, "VERA": {"user": "vera", "groups": ["viewers"]}},
    "channels": {
        "C1": {"namespaces": ["shop"], "home": "shop"},
        "C2": {"namespaces": ["shop*"], "home": "shop"},
        "C3": {"namespaces": ["saasodoo"], "home": "saasodoo"},
    },
    "tiers": {},
    "rules": [],
}
MAY_RESTART = FakeReviews(
    frozenset(
        ("sre", verb, kind)
        for verb in ("get", "list", "patch")
        for kind in ("deployments", "statefulsets", "daemonsets", "jobs", "quotas")
    )
)
STORAGE = FakeStorage(
    {"acme": (0, 0)}, kept=[Backup("acme", "acme-20261123-141730", 1, "ab", datetime(2026, 11, 23, tzinfo=UTC))]
)


def deployment(name: str, namespace: str = "shop") -> dict[str, Any]:
    template: dict[str, Any] = {"metadata": {}, "spec": {"containers": []}}
    spec = {"replicas": 1, "selector": {}, "template": template}
    meta = {"name": name, "namespace": namespace, "uid": f"uid-{name}"}
    return {"kind": "Deployment", "metadata": meta, "spec": spec, "status": {}}


def revision(number: int) -> dict[str, Any]:
    """One of web's."""
    made: dict[str, Any] = replica_set("web", number)
    made["metadata"]["namespace"] = "shop"
    return made


CLUSTER = FakeCluster().add(
    *({"kind": "Namespace", "metadata": {"name": name}} for name in ("shop", "shop-test", "kube-system")),
    {"kind": "Secret", "metadata": {"name": "password", "namespace": "shop"}},
    {"kind": "Pod", "metadata": {"name": "web-1", "namespace": "shop"}, "spec": {"containers": [{"name": "app"}]}},
    deployment("web"),
    *map(revision, (1, 2)),
    deployment("worker"),
    deployment("secret", "kube-system"),
)


@dataclass(frozen=True)
class Buttons:
    """The part of a ledger that knows what ids stand for."""

    lines: dict[str, str] = field(default_factory=dict)

    async def line_of(self, button_id: str) -> str | None:
        """As Ledger."""
        return self.lines.get(button_id)


def opening(channel: str = "C1", user: str = "MAYA", line: str = "restart") -> Opening:
    return Opening(user=user, channel=channel, line=line)


def suggesting(*openings: Opening, may: FakeReviews = MAY_RESTART) -> Suggesting:
    accounts = {name: person(name) for name in ("MAYA", "VERA")}
    authorizer = Authorizer(
        policy=policy.load(yaml.safe_dump(POLICY)),
        directory=FakeDirectory(accounts),
        cluster=cast(ClusterReader, may),
        registry=Registry(COMMANDS),
    )
    ledger = cast(Ledger, Buttons(kept(openings)))
    return Suggesting(
        authorizer, ledger, ReadOnly(cast(ClusterReader, CLUSTER), storage=STORAGE), Remembered(HandClock(), FRESH)
    )


async def offered(about: Opening, typed: str = "", *, user: str = "", name: str = "targets") -> list[str]:
    search = Search(TEAM, user or about.user, "", name, typed, opening_id(about))
    return [option.value for option in await suggesting(about).options(search)]


async def test_names_of_the_channels_namespace_are_offered() -> None:
    assert await offered(opening()) == ["deployment/web", "deployment/worker"]
    assert await offered(opening(), "wor") == ["deployment/worker", "wor"]


async def test_names_of_a_namespace_that_the_channel_may_not_see_are_not() -> None:
    assert await offered(opening("C2", line="restart -n kube-system")) == []


async def test_who_may_not_use_the_command_learns_no_name() -> None:
    assert await offered(opening(user="VERA")) == []


A_PART = {
    "events, not what they tell of": ("list", "events", "events", "for_"),
    "a log, not the pods": ("get", "pods/log", "logs", "target"),
    "roles, not the pods": ("list", "rolebindings", "rbac pod", "name"),
    "revisions, not the workload": ("list", "replicasets", "rollout history deployment/web", "revision"),
    "a log, not the containers": ("get", "pods/log", "logs web-1", "container"),
    "one kind, not the others": ("get", "statefulsets", "rollout status", "target"),
}


ALL = FakeReviews(
    frozenset(
        ("viewers", verb, kind)
        for verb in ("get", "list")
        for kind in ("pods", "deployments", "statefulsets", "daemonsets", "replicasets")
    )
    | {("viewers", verb, kind) for verb, kind, _, _ in A_PART.values()}
)


@pytest.mark.parametrize(("verb", "kind", "line", "name"), A_PART.values(), ids=A_PART)
async def test_a_right_to_a_part_of_a_command_tells_no_names(verb: str, kind: str, line: str, name: str) -> None:
    about = opening(user="VERA", line=line)
    search = Search(TEAM, "VERA", "", name, "", opening_id(about))
    assert await suggesting(about, may=ALL).options(search)
    assert not await suggesting(about, may=FakeReviews(frozenset({("viewers", verb, kind)}))).options(search)


async def test_of_several_kinds_those_are_offered_that_one_may_list() -> None:
    both = FakeReviews(frozenset({("sre", "get", "statefulsets"), ("sre", "list", "deployments")}))
    about = opening(line="rollout status")
    found = await suggesting(about, may=both).options(Search(TEAM, "MAYA", "", "target", "", opening_id(about)))
    assert [option.value for option in found] == ["deployment/web", "deployment/worker"]


@pytest.mark.parametrize(
    ("line", "name"), [("quota get", "instance"), ("backup show", "id")], ids=["instances", "backups"]
)
async def test_instances_are_offered_where_they_live_alone(line: str, name: str) -> None:
    names = await offered(opening("C3", line=line), name=name)
    assert names == {"instance": ["acme"], "id": ["acme-20261123-141730"]}[name]
    assert await offered(opening(line=line), name=name) == []


async def test_names_wait_for_the_kind_that_they_are_of() -> None:
    assert await offered(opening(line="get")) == []
    assert await offered(opening(line="get deployments")) == ["web", "worker"]


async def test_who_may_not_list_a_kind_learns_no_name_of_it() -> None:
    assert await offered(opening(line="get secrets")) == []


async def test_only_namespaces_of_the_channel_where_one_may_use_the_command_are_offered() -> None:
    assert await offered(opening("C2"), name="namespace") == ["shop", "shop-test"]
    assert await offered(opening("C2"), "tes", name="namespace") == ["shop-test", "tes"]
    assert await offered(opening("C2", user="VERA"), name="namespace") == []


async def test_a_field_without_names_offers_what_is_typed() -> None:
    assert await offered(opening(), "x", name="nothing") == ["x"]


async def test_a_form_of_somebody_else_is_refused() -> None:
    with pytest.raises(Denied, match="opened by somebody else"):
        await offered(opening(), user="VERA")


async def test_an_id_that_nobody_gave_out_is_refused() -> None:
    with pytest.raises(Denied, match="not one of the bot's"):
        await Openings(cast(Ledger, Buttons())).find("x", origin("C1"))


async def test_the_line_behind_a_button_is_asked_where_it_was_pressed() -> None:
    openings = Openings(cast(Ledger, Buttons({button_id("scale web"): "scale web"})))
    found = await openings.find(button_id("scale web"), origin("C7"))
    assert found == Opening(user="MAYA", channel="C7", line="scale web")


def origin(channel: str) -> Origin:
    return Origin("k", TEAM, "MAYA", channel, datetime(2026, 5, 4, tzinfo=UTC))


@dataclass
class CountingReviews:
    """FakeReviews that counts."""

    reviews: FakeReviews
    asked: int = 0

    async def may(
        self, subject: Subject, verb: str, resource: str, *, group: str = "", namespace: str = "", name: str = ""
    ) -> Permission:
        """As bot.ports.ClusterReader."""
        self.asked += 1
        return await self.reviews.may(subject, verb, resource, group=group, namespace=namespace, name=name)


@dataclass(frozen=True)
class ReviewsOfOne(FakeReviews):
    """Whoever may, may in one namespace only."""

    namespace: str = "shop"

    async def may(
        self, subject: Subject, verb: str, resource: str, *, group: str = "", namespace: str = "", name: str = ""
    ) -> Permission:
        """As bot.ports.ClusterReader."""
        answer = await super().may(subject, verb, resource, group=group, namespace=namespace, name=name)
        return answer if namespace == self.namespace else replace(answer, allowed=False)


MANY = FakeCluster().add(
    *({"kind": "Namespace", "metadata": {"name": name}} for name in ("shop", *(f"shop-{n:03}" for n in range(500))))
)


async def asked_of_many(reviews: FakeReviews, line: str) -> tuple[list[str], int]:
    """Of 501 namespaces those that are offered, and the reviews which that took."""
    about, counting = opening("C2", line=line), CountingReviews(reviews)
    offering = suggesting(about)
    offering = replace(
        offering,
        authorizer=replace(offering.authorizer, cluster=cast(ClusterReader, counting)),
        on=replace(offering.on, cluster=cast(ClusterReader, MANY)),
    )
    found = await offering.options(Search(TEAM, about.user, "", "namespace", "", opening_id(about)))
    return [option.value for option in found], counting.asked


async def test_who_may_use_a_command_everywhere_is_asked_about_no_single_namespace() -> None:
    offered, asked = await asked_of_many(MAY_RESTART, "restart")
    assert offered == ["shop", *(f"shop-{n:03}" for n in range(MOST - 1))]
    assert asked == 2 * 6  # where he is and everywhere: get and patch, of three kinds


WITH_NAMESPACES = [one for one in COMMANDS if "namespace" in one.args.model_fields and one.access]


@pytest.mark.parametrize("command", WITH_NAMESPACES, ids=lambda command: command.name)
async def test_however_many_namespaces_there_are_one_answer_costs_the_api_server_no_more(command: AnyCommand) -> None:
    rights = [("sre", verb, resource) for rule in command.access for verb in rule.verbs for resource in rule.resources]
    offered, asked = await asked_of_many(ReviewsOfOne(frozenset(rights)), command.name)
    assert offered == ["shop"]
    assert asked <= min(REVIEWS, NAMESPACES * len(rights)) + 2 * len(rights)  # the rest: where he is, and everywhere


@pytest.mark.parametrize(
    ("line", "name"),
    [("restart", "targets"), ("rollback web", "to_revision"), ("restart", "namespace")],
    ids=["a name", "what hangs on another field", "a namespace"],
)
async def test_a_hundred_letters_ask_the_api_server_no_more_than_one(line: str, name: str) -> None:
    about = opening("C2", line=line)
    offering, reviews = suggesting(about), CountingReviews(MAY_RESTART)
    offering = replace(offering, authorizer=replace(offering.authorizer, cluster=cast(ClusterReader, reviews)))
    search = Search(TEAM, about.user, "", name, "", opening_id(about))
    await offering.options(search)
    once = reviews.asked
    assert once
    for _ in range(100):
        await offering.options(replace(search, query="w"))
    assert reviews.asked == once
