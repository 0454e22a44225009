"""What the storage commands share: the backend, the rights, and how usage is told."""

from typing import Annotated

from pydantic import AfterValidator

from bot.errors import BadArguments, Denied
from bot.model import bars
from bot.model.sizes import shown
from bot.model.storage import InstanceUsage
from bot.ports import Backends, ReadOnly, Storage, StorageReader
from bot.spec import Context, access

GROUP = "chatops.saas.io"
"""API group of what Kubernetes does not know itself; RBAC answers for it all the same."""

READ = access(GROUP, ["quotas"], ["get"])
WRITE = access(GROUP, ["quotas"], ["get", "update"])


def _check(name: str) -> str:
    """The helper on the node holds to the same rule; here it becomes a sentence."""
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789_-")
    if not name or len(name) > 63 or name[0] in "_-" or not set(name) <= allowed:
        raise ValueError(f"“{name[:80]}” is not an instance's name: small letters, digits, - and _")
    return name


Instance = Annotated[str, AfterValidator(_check)]


def here(ctx: Context) -> StorageReader:
    """The storage, for a channel that may speak of the instances. Raises Denied, BadArguments where none is configured.

    The file system knows no namespaces: without this, a channel bound to any of them could change every instance.
    """
    storage = reading(ctx.on)
    if ctx.namespace != storage.namespace:
        raise Denied(
            f"The instances live in namespace {storage.namespace}, not in {ctx.namespace}. Nothing was done.",
            hint=f"Ask in a channel whose own namespace is {storage.namespace}.",
        )
    return storage


def reading(on: ReadOnly) -> StorageReader:
    """The storage. Raises BadArguments where none is configured."""
    if on.storage is None:
        raise _missing()
    return on.storage


def writing(on: Backends) -> Storage:
    """The storage with its writes. Raises BadArguments where none is configured."""
    if on.storage is None:
        raise _missing()
    return on.storage


def _missing() -> BadArguments:
    return BadArguments("No storage nodes are configured. Nothing was done.", hint="docs/storage.md says how to.")


def quota_shown(quota_bytes: int) -> str:
    """`10 GiB`, or `unlimited`."""
    return shown(quota_bytes) if quota_bytes else "unlimited"


def share_shown(usage: InstanceUsage) -> str:
    """`82%`, or `-` where there is no quota."""
    return "-" if usage.share is None else f"{usage.share:.0%}"


def bar(share: float | None) -> str:
    """`▓▓▓▓▓▓▓▓░░`; empty where there is no quota."""
    return "" if share is None else bars.bar(share)
