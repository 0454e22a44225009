"""storage status: whether every node has the shared file system, answering, and how much is free."""

from collections.abc import Sequence

from bot.commands.storage.backend import READ, bar, here
from bot.model.reply import Reply, Table, Tone
from bot.model.sizes import shown
from bot.model.storage import NodeStorage
from bot.spec import Args, Context, Listing, Query


class StorageStatusArgs(Args):
    """Nothing to say."""


async def run(args: StorageStatusArgs, ctx: Context) -> Reply:
    """Ask every node at once; one that hangs is named after 12 s at the latest."""
    nodes = await here(ctx).nodes()
    faulty = [node for node in nodes if node.fault]
    rows = tuple(_row(node) for node in sorted(nodes, key=lambda node: (not node.fault, node.node)))
    return Reply(
        headline=_headline(nodes, faulty),
        parts=(Table(columns=("NODE", "STATE", "USED", "OF ALL", "FREE", "MOUNT"), rows=rows, drawn=(3,)),),
        tone=Tone.BAD if faulty else Tone.GOOD,
    )


def _headline(nodes: Sequence[NodeStorage], faulty: list[NodeStorage]) -> str:
    if faulty:
        return f"{len(faulty)} of {len(nodes)} storage nodes can't use the file system: {faulty[0].fault}"
    free = min(node.available_bytes for node in nodes)
    word = "storage node answers" if len(nodes) == 1 else "storage nodes answer"
    return f"{len(nodes)} {word}, {shown(free)} free"


def _row(node: NodeStorage) -> tuple[str, ...]:
    if node.fault:
        return (node.node, node.fault, "", "", "", "")
    share = 1 - node.available_bytes / node.total_bytes if node.total_bytes else None
    used = "-" if share is None else f"{share:.0%}"
    return (node.node, "answers", used, bar(share), shown(node.available_bytes), node.mount)


COMMAND = Query(
    name="storage status",
    summary="Show whether every storage node can use the shared file system, and what is free.",
    args=StorageStatusArgs,
    run=run,
    options=Listing,
    access=(READ,),
    examples=("storage status",),
    area="Storage",
)
