"""backup show: one backup, whole."""

from bot.commands import names
from bot.commands.backups import find
from bot.commands.backups.find import BackupId
from bot.commands.names import Namespace, namespace_flag
from bot.model.durations import spoken
from bot.model.plan import Fact
from bot.model.reply import Button, Buttons, Facts, Reply
from bot.model.sizes import exact
from bot.spec import Args, Context, Query, access, positional


class BackupShowArgs(Args):
    """Which."""

    id: BackupId = positional(
        "id of the backup, as `backup list` shows it", metavar="ID", title="Backup", completes="backup"
    )
    namespace: Namespace = namespace_flag()


async def run(args: BackupShowArgs, ctx: Context) -> Reply:
    """Ask a storage node. Raises NotFound with near misses."""
    found = await find.backup(ctx.on, args.id, lambda near: names.line("backup", "show", near))
    restore = names.line("backup", "restore", found.id, namespace=args.namespace or ctx.namespace)
    facts = Facts(
        (
            Fact("Instance", found.instance),
            Fact("Made", f"{found.at:%Y-%m-%d %H:%M:%S} UTC"),
            Fact("Size", exact(found.size_bytes)),
            Fact("SHA-256", found.sha256),
            Fact("Archive", f"{ctx.on.places.backups}/{found.instance}/{found.id}.tar.gz"),
        )
    )
    return Reply(
        headline=f"{found.id} is {spoken(ctx.now - found.at)} old",
        parts=(facts, Buttons((Button("Restore…", restore),))),
    )


COMMAND = Query(
    name="backup show",
    summary="Show one backup: of what, when, how large, and its checksum.",
    args=BackupShowArgs,
    run=run,
    access=(access("batch", ["jobs"], ["list"]),),
    examples=("backup show acme-20261123-141730",),
    area="Backups",
)
