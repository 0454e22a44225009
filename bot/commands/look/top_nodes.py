"""top nodes: what nodes use now, against what pods may have of them."""

import asyncio

from bot.commands.look.metrics import (
    FEWEST_BARS,
    against,
    cores,
    cpu_reach,
    fullness,
    mebis,
    memory_reach,
    usage,
    whole_millicores,
)
from bot.model.chart import Chart, ChartRow
from bot.model.kube.nodes import Node
from bot.model.kube.usage import NodeUsage
from bot.model.quantity import parse
from bot.model.reply import Part, Reply, Table
from bot.spec import Args, Context, Listing, Query, access

COLUMNS = ("NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)")


class TopNodesArgs(Args):
    """Nothing to say: all nodes are shown."""


async def run(args: TopNodesArgs, ctx: Context) -> Reply:
    """List usage per node. Raises NotFound where nobody measures."""
    del args
    cluster = ctx.on.cluster
    measured, nodes = await asyncio.gather(usage(cluster, NodeUsage), cluster.list(Node))
    allocatable = {node.metadata.name: node.status.allocatable for node in nodes}
    ordered = sorted(measured, key=lambda one: one.metadata.name)
    rows = tuple(_row(one, allocatable.get(one.metadata.name, {})) for one in ordered)
    bars = [_bars(one, allocatable.get(one.metadata.name, {})) for one in ordered]
    parts: tuple[Part, ...] = (Table(COLUMNS, rows, file_name="top-nodes.txt"),)
    if len(bars) >= FEWEST_BARS:
        fullest = tuple(sorted(bars, key=fullness, reverse=True))
        parts += (Chart("What nodes use of what pods may have", ("CPU", "Memory"), fullest, file_name="top-nodes.png"),)
    return Reply(f"{len(measured)} of {len(nodes)} nodes measured", parts)


def _row(one: NodeUsage, allocatable: dict[str, str]) -> tuple[str, ...]:
    cpu, memory = parse(one.usage.get("cpu", "0")), parse(one.usage.get("memory", "0"))
    return (
        one.metadata.name,
        cores(cpu),
        against(whole_millicores(cpu), parse(allocatable.get("cpu", "0"))),
        mebis(memory),
        against(memory, parse(allocatable.get("memory", "0"))),
    )


def _bars(one: NodeUsage, allocatable: dict[str, str]) -> ChartRow:
    cpu, memory = parse(one.usage.get("cpu", "0")), parse(one.usage.get("memory", "0"))
    most_cpu, most_memory = parse(allocatable.get("cpu", "0")), parse(allocatable.get("memory", "0"))
    return ChartRow(one.metadata.name, (cpu_reach(cpu, most_cpu), memory_reach(memory, most_memory)))


COMMAND = Query(
    name="top nodes",
    summary="Show what nodes use now against what pods may have of them.",
    args=TopNodesArgs,
    run=run,
    options=Listing,
    access=(access("metrics.k8s.io", ["nodes"], ["list"]), access("", ["nodes"], ["list"])),
    area="Look",
    examples=("top nodes",),
)
