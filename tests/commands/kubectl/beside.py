"""What kubectl prints and what the bot answers, as values that can be compared."""

import asyncio
import re
import subprocess
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.engine.favourites import Starred
from bot.engine.sifting import sifted
from bot.k8s.cluster import KubernetesCluster
from bot.model.reply import Facts, Reply, Table
from bot.ports import Logs, ReadOnly
from bot.spec import Context, Query
from tests.commands.asking import MAYA, REGISTRY, NobodyAsked, parsed
from tests.fakes.favourites import FakeFavourites
from tests.fakes.history import FakeIncidents, FakeOperations, FakeOutboxReads
from tests.requirements import kubelab_bin

NAMESPACE = "agrees"
PATIENCE_S = 240
"""A pod takes a few seconds to start, and on a machine where everything takes ten times as long a minute."""

OURS_ALONE = ("KEYS", "ENTRYPOINTS", "MATCH")
"""Wide columns of Secrets and IngressRoutes, of which kubectl shows no more with `-o wide` than without."""

Kubectl = Callable[..., str]
Cells = tuple[str, ...]


def context(cluster: KubernetesCluster, now: datetime | None = None, *, logs: Logs | None = None) -> Context:
    """Asked in a channel of that namespace."""
    return Context(
        actor=MAYA,
        now=now or datetime.now(UTC),
        namespace=NAMESPACE,
        on=ReadOnly(cluster=cluster, logs=logs),
        permissions=NobodyAsked(),
        operations=FakeOperations(),
        incidents=FakeIncidents(),
        outbox=FakeOutboxReads(),
        favourites=Starred(FakeFavourites(), REGISTRY),
    )


async def ask(line: str, cluster: KubernetesCluster, now: datetime | None = None) -> Reply:
    """The answer of a query, asked at *now*."""
    understood = parsed(line)
    assert isinstance(understood.command, Query)
    return sifted(await understood.command.run(understood.args, context(cluster, now)), understood.options)


def refused(world: Path, *arguments: str) -> str:
    """What kubectl says, on both of its outputs, where it may end with an error."""
    command = [str(kubelab_bin() / "kubectl"), f"--kubeconfig={world}", *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout


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


async def until_a_table_is_kubectls(line: str, cluster: KubernetesCluster, theirs: Callable[[], str]) -> None:
    """Look until our only table has kubectl's titles and rows, as asked in one of the seconds that kubectl took."""

    async def look() -> tuple[object, object]:
        started = datetime.now(UTC)
        told = printed(theirs())
        seconds = range(int((datetime.now(UTC) - started).total_seconds()) + 2)
        ours = [await shown_at(line, cluster, started + timedelta(seconds=more)) for more in seconds]
        return (told if told in ours else ours[-1]), told

    await until_equal(look)


async def shown_at(line: str, cluster: KubernetesCluster, now: datetime) -> tuple[Cells, set[Cells]]:
    """Titles and rows of our only table, without the columns that kubectl does not have."""
    [shown] = [part for part in (await ask(line, cluster, now)).parts if isinstance(part, Table)]
    titles = tuple(title for title in shown.columns if title not in OURS_ALONE)
    return titles, columns(shown, *titles)


async def until_equal(look: Callable[[], Awaitable[tuple[object, object]]]) -> None:
    """Look until both say the same: a cluster goes on while two look at it, and what is not there yet has no row."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            ours, theirs = await look()
            assert ours == theirs, f"{ours}\nis not kubectl's\n{theirs}"
        except (AssertionError, LookupError, ValueError):
            if time.monotonic() > until:
                raise
        else:
            return
        await asyncio.sleep(0.5)  # a real cluster has no clock to turn


def describe(kubectl: Kubectl, target: str) -> str:
    """What `kubectl describe` says."""
    return kubectl("describe", target, "-n", NAMESPACE)
