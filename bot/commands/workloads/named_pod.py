"""The one pod that a change names, or what may have been meant instead."""

from collections.abc import Callable
from difflib import get_close_matches

from bot.commands.namespaces import READS as NAMESPACE_READS
from bot.commands.namespaces import refuse_unknown
from bot.errors import NotFound
from bot.model.kube.pods import Pod
from bot.ports import ClusterReader
from bot.spec import access

READS = (access("", ["pods"], ["list"]), *NAMESPACE_READS)
"""What near misses are found with."""


async def find_pod(cluster: ClusterReader, name: str, namespace: str, line: Callable[[str], str]) -> Pod:
    """Read it. Raises NotFound that offers *line* of each near miss."""
    try:
        return await cluster.get(Pod, name, namespace)
    except NotFound:
        await refuse_unknown(cluster, namespace)
        existing = [pod.metadata.name for pod in await cluster.list(Pod, namespace)]
        near = get_close_matches(name, existing, n=3, cutoff=0.6)
        raise NotFound(
            f"No pod “{name}” in {namespace}. Nothing was done.",
            hint="" if near else "`get pods` lists those that exist.",
            suggestions=tuple(map(line, near)),
        ) from None
