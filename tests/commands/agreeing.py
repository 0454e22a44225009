"""kubectl and the bot beside each other on a real cluster: the world that both look at, and what kubectl prints."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.engine.favourites import Starred
from bot.engine.sifting import sifted
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.session import Session, connect
from bot.model.reply import Facts, Reply, Table
from bot.ports import ReadOnly
from bot.spec import Context, Query
from tests.commands.asking import MAYA, REGISTRY, NobodyAsked, parsed
from tests.fakes.favourites import FakeFavourites
from tests.fakes.history import FakeIncidents, FakeOperations
from tests.kubelab import import_images

NAMESPACE = "agrees"
PATIENCE_S = 90
"""A pod on a busy two-core machine takes a few seconds to start; far more is a fault."""
WORLD = (Path(__file__).parent / "agreeing_world.yaml").read_text()

Kubectl = Callable[..., str]
Cells = tuple[str, ...]


@pytest.fixture(scope="module")
def world(kubelab: Path, kubectl: Kubectl) -> Iterator[Path]:
    """The objects of agreeing_world.yaml, running; gone when a file is done."""
    import_images("registry.test/busybox:1")
    kubectl("apply", "-f", "-", stdin=WORLD)
    for rolled_out in ("deployment/worker", "statefulset/postgres", "statefulset/halfway", "daemonset/agent"):
        kubectl("rollout", "status", "-n", NAMESPACE, rolled_out, f"--timeout={PATIENCE_S}s")
    yield kubelab
    kubectl("delete", "-f", "-", stdin=WORLD)


@pytest.fixture
async def session(world: Path) -> AsyncIterator[Session]:
    session = await connect(str(world))
    yield session
    await session.close()


@pytest.fixture
def cluster(session: Session) -> KubernetesCluster:
    return KubernetesCluster(session)


def context(cluster: KubernetesCluster) -> Context:
    """Asked in a channel of that namespace, now."""
    return Context(
        actor=MAYA,
        now=datetime.now(UTC),
        namespace=NAMESPACE,
        on=ReadOnly(cluster=cluster),
        permissions=NobodyAsked(),
        operations=FakeOperations(),
        incidents=FakeIncidents(),
        favourites=Starred(FakeFavourites(), REGISTRY),
    )


async def ask(line: str, cluster: KubernetesCluster) -> Reply:
    """The answer of a query."""
    understood = parsed(line)
    assert isinstance(understood.command, Query)
    return sifted(await understood.command.run(understood.args, context(cluster)), understood.options)


def printed(text: str) -> tuple[Cells, set[Cells]]:
    """kubectl's table: titles, and rows cut where the titles begin."""
    header, *lines = text.rstrip("\n").split("\n")
    starts = [found.start() for found in re.finditer(r"(?<!\S)\S+(?: \S+)*", header)]
    cells = [[line[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)] for line in (header, *lines)]
    return tuple(cells[0]), {tuple(row) for row in cells[1:]}


def labelled(described: str) -> dict[str, list[str]]:
    """What `kubectl describe` says: label → its lines; of a label that comes again, the first."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in described.splitlines():
        if label := re.match(r"(\S[^:]*):\s*(.*)", line):
            lines = found.setdefault(label[1], []) if label[1] not in found else []
            lines.append(label[2])
        else:
            lines.append(line)
    return found


def section(described: str, label: str) -> tuple[Cells, set[Cells]]:
    """The table below *label* in what `kubectl describe` says."""
    lines = [line.removeprefix("  ") for line in labelled(described)[label][1:]]
    return printed("\n".join(line for line in lines if set(line) - set("- ")))


def facts(reply: Reply) -> dict[str, str]:
    """Our labelled lines."""
    return {fact.label: fact.text for part in reply.parts if isinstance(part, Facts) for fact in part.facts}


def table(reply: Reply, *titles: str) -> Table:
    """Our table that has these columns, the first of them first."""
    tables = [part for part in reply.parts if isinstance(part, Table)]
    [found] = [one for one in tables if one.columns[0] == titles[0] and set(titles) <= set(one.columns)]
    return found


def columns(shown: Table, *titles: str) -> set[Cells]:
    """The rows with only those columns."""
    places = [shown.columns.index(title) for title in titles]
    return {tuple(row[place] for place in places) for row in shown.rows}


async def until_equal(look: Callable[[], Awaitable[tuple[object, object]]], within_s: float = 20) -> None:
    """Look until both say the same: a cluster goes on while two look at it."""
    until = time.monotonic() + within_s
    while True:
        ours, theirs = await look()
        if ours == theirs or time.monotonic() > until:
            assert ours == theirs
            return
        await asyncio.sleep(0.5)  # a real cluster has no clock to turn


def describe(kubectl: Kubectl, target: str) -> str:
    """What `kubectl describe` says."""
    return kubectl("describe", target, "-n", NAMESPACE)
