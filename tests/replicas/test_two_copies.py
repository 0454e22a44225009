"""Two copies of the bot: both answer, each thing is done once, one watches; when it is killed, the other takes over."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from playground.demo.breaking import ODOO, bad_image, crash_odoo
from playground.slack.values import Message
from tests.journeys.stand import ALERTS, JON, LENA, MAYA, VERA, seen
from tests.replicas.pair import SOCKETS, Pair, open_pair

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINE = "/saas rollout status instance-worker"
PEOPLE = (MAYA, JON, LENA, VERA)
LINES_EACH = 4
"""Slack picks one of four sockets at random: that a copy takes none of sixteen happens once in 32,768 runs."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pair() -> AsyncIterator[Pair]:
    async with open_pair() as opened:
        yield opened


async def test_both_are_connected_and_one_watches(pair: Pair) -> None:
    assert len(pair.world.slack.sockets.connections) == 2 * SOCKETS
    assert [await copy.watches() for copy in pair.copies].count(True) == 1


async def test_both_answer_and_each_line_once(pair: Pair) -> None:
    before = [await copy.taken() for copy in pair.copies]
    asked = [(person, direct(pair, person)) for person in PEOPLE for _ in range(LINES_EACH)]
    outcomes = await asyncio.gather(*(pair.stand.say(person, LINE, channel=channel) for person, channel in asked))
    assert all(outcome.ok for outcome in outcomes)
    await pair.stand.eventually(lambda: min(counted(pair)) >= LINES_EACH)
    assert counted(pair) == [LINES_EACH] * len(PEOPLE)
    taken = [await copy.taken() - old for copy, old in zip(pair.copies, before, strict=True)]
    assert sum(taken) == len(asked)
    assert all(taken), "one copy has answered nothing"


async def test_an_operation_runs_once_whoever_takes_the_clicks(pair: Pair) -> None:
    names = ("odoo-globex", "odoo-initech", "billing-service")
    before = [(await pair.stand.deployment(name))["metadata"]["generation"] for name in names]
    for name in names:
        card = await pair.stand.ask(MAYA, f"/saas restart {name}")
        for person in (JON, LENA):
            assert (await pair.stand.press(person, card, "Approve")).ok
        views = [await pair.stand.modal(person, "Approve") for person in (JON, LENA)]
        await asyncio.gather(*(pair.stand.submit(view.person, view) for view in views for _ in range(2)))
        await pair.stand.shows(card, f"✅ Restarted deployment/{name}")
    after = [(await pair.stand.deployment(name))["metadata"]["generation"] for name in names]
    assert after == [generation + 1 for generation in before]


async def test_the_leader_is_killed_and_nothing_is_lost_or_told_twice(pair: Pair) -> None:
    kube = pair.world.cluster.kube
    sound = (await kube.ask("GET", ODOO))["spec"]["template"]["spec"]["containers"][0]
    await crash_odoo(kube)
    await pair.stand.eventually(lambda: incidents(pair, "odoo-acme"))

    dead, channel = await pair.leader(), direct(pair, LENA)
    known = len(answers(pair, channel))
    waiting = await pair.stand.ask(MAYA, "/saas restart odoo-globex")
    lines = [asyncio.create_task(pair.stand.say(LENA, LINE, channel=channel)) for _ in range(8)]
    await asyncio.sleep(0)  # they are on their way
    dead.process.kill()
    await bad_image(kube)
    takeover_s = await pair.takeover_s(dead)
    assert takeover_s < 15
    print(f"the other copy watched {takeover_s:.1f} s after the kill")

    await pair.stand.eventually(lambda: incidents(pair, "instance-worker"))
    acked = [outcome.ok for outcome in await asyncio.gather(*lines)].count(True)
    await pair.stand.eventually(lambda: len(answers(pair, channel)) >= known + acked)
    await pair.stand.approve(JON, waiting)
    await pair.stand.shows(waiting, "✅ Restarted deployment/odoo-globex")
    await kube.patch(ODOO, {"spec": {"template": {"spec": {"containers": [sound | {"command": None}]}}}})
    await pair.stand.eventually(lambda: "🟢" in seen(incidents(pair, "odoo-acme")[0]))
    assert [len(incidents(pair, name)) for name in ("odoo-acme", "instance-worker")] == [1, 1]
    assert len(answers(pair, channel)) == known + acked

    await pair.until_all(ready=2, watching=1)
    assert await pair.leader() is not dead, "the one that came back took the Lease from a leader that lives"


def direct(pair: Pair, person: str) -> str:
    """The conversation of *person* with the bot."""
    workspace = pair.world.slack.workspace
    return workspace.open_im(person, workspace.bot_user).id


def counted(pair: Pair) -> list[int]:
    """How many answers each of PEOPLE has."""
    return [len(answers(pair, direct(pair, person))) for person in PEOPLE]


def answers(pair: Pair, channel: str) -> list[Message]:
    return [m for m in pair.stand.messages(channel).values() if m.bot_id is not None and "instance-worker" in seen(m)]


def incidents(pair: Pair, name: str) -> list[Message]:
    """Cards about *name* among the alerts; not what stands in their threads."""
    return [m for m in pair.stand.messages(ALERTS).values() if not m.is_reply and f"deployment/{name}" in seen(m)]
