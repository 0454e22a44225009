"""top pods: what pods use now, against what they requested and may use."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.commands.look.listing import none_of, selected_by
from bot.commands.look.metrics import (
    FEWEST_BARS,
    against,
    cores,
    cpu_reach,
    fullness,
    mebis,
    memory_reach,
    total,
    usage,
    whole_millicores,
)
from bot.commands.names import Namespace, namespace_flag
from bot.commands.namespaces import READS, refuse_unknown
from bot.model.chart import Chart, ChartRow
from bot.model.counting import counted
from bot.model.kube.pods import Container, Pod
from bot.model.kube.usage import ContainerUsage, PodUsage
from bot.model.reply import Reply, Table, Text
from bot.spec import Args, Context, Listing, Query, access, flag


class TopPodsArgs(Args):
    """Whose usage."""

    containers: bool = flag("a row per container", default=False)
    selector: str = flag("label selector", default="", short="l", metavar="SELECTOR")
    all_namespaces: bool = flag("of every namespace", default=False, short="A")
    namespace: Namespace = namespace_flag()


@dataclass(frozen=True, slots=True)
class Used:
    """One row: who, what it uses, what it declared."""

    names: tuple[str, ...]
    measured: Sequence[ContainerUsage]
    declared: Sequence[Container]

    def used(self, resource: str) -> Decimal:
        """What it uses now."""
        return total([one.usage.get(resource, "") for one in self.measured])

    def limit(self, resource: str) -> Decimal:
        """What it may use; 0 where a container has no limit."""
        limits = [one.resources.limits.get(resource, "") for one in self.declared]
        return total(limits) if all(limits) else Decimal(0)


async def run(args: TopPodsArgs, ctx: Context) -> Reply:
    """List usage, the largest memory first. Raises NotFound where nobody measures."""
    namespace = "" if args.all_namespaces else args.namespace or ctx.namespace
    cluster = ctx.on.cluster
    measured, pods = await asyncio.gather(
        usage(cluster, PodUsage, namespace, selector=args.selector),
        cluster.list(Pod, namespace, selector=args.selector),
    )
    where = namespace or "all namespaces"
    if not pods:
        await refuse_unknown(cluster, namespace)
        return none_of("pods", where, selected_by(args.selector))
    declared = {(pod.metadata.namespace, pod.metadata.name): pod.spec.containers for pod in pods}
    rows = [
        row
        for one in measured
        for row in _rows(one, declared.get((one.metadata.namespace, one.metadata.name), ()), args.containers)
    ]
    rows.sort(key=lambda row: -row.used("memory"))
    columns = ("POD", *(["NAME"] if args.containers else []), "CPU(cores)", "OF LIMIT", "MEMORY(bytes)", "OF LIMIT")
    cpu, memory = (sum((row.used(resource) for row in rows), Decimal(0)) for resource in ("cpu", "memory"))
    headline = f"{counted(len(measured), 'pod')} in {where}: {cores(cpu)} CPU and {mebis(memory)} memory"
    if not measured:
        return Reply(f"No pod in {where} is measured yet", (Text("A pod is measured about 30 s after it starts."),))
    table = Table(columns, tuple(_cells(row) for row in rows), file_name="top-pods.txt")
    return Reply(headline, (table, *_chart(rows, where)))


def _chart(rows: Sequence[Used], where: str) -> list[Chart]:
    """The fullest first: who is near his limit is what people look for."""
    if len(rows) < FEWEST_BARS:
        return []
    bars = [
        ChartRow(
            " / ".join(row.names),
            (
                cpu_reach(row.used("cpu"), row.limit("cpu")),
                memory_reach(row.used("memory"), row.limit("memory")),
            ),
        )
        for row in rows
    ]
    fullest = tuple(sorted(bars, key=fullness, reverse=True))
    return [Chart(f"What pods in {where} use of their limits", ("CPU", "Memory"), fullest, file_name="top-pods.png")]


def _rows(one: PodUsage, declared: Sequence[Container], by_container: bool) -> list[Used]:
    if not by_container:
        return [Used((one.metadata.name,), one.containers, declared)]
    return [
        Used((one.metadata.name, used.name), (used,), [spec for spec in declared if spec.name == used.name])
        for used in one.containers
    ]


def _cells(row: Used) -> tuple[str, ...]:
    cpu, memory = row.used("cpu"), row.used("memory")
    return (
        *row.names,
        cores(cpu),
        against(whole_millicores(cpu), row.limit("cpu")),
        mebis(memory),
        against(memory, row.limit("memory")),
    )


COMMAND = Query(
    name="top pods",
    summary="Show what pods use now against their limits.",
    args=TopPodsArgs,
    run=run,
    options=Listing,
    reads=READS,
    access=(access("metrics.k8s.io", ["pods"], ["list"]), access("", ["pods"], ["list"])),
    area="Look",
    examples=("top pods", "top pods --containers -l app=odoo"),
)
