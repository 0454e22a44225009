"""On the practice cluster and on a real one: real trouble opens incidents with the right cause, and they heal."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.model.incident import IncidentState
from bot.model.symptom import Fault
from bot.store import PostgresLedger
from playground.cluster.cluster import PracticeCluster
from tests.kubelab import import_images
from tests.watchers.watched import CRASHES, EATS, IMAGE, WORKS, Watched, watching


@pytest.fixture(params=["practice", pytest.param("kubelab", marks=pytest.mark.kubelab)])
async def watched(request: pytest.FixtureRequest, tmp_path: Path, ledger: PostgresLedger) -> AsyncIterator[Watched]:
    """Watch a namespace of the practice cluster, and one of a real one."""
    if request.param == "kubelab":
        kubeconfig: Path = request.getfixturevalue("kubelab")
        import_images(IMAGE)
        async with watching(str(kubeconfig), ledger) as found:
            yield found
        return
    async with PracticeCluster(speed=5) as practice:
        path = tmp_path / "kubeconfig"
        path.write_text(practice.kubeconfig())
        async with watching(str(path), ledger) as found:
            yield found


async def test_a_crash_loop_opens_with_its_cause_and_heals(watched: Watched) -> None:
    await watched.deploy("crashing", CRASHES)
    opened = await watched.incident("crashing", IncidentState.OPEN)
    assert opened.fault is Fault.CRASH_LOOP
    assert opened.diagnosis is not None
    assert opened.diagnosis.likely == "The database refuses the password (seen in the log, exit 1)"
    assert "starting" in opened.diagnosis.log  # the two streams of a container race
    await watched.mend("crashing")
    assert (await watched.incident("crashing", IncidentState.HEALED)).members == ()


async def test_the_configuration_that_was_written_before_a_crash_is_named_with_its_writer(watched: Watched) -> None:
    await watched.configure("tuning", LEVEL="debug")
    await watched.deploy("misled", CRASHES, reads="tuning")
    opened = await watched.incident("misled", IncidentState.OPEN)
    assert opened.diagnosis is not None
    assert re.search(r"configmap/tuning written .* before, by “saas-bot”", opened.diagnosis.changed)


async def test_an_image_that_cannot_be_pulled_opens_with_the_registrys_words_and_heals(watched: Watched) -> None:
    await watched.deploy("unpullable", WORKS, image="registry.invalid/missing:1")
    opened = await watched.incident("unpullable", IncidentState.OPEN)
    assert opened.fault is Fault.IMAGE_PULL
    assert opened.diagnosis is not None
    facts = {fact.label: fact.text for fact in opened.diagnosis.facts}
    assert facts["Image"] == "`registry.invalid/missing:1`"
    assert opened.diagnosis.likely != "The image cannot be pulled"
    await watched.mend("unpullable")
    await watched.incident("unpullable", IncidentState.HEALED)


async def test_a_liveness_probe_that_fails_opens_a_crash_loop_that_names_it(watched: Watched) -> None:
    await watched.deploy_deaf("deaf")
    opened = await watched.incident("deaf", IncidentState.OPEN)
    assert opened.fault is Fault.CRASH_LOOP
    assert opened.diagnosis is not None
    likely = opened.diagnosis.likely
    assert re.fullmatch(r"Its liveness probe fails, so the kubelet ends it \(exit \d+\): “no answer”", likely)


async def test_a_job_that_fails_and_is_gone_by_its_ttl_was_told(watched: Watched) -> None:
    await watched.fail_a_job("full")
    opened = await watched.incident("full", IncidentState.OPEN)
    assert opened.fault is Fault.JOB_FAILED
    assert opened.diagnosis is not None
    assert opened.diagnosis.likely == "No space is left on a volume (seen in the log, exit 2)"
    await watched.forget_the_job("full")
    await watched.incident("full", IncidentState.GONE)


@pytest.mark.parametrize("watched", [pytest.param("kubelab", marks=pytest.mark.kubelab)], indirect=True)
async def test_a_kill_for_memory_opens_with_its_limit_and_heals(watched: Watched) -> None:
    await watched.deploy("hungry", EATS, memory="16Mi")
    opened = await watched.incident("hungry", IncidentState.OPEN)
    assert opened.fault is Fault.OOM_KILLED
    assert opened.diagnosis is not None
    assert opened.diagnosis.likely == "It used more memory than it may: its limit is 16Mi (exit 137, OOMKilled)"
    await watched.mend("hungry")
    await watched.incident("hungry", IncidentState.HEALED)
