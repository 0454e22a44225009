"""An empty answer is only honest about a namespace that exists."""

from difflib import get_close_matches

from bot.errors import Denied, NotFound
from bot.model.kube.nodes import Namespace
from bot.ports import ClusterReader
from bot.spec import access

READS = (access("", ["namespaces"], ["get", "list"]),)
"""What `refuse_unknown` reads on the bot's own account."""


async def refuse_unknown(cluster: ClusterReader, namespace: str) -> None:
    """Raise NotFound, with near misses, where there is no such namespace; not sure counts as known."""
    if not namespace:
        return
    try:
        await cluster.get(Namespace, namespace)
    except Denied:
        return
    except NotFound:
        existing = [one.metadata.name for one in await cluster.list(Namespace)]
        near = get_close_matches(namespace, existing, n=3, cutoff=0.6)
        hint = f"Did you mean {', '.join(near)}?" if near else "`-n` takes the name of a namespace that exists."
        raise NotFound(f"There is no namespace “{namespace}”. Nothing was done.", hint=hint) from None
