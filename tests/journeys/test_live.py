"""Answers that go on: lines in the thread, a list that follows the cluster, a rollout to its end; and how they end."""

import pytest

from tests.journeys.stand import DEPLOYMENTS, GUS, JON, MAYA, VERA, Stand, seen

pytestmark = pytest.mark.asyncio(loop_scope="module")

PODS = "/api/v1/namespaces/saasodoo/pods"


async def test_a_log_goes_on_in_the_thread_until_somebody_stops_it(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas logs deployment/instance-worker --follow")
    assert "🔵 New lines of deployment/instance-worker are in the thread" in seen(card)
    await stand.eventually(lambda: len(stand.thread(card)) >= 2)
    assert (await stand.press(JON, card, "Stop")).ok
    ended = await stand.shows(card, "no longer followed", f"Stopped by @{JON} after")
    assert "Live for" not in seen(ended)
    assert "Follow again" in seen(ended)


async def test_a_log_ends_with_its_pod(stand: Stand) -> None:
    kube = stand.world.cluster.kube
    pods = await kube.ask("GET", f"{PODS}?labelSelector=app%3Dinstance-worker")
    name = pods["items"][0]["metadata"]["name"]
    card = await stand.ask(MAYA, f"/saas logs {name} -f")
    await stand.eventually(lambda: stand.thread(card))
    await kube.ask("DELETE", f"{PODS}/{name}")
    await stand.shows(card, f"The log of pod/{name} has ended: the pod is gone")


async def test_a_followed_log_goes_over_to_the_pods_that_a_restart_brings(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas logs deployment/instance-worker --follow --tail 4")
    old = await names(stand)
    restart = {"spec": {"template": {"metadata": {"annotations": {"restarted": "1"}}}}}
    await stand.world.cluster.kube.patch(f"{DEPLOYMENTS}/instance-worker", restart)
    await stand.eventually(lambda: not any(name in seen(stand.now(card)) for name in old))
    await stand.shows(card, "Of instance-worker-")
    endings = [name.rpartition("-")[2] for name in await names(stand) - old]
    await stand.eventually(lambda: any(f"{end} | " in "".join(stand.thread(card)) for end in endings))
    assert (await stand.press(MAYA, card, "Stop")).ok
    await stand.shows(card, f"Stopped by @{MAYA}")


async def names(stand: Stand) -> set[str]:
    """The pods of instance-worker now."""
    found = await stand.world.cluster.kube.ask("GET", f"{PODS}?labelSelector=app%3Dinstance-worker")
    return {item["metadata"]["name"] for item in found["items"]}


async def test_a_list_follows_the_cluster(stand: Stand) -> None:
    kube = stand.world.cluster.kube
    card = await stand.ask(VERA, "/saas get pods --watch -l app=billing-service")
    await stand.shows(card, "2 pods in saasodoo", f"Live for @{VERA}")
    await kube.patch(f"{DEPLOYMENTS}/billing-service", {"spec": {"replicas": 3}})
    await stand.shows(card, "3 pods in saasodoo: 3 Running")
    assert (await stand.press(VERA, card, "Stop")).ok
    await stand.shows(card, "no longer followed")


async def test_a_rollout_is_followed_to_its_end(stand: Stand) -> None:
    kube, path = stand.world.cluster.kube, f"{DEPLOYMENTS}/user-service"
    done = await stand.ask(VERA, "/saas rollout status user-service")
    assert "✅ deployment/user-service is rolled out" in seen(done)
    await kube.patch(path, {"spec": {"template": {"metadata": {"annotations": {"again": "1"}}}}})
    card = await stand.ask(VERA, "/saas rollout status user-service")
    await stand.shows(card, "✅ deployment/user-service is rolled out")
    assert "Live for" not in seen(stand.now(card))


async def test_a_bot_that_is_killed_leaves_no_card_that_says_it_is_live(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas get pods --watch -l app=killbill")
    await stand.shows(card, f"Live for @{MAYA}")
    stand.world.bot.kill()
    ended = await stand.shows(card, "no longer followed", "Stopped: the bot was restarted")
    assert "Live for" not in seen(ended)


async def test_what_has_ended_cannot_be_stopped_and_strangers_stop_nothing(stand: Stand) -> None:
    card = await stand.ask(MAYA, "/saas get pods --watch -l app=redis")
    await stand.shows(card, f"Live for @{MAYA}")
    before = {message.ts for message in stand.whispers(GUS)}
    await stand.press(GUS, card, "Stop")
    assert "🚫" in seen(await stand.whispered(GUS, before))
    assert f"Live for @{MAYA}" in seen(stand.now(card))
    assert (await stand.press(MAYA, card, "Stop")).ok
    await stand.shows(card, f"Stopped by @{MAYA}")


async def test_whoever_follows_as_much_as_he_may_gets_one_look(stand: Stand) -> None:
    cards = [await stand.ask(JON, f"/saas get pods --watch -l app={app}") for app in ("redis", "killbill", "postgres")]
    once = await stand.ask(JON, "/saas get pods --watch -l app=rabbitmq")
    assert "Not followed: you have 3 live answers already" in seen(once)
    assert "rabbitmq" in seen(once)
    for card in cards:
        assert (await stand.press(JON, card, "Stop")).ok
        await stand.shows(card, f"Stopped by @{JON}")
