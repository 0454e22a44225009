"""The chart, applied to a real cluster, runs the image there: two copies, which serve the cluster that they live in."""

import asyncio
from collections.abc import Coroutine

import aiohttp
import pytest

from bot.watch import LEASE
from tests.install.conftest import Installed
from tests.journeys.stand import JON, MAYA, seen

pytestmark = [pytest.mark.kubelab, pytest.mark.chart, pytest.mark.asyncio(loop_scope="module")]

PROBE = """
import os
print(os.getuid(), os.getgid())
try:
    open("/opt/saas-bot/written", "w")
except OSError as error:
    print(error.strerror)
"""

DOCTOR = "from bot.__main__ import main; main(['doctor'])"
"""As `python3 -m bot doctor`, without its exit status, for which kubectl would keep the lines to itself."""


async def test_two_copies_are_ready_and_connected(installed: Installed) -> None:
    pods = await installed.pods()
    assert [pod["status"]["containerStatuses"][0]["restartCount"] for pod in pods] == [0, 0]
    assert len(installed.around.slack.sockets.connections) == 4


async def test_it_runs_as_nobody_and_writes_nothing(installed: Installed) -> None:
    assert (await installed.inside("python3", "-c", PROBE)).splitlines() == ["10001 10001", "Read-only file system"]


async def test_the_doctor_finds_nothing_missing(installed: Installed) -> None:
    lines = (await installed.inside("python3", "-c", DOCTOR)).splitlines()
    assert [line for line in lines if not line.startswith("ok")] == []
    assert any(line.split()[1] == "rights" for line in lines)


async def test_one_of_the_two_holds_the_lease(installed: Installed) -> None:
    lease = await installed.kubectl.get("-n", installed.own, "lease", LEASE)
    holder = lease["spec"]["holderIdentity"]
    assert len([pod for pod in await installed.pods() if holder.startswith(pod["metadata"]["name"])]) == 1


async def test_both_tell_prometheus_how_they_stand(installed: Installed) -> None:
    async with aiohttp.ClientSession() as http:
        for pod in await installed.pods():
            async with http.get(f"http://{pod['status']['podIP']}:8080/metrics") as answer:
                assert "saas_bot_ready 1" in (await answer.text()).splitlines()


async def test_it_restarts_a_worker_of_the_cluster_that_it_lives_in(installed: Installed) -> None:
    stand, workers = installed.stand, ("-n", installed.serves, "pods", "-l", "app=worker")
    before = {pod["metadata"]["uid"] for pod in (await installed.kubectl.get(*workers))["items"]}
    card = await stand.ask(MAYA, '/saas restart worker --reason "seen from inside"')
    await stand.approve(JON, card)
    await stand.shows(card, "✅ Restarted deployment/worker", "2 of 2 ready")
    assert not before & {pod["metadata"]["uid"] for pod in (await installed.kubectl.get(*workers))["items"]}


async def test_its_own_namespace_is_closed(installed: Installed) -> None:
    told = await installed.stand.told(MAYA, f"/saas restart saas-bot -n {installed.own}")
    assert f"The bot never changes its own namespace {installed.own}. Nothing was changed." in told


async def test_an_upgrade_never_leaves_nobody_to_answer(installed: Installed) -> None:
    """Lines are asked all through a rollout of both pods; every one that was taken in is answered."""
    old = {pod["metadata"]["name"] for pod in await installed.pods()}
    known = set(installed.stand.messages())
    upgrading = installed.installed(podAnnotations={"rolled": "once"})
    asked = await asked_all_through(installed, upgrading)
    assert asked.count(False) == 0
    await installed.stand.eventually(lambda: len(answers(installed, known)) >= len(asked))
    assert len(answers(installed, known)) == len(asked)
    assert not old & {pod["metadata"]["name"] for pod in await installed.pods()}


async def asked_all_through(installed: Installed, upgrade: Coroutine[None, None, None]) -> list[bool]:
    """Ask every second until *upgrade* is over; say of each line whether it was taken in."""
    over, asked = asyncio.create_task(upgrade), []
    while not over.done():
        asked.append((await installed.stand.say(MAYA, "/saas rollout history worker")).ok)
        await asyncio.wait({over}, timeout=1)
    await over
    return asked


def answers(installed: Installed, known: set[str]) -> list[str]:
    """What was answered since."""
    messages = installed.stand.messages().items()
    return [seen(message) for ts, message in messages if ts not in known and "worker has " in seen(message)]
