"""logs -l on a cluster where a selector matches 5,000 pods, or none: one sentence, and not all of them are read."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.errors import BadArguments, NotFound
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.logs import KubernetesLogs
from bot.k8s.request import Request
from bot.k8s.session import Answer, Session, connect
from bot.spec import Live
from playground.cluster.cluster import PracticeCluster
from playground.cluster.resources import NAMESPACES, PODS
from tests.commands.asking import ask, context, parsed
from tests.fakes.objects import NAMESPACE, pod
from tests.fakes.screen import FakeScreen

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANY = 5_000
POD_BYTES = 10_000
"""What a real pod has beside the fields in use, most of it managed fields."""
A_PAGE_BYTES = 4 << 20
"""All of them are 50 MB."""


class Metered(KubernetesCluster):
    """The cluster, and how much it has answered."""

    answered_bytes = 0

    async def _send(self, request: Request) -> Answer:
        answer = await super()._send(request)
        self.answered_bytes += len(answer.body)
        return answer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crowded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Session]:
    """Give a way into a practice cluster with very many pods."""
    kubeconfig: Path = tmp_path_factory.mktemp("crowded") / "kubeconfig"
    async with PracticeCluster(world=[]) as practice:
        practice.state.create(NAMESPACES, {"metadata": {"name": NAMESPACE}})
        for number in range(MANY):
            practice.store.insert(PODS, large(f"odoo-{number}"))
        kubeconfig.write_text(practice.kubeconfig())
        session = await connect(str(kubeconfig))
        yield session
        await session.close()


def large(name: str) -> dict[str, object]:
    """A pod of `app=odoo` that is as large as real ones, on a node that nobody plays."""
    made = pod(name, app="odoo")
    made["metadata"]["annotations"] = {"padding": "x" * POD_BYTES}
    return made


async def test_a_selector_that_matches_thousands_is_refused_after_one_page(crowded: Session) -> None:
    cluster = Metered(crowded)
    with pytest.raises(BadArguments) as refused:
        await ask("logs -l app=odoo", cluster, KubernetesLogs(crowded))
    assert str(refused.value) == "app=odoo means 250 pods or more; 20 are the most at once. Nothing was read."
    assert refused.value.hint == "Name one pod, or use a narrower selector."
    assert 0 < cluster.answered_bytes < A_PAGE_BYTES


async def test_to_follow_thousands_is_refused_as_well(crowded: Session) -> None:
    cluster, understood = Metered(crowded), parsed("logs -l app=odoo --follow")
    assert isinstance(understood.command, Live)
    with pytest.raises(BadArguments, match="250 pods or more; 20 are the most at once"):
        await understood.command.follow(understood.args, context(cluster, KubernetesLogs(crowded)), FakeScreen())
    assert cluster.answered_bytes < A_PAGE_BYTES


async def test_a_selector_that_matches_nothing_among_thousands_says_so(crowded: Session) -> None:
    cluster = Metered(crowded)
    with pytest.raises(NotFound) as refused:
        await ask("logs -l app=nothing", cluster, KubernetesLogs(crowded))
    assert str(refused.value) == "No pod in saasodoo belongs to app=nothing, so there is no log."
    assert refused.value.hint == "`get pods -n saasodoo` lists those that exist."
    assert cluster.answered_bytes < A_PAGE_BYTES
