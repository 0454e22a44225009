"""The journey on a real Kubernetes: pods replaced, a rollout to a crashing program stalled with its reason, undone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from playground.demo.adapting import IMAGES
from playground.demo.borrowed import borrowed_cluster
from playground.slack.values import Message
from tests.journeys.stand import DEPLOYMENTS, JON, MAYA, Stand, open_stand, seen
from tests.kubelab import import_images

pytestmark = [pytest.mark.kubelab, pytest.mark.asyncio(loop_scope="module")]

STEADY_S = 3
"""A crash counts as ready for a moment, but not for so long."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real(kubelab: Path, kubectl: Callable[..., str]) -> AsyncIterator[Stand]:
    """Give a stand whose cluster is real and has the platform in it; its pods are up."""
    import_images(*(f"docker.io/library/{image}" for image in IMAGES))
    gone = ("wait", "--for=delete", "namespace/saasodoo", "namespace/saas-bot", "--timeout=300s")
    await asyncio.to_thread(kubectl, *gone)
    async with open_stand(partial(borrowed_cluster, of=kubelab, context="", keeps=False)) as stand:
        up = ("-n", "saasodoo", "rollout", "status", "deployment", "--timeout=300s")
        await asyncio.to_thread(kubectl, *up)
        yield stand
    await asyncio.to_thread(kubectl, *gone)


async def pods(stand: Stand, app: str) -> set[str]:
    path = "/api/v1/namespaces/saasodoo/pods"
    found = await stand.world.cluster.kube.ask("GET", path, labelSelector=f"app={app}")
    return {item["metadata"]["uid"] for item in found["items"]}


async def test_a_restart_replaces_every_pod(real: Stand) -> None:
    before = await pods(real, "instance-worker")
    card = await real.ask(MAYA, '/saas restart instance-worker --reason "stuck queue"')
    assert "Recreate: all 4 pods stop before new ones start" in seen(card)
    await real.approve(JON, card)
    await real.shows(card, "✅ Restarted deployment/instance-worker", "4 of 4 ready")
    after = await pods(real, "instance-worker")
    assert len(before) == len(after - before) == 4


@pytest.mark.parametrize("name", ["instance-worker", "user-service"], ids=["stopped first", "replaced in turn"])
async def test_a_restart_right_after_somebody_elses_change_waits_for_nobody(real: Stand, name: str) -> None:
    """The controller numbers that change's revision when it comes to it: before the plan, or after its approval."""
    changed = {"spec": {"template": {"metadata": {"annotations": {"changed": "just now"}}}}}
    await real.world.cluster.kube.patch(f"{DEPLOYMENTS}/{name}", changed)
    card = await real.ask(MAYA, f"/saas restart {name}")
    await real.approve(JON, card)
    await real.shows(card, f"✅ Restarted deployment/{name}")


async def test_a_command_runs_in_a_real_container(real: Stand) -> None:
    found = await real.world.cluster.kube.ask(
        "GET", "/api/v1/namespaces/saasodoo/pods", labelSelector="app=instance-service"
    )
    pod = found["items"][0]["metadata"]["name"]
    card = await real.ask(MAYA, f"/saas exec {pod} -- hostname")
    await real.approve(JON, card)
    await real.shows(card, "✅ Ran hostname", "exit code 0", pod)
    card = await real.ask(MAYA, f"/saas exec {pod} -- ls /nowhere")
    await real.shows(card, "It ended with exit code 1", "No such file")


async def test_scaling_is_undone(real: Stand) -> None:
    for line, replicas in (("scale instance-service --replicas 3", 3), ("scale instance-service --replicas 2", 2)):
        card = await real.ask(MAYA, f"/saas {line}")
        await real.approve(JON, card)
        await real.shows(card, f"✅ Scaled deployment/instance-service to {replicas}")
        assert (await real.deployment("instance-service"))["spec"]["replicas"] == replicas


async def test_a_rollout_to_a_crashing_program_is_stalled_with_the_reason_and_rolled_back(real: Stand) -> None:
    path = f"{DEPLOYMENTS}/billing-service"
    name = (await real.deployment("billing-service"))["spec"]["template"]["spec"]["containers"][0]["name"]
    crash = {"name": name, "command": ["sh", "-c", "echo KeyError: BROKER_URL >&2; exit 1"]}
    template = {"spec": {"containers": [crash]}}
    await real.world.cluster.kube.patch(path, {"spec": {"minReadySeconds": STEADY_S, "template": template}})
    card = await real.ask(MAYA, "/saas restart billing-service")
    await real.approve(JON, card)
    stalled = await real.shows(card, "⚠️", "stalled", "Roll back to")
    assert "exit 1" in seen(stalled)
    known = set(real.messages())
    assert (await real.press(MAYA, stalled, "Roll back to")).ok
    back = await real.card_after(known)
    await real.approve(JON, back)
    await real.shows(back, "✅ Rolled back deployment/billing-service")


async def test_a_real_log_is_followed_over_a_restart_until_it_is_stopped(
    real: Stand, kubectl: Callable[..., str]
) -> None:
    kube = real.world.cluster.kube
    await kube.ask("POST", DEPLOYMENTS, talker())
    up = ("-n", "saasodoo", "rollout", "status", "deployment/talker", "--timeout=300s")
    await asyncio.to_thread(kubectl, *up)
    card = await real.ask(MAYA, "/saas logs deployment/talker --follow")
    await real.eventually(lambda: "says hello" in told(real, card))
    old = await names(real, "talker")
    await kube.patch(f"{DEPLOYMENTS}/talker", {"spec": {"template": {"metadata": {"annotations": {"again": "1"}}}}})
    await real.eventually(lambda: "has joined" in told(real, card))
    [new] = await names(real, "talker") - old
    await real.eventually(lambda: f"{new} says hello" in told(real, card))
    assert (await real.press(JON, card, "Stop")).ok
    await real.shows(card, "no longer followed", f"Stopped by @{JON}")
    await kube.ask("DELETE", f"{DEPLOYMENTS}/talker")


def talker() -> dict[str, Any]:
    """A deployment whose pod says its name each second, and goes at once when it is told to."""
    words = "trap 'exit 0' TERM; while :; do echo \"$HOSTNAME says hello\"; sleep 1; done"
    container = {"name": "app", "image": IMAGES[0], "imagePullPolicy": "Never", "command": ["sh", "-c", words]}
    labels = {"app": "talker"}
    return {
        "metadata": {"name": "talker"},
        "spec": {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


def told(stand: Stand, card: Message) -> str:
    """All that stands in the card's thread."""
    return "\n".join(stand.thread(card))


async def names(stand: Stand, app: str) -> set[str]:
    """The pods that are there and not about to go."""
    path = "/api/v1/namespaces/saasodoo/pods"
    found = await stand.world.cluster.kube.ask("GET", path, labelSelector=f"app={app}")
    return {item["metadata"]["name"] for item in found["items"] if "deletionTimestamp" not in item["metadata"]}
