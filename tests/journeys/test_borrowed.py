"""The demo on somebody's own cluster: put into it, used, and taken away without touching what was there."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from playground.cluster.cluster import PracticeCluster
from playground.cluster.resources import DEPLOYMENTS, NAMESPACES
from playground.cluster.world.loader import bare
from playground.demo.borrowed import borrowed_cluster
from playground.demo.trouble import Trouble
from tests.journeys.stand import JON, MAYA, open_stand, seen, until


@pytest.fixture
async def theirs() -> AsyncIterator[PracticeCluster]:
    """A cluster without the platform, which the demo knows by its kubeconfig only."""
    async with PracticeCluster(world=bare(), speed=20) as cluster:
        yield cluster


@pytest.fixture
def kubeconfig(theirs: PracticeCluster, tmp_path: Path) -> Path:
    (tmp_path / "kubeconfig").write_text(theirs.kubeconfig())
    return tmp_path / "kubeconfig"


async def test_the_platform_comes_serves_and_goes(theirs: PracticeCluster, kubeconfig: Path) -> None:
    before = {one["metadata"]["name"] for one in theirs.store.items(NAMESPACES)}
    async with open_stand(partial(borrowed_cluster, of=kubeconfig, context="", keeps=False)) as stand:
        assert f"the cluster is your own, at {theirs.url}" in seen(next(iter(stand.messages().values())))
        card = await stand.ask(MAYA, "/saas rollback instance-worker")
        assert "Image  busybox:1.37 → busybox:1.36" in seen(card)
        await stand.approve(JON, card)
        await stand.shows(card, "✅ Rolled back deployment/instance-worker")
    await until(lambda: not theirs.store.items(DEPLOYMENTS, "saasodoo"))
    await until(lambda: {one["metadata"]["name"] for one in theirs.store.items(NAMESPACES)} == before)


async def test_what_is_there_already_is_left_alone(theirs: PracticeCluster, kubeconfig: Path, tmp_path: Path) -> None:
    theirs.state.create(NAMESPACES, {"metadata": {"name": "saasodoo"}})
    with pytest.raises(Trouble, match=r"namespace/saasodoo in .* is not the demo's, and is left alone\. Nothing was"):
        async with borrowed_cluster(tmp_path / "made", of=kubeconfig, context="", keeps=False):
            pytest.fail("it began")
    assert not theirs.store.items(DEPLOYMENTS, "saasodoo")


async def test_what_cannot_be_taken_away_is_told_with_the_line_that_does(
    theirs: PracticeCluster, kubeconfig: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with borrowed_cluster(tmp_path / "made", of=kubeconfig, context="", keeps=False):
        await theirs.stop()
    told = capsys.readouterr().out
    assert f"could be taken away from {theirs.url}: it cannot be reached" in told
    kinds = "namespaces,clusterroles,clusterrolebindings"
    assert told.endswith(f"kubectl delete {kinds} -l practice.chatops.saas.io/demo\n")
