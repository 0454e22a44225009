"""Answers that go on: lines in the thread, a list that follows the cluster, a rollout to its end; and how they end."""

import pytest

from tests.journeys.stand import DEPLOYMENTS, JON, MAYA, VERA, Stand, seen

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


async def test_a_list_follows_the_cluster(stand: Stand) -> None:
    kube = stand.world.cluster.kube
    card = await stand.ask(VERA, "/saas get pods --watch -l app=billing-service")
    await stand.shows(card, "2 pods in saasodoo", f"Live for @{VERA}")
    await kube.patch(f"{DEPLOYMENTS}/billing-service", {"spec": {"replicas": 3}})
    await stand.shows(card, "3 pods in saasodoo: 3 Running")
    assert (await stand.press(VERA, card, "Stop")).ok
    await stand.shows(card, "no longer followed")
    await kube.patch(f"{DEPLOYMENTS}/billing-service", {"spec": {"replicas": 2}})
