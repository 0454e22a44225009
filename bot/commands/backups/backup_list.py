"""backup list: the backups that exist, the Jobs under way, and who should have one and has not."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.commands import names
from bot.commands.backups import find
from bot.commands.backups.backup_create import SHOWN_DIGITS
from bot.commands.backups.task import BOT, MANAGED_BY
from bot.commands.names import Namespace, namespace_flag
from bot.commands.storage.backend import Instance, here
from bot.model.backup import Backup
from bot.model.counting import counted
from bot.model.durations import age, spoken
from bot.model.kube.jobs import Job
from bot.model.reply import Button, Part, Reply, Table, Text, Tone
from bot.model.sizes import shown
from bot.spec import Args, Context, Listing, Query, access, positional


class BackupListArgs(Args):
    """Whose."""

    instance: Instance | None = positional("only of this one", default=None, metavar="INSTANCE", completes="instance")
    namespace: Namespace = namespace_flag()


async def run(args: BackupListArgs, ctx: Context) -> Reply:
    """Ask a storage node, and the cluster for Jobs."""
    storage = here(ctx)
    everybody = [usage.name for usage in await storage.usages()]
    if args.instance is not None:
        await find.instance(ctx.on, args.instance, lambda near: names.line("backup", "list", near))
    whose = [args.instance] if args.instance is not None else everybody
    found = [one for one in await storage.backups() if args.instance in (None, one.instance)]
    late = overdue(whose, found, ctx.now, ctx.on.places.overdue_after)
    namespace = args.namespace or ctx.namespace
    jobs = await ctx.on.cluster.list(Job, namespace, selector=f"{MANAGED_BY}={BOT}")
    parts = [_table(found, ctx.now, namespace)] if found else []
    return Reply(
        headline=_headline(len(found), args.instance, len(late)),
        parts=(*parts, *_jobs(jobs, ctx.now), *([Text(f"Overdue: {', '.join(late)}")] if late else [])),
        tone=Tone.WARNING if late else Tone.PLAIN,
    )


def overdue(instances: Iterable[str], backups: Sequence[Backup], now: datetime, after: timedelta) -> list[str]:
    """Instances that have no backup, or whose newest is older than *after*; zero: of any age."""
    newest: dict[str, datetime] = {}
    for backup in backups:
        newest[backup.instance] = max(backup.at, newest.get(backup.instance, backup.at))
    return [
        f"{name} ({spoken(now - newest[name])} old)" if name in newest else f"{name} (no backup yet)"
        for name in sorted(instances)
        if name not in newest or (after and now - newest[name] > after)
    ]


def _headline(count: int, instance: str | None, late: int) -> str:
    backups = counted(count, "backup")
    whose = f" of {instance}" if instance else ""
    if not late:
        return f"{backups}{whose}"
    return f"{backups}{whose}, overdue" if instance else f"{backups}, {counted(late, 'instance')} overdue"


def _table(backups: Sequence[Backup], now: datetime, namespace: str) -> Table:
    return Table(
        columns=("ID", "INSTANCE", "SIZE", "AGE", "SHA256"),
        rows=tuple(
            (one.id, one.instance, shown(one.size_bytes), age(now - one.at), one.sha256[:SHOWN_DIGITS])
            for one in backups
        ),
        row_buttons=tuple(
            (Button(f"Restore {one.id}…", names.line("backup", "restore", one.id, namespace=namespace)),)
            for one in backups
        ),
        file_name="backups.txt",
    )


def _jobs(jobs: Sequence[Job], now: datetime) -> list[Part]:
    if not jobs:
        return []
    rows = tuple(_job(job, now) for job in sorted(jobs, key=lambda job: job.metadata.name))
    return [Table(columns=("JOB", "STATUS", "AGE"), rows=rows)]


def _job(job: Job, now: datetime) -> tuple[str, str, str]:
    status = "Complete" if job.completion else "Failed" if job.failure else "Running"
    made = job.metadata.creation_timestamp
    return job.metadata.name, status, age(now - made) if made else ""


COMMAND = Query(
    name="backup list",
    summary="List backups, the newest first, and instances that are overdue.",
    args=BackupListArgs,
    run=run,
    options=Listing,
    access=(access("batch", ["jobs"], ["list"]),),
    examples=("backup list", "backup list acme"),
    area="Backups",
)
