"""Every layer of permission can say no by itself when something is asked."""

from typing import Any, cast

import pytest

from bot.engine.permissions import Explained
from bot.errors import BadArguments, BotError, Denied, Unreachable
from bot.model.actor import Subject
from bot.model.incoming import Origin
from bot.model.plan import Plan
from bot.model.resources import DEPLOYMENT
from bot.spec import Args
from tests.engine.gate import NOW, POLICY, RESTART, REVIEWS, RestartArgs, actor, authorizer, origin, plan
from tests.fakes.people import FakeDirectory, FakeReviews, person


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


WITH_DIRECT = POLICY | {"channels": POLICY["channels"] | {"dm": {"namespaces": ["*"], "home": "direct"}}}


@pytest.mark.parametrize("channel", ["D123", "UMAYA", "WMAYA", ""])
def test_a_direct_message_counts_as_its_binding(channel: str) -> None:
    assert authorizer(rules=WITH_DIRECT).channel(channel).home == "direct"


@pytest.mark.parametrize("channel", ["C9", "G9"])
def test_a_channel_that_is_bound_to_nothing_is_no_direct_message(channel: str) -> None:
    with pytest.raises(Denied, match="not bound to any namespace"):
        authorizer(rules=WITH_DIRECT).channel(channel)


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


async def test_can_i_names_every_layer() -> None:
    layers = await Explained(authorizer()).explain(
        Subject(user="vera", groups=("viewers",)), channel="C1", namespace="shop", verb="restart",
        resource=DEPLOYMENT, name="web",
    )  # fmt: skip
    assert [(layer.name, layer.allowed) for layer in layers] == [
        ("Channel", True),
        ("Kubernetes: patch deployments", False),
        ("Policy", True),
    ]


async def test_can_i_asks_for_the_subresource_that_a_refusal_names() -> None:
    layers = await Explained(authorizer()).explain(
        actor("MAYA").subject, channel="C1", namespace="shop", verb="patch", resource=DEPLOYMENT, name="scale"
    )
    assert [(layer.name, layer.allowed) for layer in layers][1] == ("Kubernetes: patch deployments/scale", False)
