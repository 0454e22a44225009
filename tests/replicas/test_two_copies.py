"""Two copies of the bot: both answer, each thing is done once, one watches; when it is killed, the other takes over."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from playground.demo.breaking import ODOO, bad_image, crash_odoo
from playground.slack.values import Message
from tests.journeys.stand import ALERTS, JON, LENA, MAYA, VERA, seen
from tests.replicas.pair import SOCKETS, Pair, open_pair

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = (
    *("instance-worker", "instance-service", "billing-service", "user-service"),
    *("odoo-globex", "odoo-initech", "odoo-acme", "killbill"),
)
PEOPLE = (MAYA, JON, VERA)
"""Each asks about each of NAMES. Slack picks one of four sockets at random: that a copy takes none of the 24 lines
happens once in eight million runs."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pair() -> AsyncIterator[Pair]:
    async with open_pair() as opened:
        yield opened


async def test_both_are_connected_and_one_watches(pair: Pair) -> None:
    assert len(pair.world.slack.sockets.connections) == 2 * SOCKETS
    assert [await copy.watches() for copy in pair.copies].count(True) == 1


async def test_both_answer_and_each_line_once(pair: Pair) -> None:
    before = [await copy.taken() for copy in pair.copies]
    assert all(await asyncio.gather(*(history(pair, person, name) for person in PEOPLE for name in NAMES)))
    await pair.stand.eventually(lambda: all(told(pair, person).total() >= len(NAMES) for person in PEOPLE))
    assert [told(pair, person) for person in PEOPLE] == [Counter(NAMES)] * len(PEOPLE)
    taken = [await copy.taken() - old for copy, old in zip(pair.copies, before, strict=True)]
    assert sum(taken) == len(PEOPLE) * len(NAMES)
    assert all(taken), "one copy has taken nothing"


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

    dead = await pair.leader()
    waiting = await pair.stand.ask(MAYA, "/saas restart odoo-globex")
    lines = {name: asyncio.create_task(history(pair, LENA, name)) for name in NAMES}
    await asyncio.sleep(0)  # they are on their way
    dead.process.kill()
    await bad_image(kube)
    await pair.taken_over(dead)

    await pair.stand.eventually(lambda: incidents(pair, "instance-worker"))
    acked = {name for name, line in lines.items() if await line}
    await pair.stand.eventually(lambda: acked <= told(pair, LENA).keys())
    await pair.stand.approve(JON, waiting)
    await pair.stand.shows(waiting, "✅ Restarted deployment/odoo-globex")
    await kube.patch(ODOO, {"spec": {"template": {"spec": {"containers": [sound | {"command": None}]}}}})
    await pair.stand.eventually(lambda: "🟢" in seen(incidents(pair, "odoo-acme")[0]))
    assert [len(incidents(pair, name)) for name in ("odoo-acme", "instance-worker")] == [1, 1]
    assert set(told(pair, LENA).values()) == {1}

    await pair.until_all(ready=2, watching=1)
    assert await pair.leader() is not dead, "the one that came back took the Lease from a leader that lives"


async def history(pair: Pair, person: str, name: str) -> bool:
    """Ask about *name* in private; say whether the bot took it in, as far as Slack could tell."""
    line = f"/saas rollout history {name}"
    return (await pair.stand.say(person, line, channel=direct(pair, person))).ok


def told(pair: Pair, person: str) -> Counter[str]:
    """How often *person* was answered about each of NAMES."""
    texts = [seen(message) for message in pair.stand.messages(direct(pair, person)).values()]
    return Counter(name for name in NAMES for text in texts if f"{name} has " in text)


def direct(pair: Pair, person: str) -> str:
    """The conversation of *person* with the bot."""
    workspace = pair.world.slack.workspace
    return workspace.open_im(person, workspace.bot_user).id


def incidents(pair: Pair, name: str) -> list[Message]:
    """Cards about *name* among the alerts; not what stands in their threads."""
    return [m for m in pair.stand.messages(ALERTS).values() if not m.is_reply and f"deployment/{name}" in seen(m)]
