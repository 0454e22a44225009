"""One object of a kind by its name; where there is none, the names that were perhaps meant."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from bot.commands.look.columns.column import View
from bot.errors import NotFound
from bot.ports import ClusterReader


async def named(cluster: ClusterReader, view: View[Any], name: str, namespace: str, line: Callable[[str], str]) -> Any:
    """Read it; *line* makes the command line for a suggested name. Raises NotFound."""
    try:
        return await cluster.get(view.struct, name, namespace)
    except NotFound:
        near = await near_misses(cluster, view, name, namespace)
        where = f" in {namespace}" if namespace else ""
        raise NotFound(
            f"No {view.resource.singular} “{name}”{where}.",
            hint="" if near else f"`get {view.resource.plural}` lists those that exist.",
            suggestions=tuple(map(line, near)),
        ) from None


async def near_misses(cluster: ClusterReader, view: View[Any], name: str, namespace: str) -> list[str]:
    """Names of existing objects that are nearly *name*."""
    existing = [item.metadata.name for item in await cluster.list(view.struct, namespace)]
    return get_close_matches(name, existing, n=3, cutoff=0.6)
