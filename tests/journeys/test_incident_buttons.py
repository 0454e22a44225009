"""Every button of an incident's card: refused to who may only look, done for who may change, approved by another."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from playground.cluster.nodes.shell import Exit, Say, Step
from playground.demo.breaking import JOBS, crash_odoo
from playground.slack.people import Outcome
from playground.slack.values import Message
from tests.journeys.stand import ALERTS, JON, MAYA, VERA, Stand, seen

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONFIG_MAPS = "/api/v1/namespaces/saasodoo/configmaps"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crash(stand: Stand) -> Message:
    """Give the card of a deployment that crashes."""
    await crash_odoo(stand.world.cluster.kube)
    return await root(stand, "🔴 deployment/odoo-acme is crash-looping", "Roll back to")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def job(stand: Stand) -> Message:
    """Give the card of a job that fails for as long as a ConfigMap says so."""
    kube, practice = stand.world.cluster.kube, stand.world.cluster.practice
    assert practice is not None
    practice.kubelets.programs["import"] = as_told
    await kube.ask("POST", CONFIG_MAPS, {"metadata": {"name": "import"}, "data": {"code": "2"}})
    await kube.ask("POST", JOBS, importing())
    return await root(stand, "🔴 job/import-acme failed")


def as_told(environment: Mapping[str, str]) -> Iterator[Step]:
    """End with the code that the environment names."""
    yield Say("importing\n")
    yield Exit(int(environment["CODE"]))


def importing() -> dict[str, Any]:
    """A job that reads its end from the ConfigMap."""
    told = {"configMapKeyRef": {"name": "import", "key": "code"}}
    container = {
        "name": "import",
        "image": "busybox:1.37",
        "env": [{"name": "CODE", "valueFrom": told}],
    }
    template = {
        "metadata": {"labels": {"app": "import"}},
        "spec": {"restartPolicy": "Never", "containers": [container]},
    }
    return {"metadata": {"name": "import-acme"}, "spec": {"backoffLimit": 0, "template": template}}


@pytest.mark.parametrize("label", ["Roll back to", "Restart…", "Acknowledge"])
async def test_who_may_only_look_changes_nothing_at_a_crash(stand: Stand, crash: Message, label: str) -> None:
    await refused(stand, VERA, crash, label)


async def test_who_may_only_look_runs_no_job_again(stand: Stand, job: Message) -> None:
    await refused(stand, VERA, job, "Re-run…")


async def test_who_may_only_look_reads_the_log_in_the_thread(stand: Stand, crash: Message) -> None:
    known = set(everything(stand))
    assert (await press(stand, VERA, crash, "Logs")).ok
    asked = "of pod/odoo-acme"
    await stand.eventually(
        lambda: [line for line in stand.thread(crash) if asked in line and "FATAL: password" in line]
    )
    assert [seen(one) for one in new(stand, known)] == []


async def test_who_may_change_it_silences_it_and_who_may_only_look_does_not(stand: Stand, job: Message) -> None:
    assert (await press(stand, JON, job, "Acknowledge")).ok
    await stand.shows(job, "🟠", f"@{JON} looks after it")
    await refused(stand, VERA, job, "Snooze")
    assert (await press(stand, JON, job, "Snooze")).ok
    await stand.shows(job, "Quiet until")


async def test_a_failed_job_is_run_again_by_two_people_and_heals(stand: Stand, job: Message) -> None:
    fixed = {"data": {"code": "0"}}
    await stand.world.cluster.kube.patch(f"{CONFIG_MAPS}/import", fixed)
    asked = await asks(stand, JON, job, "Re-run…", "Run job/import-acme again")
    await stand.approve(MAYA, asked)
    await stand.shows(asked, "✅ Ran job/import-acme again")
    await stand.shows(job, "🟢 job/import-acme went well again", f"by @{JON}, approved by @{MAYA}")


async def test_a_crash_is_restarted_and_rolled_back_by_two_people_and_heals(stand: Stand, crash: Message) -> None:
    restart = await asks(stand, JON, crash, "Restart…", "Restart deployment/odoo-acme")
    assert "deployment/odoo-acme is crash-looping”" in seen(restart)
    await stand.approve(MAYA, restart)
    await stand.shows(restart, "stalled", "CrashLoopBackOff")
    back = await asks(stand, JON, crash, "Roll back to", "Roll back deployment/odoo-acme")
    await stand.approve(MAYA, back)
    await stand.shows(back, "✅ Rolled back deployment/odoo-acme")
    await stand.shows(crash, "🟢 deployment/odoo-acme is healthy again", f"by @{JON}, approved by @{MAYA}")


async def refused(stand: Stand, person: str, card: Message, label: str) -> None:
    """Press what is not for *person*: he alone is told, and nobody else sees anything new."""
    before = {message.ts for message in stand.whispers(person, ALERTS)}
    known = set(everything(stand))
    assert (await press(stand, person, card, label)).ok
    assert "🚫" in seen(await stand.whispered(person, before, ALERTS))
    assert [seen(one) for one in new(stand, known)] == []
    assert f"@{person}" not in seen(stand.now(card))


async def asks(stand: Stand, person: str, card: Message, label: str, words: str) -> Message:
    """Press a button that asks for a change; give the card that waits for approval."""
    known = set(everything(stand))
    assert (await press(stand, person, card, label)).ok
    return await stand.eventually(lambda: next((one for one in new(stand, known) if words in seen(one)), None))


async def press(stand: Stand, person: str, card: Message, label: str) -> Outcome:
    """Press the button, or choose from the menu behind ⋯."""
    now = stand.now(card)
    for block in now.all_blocks():
        for element in block.get("elements", ()):
            for option in element.get("options", ()):
                if element["type"] == "overflow" and option["text"]["text"].startswith(label):
                    where = now.channel, now.ts, block["block_id"], element["action_id"]
                    return await stand.world.slack.people.click(person, *where, entered=option["value"])
    return await stand.press(person, card, label)


async def root(stand: Stand, *words: str) -> Message:
    """The message in the alerts channel that shows all of *words*."""

    def look() -> Message | None:
        roots = (one for one in everything(stand).values() if not one.is_reply)
        return next((one for one in roots if all(word in seen(one) for word in words)), None)

    return await stand.eventually(look)


def everything(stand: Stand) -> dict[str, Message]:
    """All that everybody sees in the alerts channel."""
    return stand.messages(ALERTS)


def new(stand: Stand, known: set[str]) -> list[Message]:
    """What has come since, beside the lines that tell an incident's story in its thread."""
    return [message for ts, message in everything(stand).items() if ts not in known and not message.is_reply]
