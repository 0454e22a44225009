"""can-i and who-can: about oneself anybody may ask, about others whoever Kubernetes would let ask."""

from dataclasses import replace
from typing import Any, cast

import pytest
import yaml

from bot.engine import policy
from bot.engine.authorize import Authorizer
from bot.engine.permissions import Explained
from bot.engine.usable import usable
from bot.errors import Denied
from bot.model.actor import Actor, Subject
from bot.model.reply import Reply, Table, Text
from bot.ports import ClusterReader, Permission
from bot.spec import Query
from tests.commands.asking import REGISTRY, context, parsed
from tests.fakes.cluster import FakeCluster
from tests.fakes.people import FakeDirectory, FakeReviews, person

POLICY: dict[str, Any] = {
    "apiVersion": "chatops.saas.io/v1",
    "kind": "Policy",
    "people": {
        "MAYA": {"user": "maya", "groups": ["sre"]},
        "VERA": {"user": "vera", "groups": ["viewers"]},
    },
    "channels": {"C1": {"namespaces": ["shop"], "home": "shop"}},
    "tiers": {},
    "rules": [],
}
EVERYBODY = "system:authenticated"
SELF, OTHERS, ANYWHERE = "selfsubjectaccessreviews", "localsubjectaccessreviews", "subjectaccessreviews"
RIGHTS = FakeReviews(
    frozenset({(EVERYBODY, "create", SELF), ("sre", "create", OTHERS), ("sre", "patch", "deployments")})
)
AUTHORIZER = Authorizer(
    policy=policy.load(yaml.safe_dump(POLICY)),
    directory=FakeDirectory(),
    cluster=cast(ClusterReader, RIGHTS),
    registry=REGISTRY,
)


def actor(user: str) -> Actor:
    """Somebody of the policy, who is logged in."""
    entry = POLICY["people"][user]
    return Actor(person(user), Subject(entry["user"], (*entry["groups"], EVERYBODY)))


async def ask(user: str, line: str) -> Reply:
    """What *user* is answered in #ops."""
    understood = parsed(line)
    command, args = understood.command, understood.args.model_copy(update={"namespace": "shop"})
    assert isinstance(command, Query)
    who = actor(user)
    await AUTHORIZER.permit(who, command, args, "shop")
    asked = replace(context(FakeCluster()), actor=who, permissions=Explained(AUTHORIZER), channel="C1")
    reply: Reply = await command.run(args, asked)
    return reply


def rows(reply: Reply) -> list[tuple[str, str]]:
    """The first two columns of its table."""
    (table,) = reply.parts
    assert isinstance(table, Table)
    return [(row[0], row[1]) for row in table.rows]


async def test_a_verb_of_kubernetes_is_not_the_command_of_that_name() -> None:
    (table,) = (await ask("MAYA", "can-i get deployments")).parts
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == ["Channel", "Kubernetes: get deployments"]


@pytest.mark.parametrize(("user", "answer"), [("MAYA", "You may patch"), ("VERA", "You may not patch")])
async def test_anybody_may_ask_about_himself(user: str, answer: str) -> None:
    assert (await ask(user, "can-i patch deployments")).headline.startswith(answer)


async def test_who_holds_the_right_may_ask_about_another() -> None:
    reply = await ask("MAYA", "can-i patch deployments --as vera")
    assert reply.headline == "vera may not patch deployments in shop"


async def test_who_holds_the_right_sees_who_can() -> None:
    reply = await ask("MAYA", "who-can patch deployments")
    assert reply.headline == "1 of 2 may patch deployments in shop"
    assert rows(reply) == [("maya", "yes"), ("vera", "no")]


@pytest.mark.parametrize(
    "line",
    [
        "who-can patch deployments",
        "can-i patch deployments --as maya",
        "can-i get secrets --as nobody-here",
        "can-i get secrets --as system:serviceaccount:shop:default",
    ],
)
async def test_who_lacks_the_right_learns_nothing_of_others_not_even_who_there_is(line: str) -> None:
    with pytest.raises(Denied) as refused:
        await ask("VERA", line)
    told = f"{refused.value} {refused.value.hint}"
    assert "Nothing was read." in told
    assert f"create {OTHERS}: no rule allows it" in told
    assert "maya" not in told.replace(line, "")


@pytest.mark.parametrize("line", ["who-can delete nodes", "can-i list no/worker-1 --as vera", "who-can get PV"])
async def test_a_right_in_a_namespace_tells_nothing_of_what_is_in_none(line: str) -> None:
    with pytest.raises(Denied, match="You may not run") as refused:
        await ask("MAYA", line)
    assert f"create {ANYWHERE}: no rule allows it" in refused.value.hint


@pytest.mark.parametrize("line", ["can-i status pods --as vera", "who-can status pods"])
async def test_what_a_command_needs_beside_its_namespace_is_left_out_of_answers_about_others(line: str) -> None:
    reply = await ask("MAYA", line)
    table, left_out = reply.parts
    assert isinstance(table, Table)
    assert isinstance(left_out, Text)
    assert "nodes" not in str(table.rows)
    assert left_out.text.startswith("Left out: list nodes, for that is in no namespace.")
    assert reply.headline.endswith("in shop, as far as namespaces go")


async def test_about_oneself_everything_is_told() -> None:
    (table,) = (await ask("VERA", "can-i status pods")).parts
    assert isinstance(table, Table)
    assert "Kubernetes: list nodes" in [row[0] for row in table.rows]


async def test_the_right_to_ask_about_others_anywhere_is_given_in_no_namespace() -> None:
    asked: list[str] = []

    class Asked(FakeReviews):
        async def may(self, subject: Subject, verb: str, resource: str, **where: str) -> Permission:
            asked.append(f"{resource} in {where['namespace'] or 'none'}")
            return Permission(allowed=True)

    everywhere = replace(AUTHORIZER, cluster=cast(ClusterReader, Asked()))
    understood = parsed("who-can delete nodes")
    await everywhere.permit(actor("MAYA"), understood.command, understood.args, "shop")
    assert asked == [f"{ANYWHERE} in none"]


async def test_the_next_step_of_that_refusal_leads_on() -> None:
    reply = await ask("VERA", f"can-i create {OTHERS}")
    assert reply.headline == f"You may not create {OTHERS} in shop"


async def test_help_offers_who_can_only_to_those_who_may_use_it() -> None:
    offered = {
        user: {command.name for command in await usable(AUTHORIZER, actor(user), "shop")} for user in ("MAYA", "VERA")
    }
    assert {"can-i", "who-can"} <= offered["MAYA"]
    assert {"can-i", "who-can"} & offered["VERA"] == {"can-i"}
