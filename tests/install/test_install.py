"""The chart, applied to a real cluster, runs the image there: two copies, which serve the cluster that they live in."""

import asyncio
from collections.abc import Coroutine

import aiohttp
import pytest

from bot.watch import LEASE
from playground.slack.people import Outcome
from tests.install.conftest import Installed
from tests.journeys.stand import JON, MAYA, PATIENCE_S, Stand, seen

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
    sockets = installed.around.slack.sockets
    assert await installed.stand.eventually(lambda: len(sockets.connections) == 4)


async def test_it_runs_as_nobody_and_writes_nothing(installed: Installed) -> None:
    assert (await installed.inside("python3", "-c", PROBE)).splitlines() == ["10001 10001", "Read-only file system"]


async def test_the_doctor_finds_nothing_missing(installed: Installed) -> None:
    lines = (await installed.inside("python3", "-c", DOCTOR)).splitlines()
    assert [line for line in lines if not line.startswith("ok")] == []
    assert any(line.split()[1] == "rights" for line in lines)


async def test_one_of_the_two_holds_the_lease(installed: Installed) -> None:
    await installed.kubectl("-n", installed.own, "wait", f"lease/{LEASE}", "--for=create", "--timeout=240s")
    lease = await installed.kubectl.get("-n", installed.own, "lease", LEASE)
    holder = lease["spec"]["holderIdentity"]
    assert len([pod for pod in await installed.pods() if holder.startswith(pod["metadata"]["name"])]) == 1


async def test_both_tell_prometheus_how_they_stand(installed: Installed) -> None:
    async with aiohttp.ClientSession() as http:
        for pod in await installed.pods():
            async with asyncio.timeout(PATIENCE_S):
                while "saas_bot_ready 1" not in await told(http, pod["status"]["podIP"]):  # noqa: ASYNC110
                    await asyncio.sleep(0.2)  # a socket may just be made anew, which wakes nobody here


async def told(http: aiohttp.ClientSession, address: str) -> list[str]:
    async with http.get(f"http://{address}:8080/metrics") as answer:
        return (await answer.text()).splitlines()


async def test_it_restarts_a_worker_of_the_cluster_that_it_lives_in(installed: Installed) -> None:
    stand = installed.stand
    before = {pod["metadata"]["uid"] for pod in await installed.workers()}
    card = await stand.ask(MAYA, '/saas restart worker --reason "seen from inside"')
    await stand.approve(JON, card)
    await stand.shows(card, "✅ Restarted deployment/worker", "2 of 2 ready")
    assert not before & {pod["metadata"]["uid"] for pod in await installed.workers()}


async def test_its_own_namespace_is_closed(installed: Installed) -> None:
    told = await installed.stand.told(MAYA, f"/saas restart saas-bot -n {installed.own}")
    assert f"The bot never changes its own namespace {installed.own}. Nothing was changed." in told


async def test_an_upgrade_never_leaves_nobody_to_answer(installed: Installed) -> None:
    """Lines are asked all through a rollout of both pods; a pod that lives takes each in, and each is answered once."""
    stand, old = installed.stand, {pod["metadata"]["name"] for pod in await installed.pods()}
    before = len(answers(stand))
    asked = await asked_all_through(installed, installed.installed(podAnnotations={"rolled": "once"}))
    assert [outcome.failure for outcome in asked if not outcome.ok] == []
    await stand.eventually(lambda: len(answers(stand)) >= before + len(asked))
    assert "worker has " in seen(await stand.ask(MAYA, "/saas rollout history worker"))
    assert len(answers(stand)) == before + len(asked) + 1
    assert not old & {pod["metadata"]["name"] for pod in await installed.pods()}


async def asked_all_through(installed: Installed, upgrade: Coroutine[None, None, None]) -> list[Outcome]:
    """Ask every second until *upgrade* is over; say of each line what came of it."""
    over, asked = asyncio.create_task(upgrade), []
    while not over.done():
        asked.append(await installed.stand.say(MAYA, "/saas rollout history worker"))
        await asyncio.wait({over}, timeout=1)
    await over
    return asked


def answers(stand: Stand) -> list[str]:
    """The histories in the channel, and what she alone was told where a busy machine left no time for one."""
    posted = [seen(message) for message in stand.messages().values()]
    return [text for text in posted if "worker has " in text] + list(map(seen, stand.whispers(MAYA)))
