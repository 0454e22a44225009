"""backup create: pack an instance's folder, verify the archive, and keep it with its checksum."""

from datetime import datetime

from bot.commands import names
from bot.commands.backups import find
from bot.commands.backups.denial import READS as DENIAL_READS
from bot.commands.backups.running import READS, follow, start, started, watched
from bot.commands.backups.stalling import stop
from bot.commands.backups.task import BACKUPS, PATIENCE, Mount, Task, Work, job_name, stamp
from bot.commands.names import Namespace, namespace_flag
from bot.commands.storage.backend import Instance, here, reading
from bot.commands.workloads.marking import timestamp
from bot.model.backup import Backup
from bot.model.counting import counted
from bot.model.durations import spoken
from bot.model.plan import Fact, Observed, Phase, Plan, Progress, Step
from bot.model.refs import ObjectRef
from bot.model.sizes import shown
from bot.model.storage import InstanceUsage
from bot.ports import ReadOnly
from bot.spec import Args, Change, Context, Risk, access, positional

SHOWN_DIGITS = 12
"""Of a checksum on a card: enough to compare by eye; `backup show` has it whole."""


class BackupCreateArgs(Args):
    """Of what."""

    instance: Instance = positional("instance to back up", metavar="INSTANCE", completes="instance")
    namespace: Namespace = namespace_flag()


async def plan(args: BackupCreateArgs, ctx: Context) -> Plan:
    """Say what is packed, and whether there is room for it. Raises NotFound."""
    namespace = args.namespace or ctx.namespace
    usage = await find.instance(ctx.on, args.instance, lambda near: _line(near, namespace))
    task = _task(args.instance, ctx)
    free_bytes = max((node.available_bytes for node in await here(ctx).nodes()), default=0)
    last = next((one for one in await here(ctx).backups() if one.instance == args.instance), None)
    target = ObjectRef("instance", args.instance, namespace, ctx.on.cluster.name)
    return Plan(
        command=COMMAND.name,
        line=_line(args.instance, namespace),
        namespace=namespace,
        steps=(Step(target, {}, task.stored()),),
        title=f"Back up {args.instance}",
        doing=f"Backing up {args.instance}",
        done=f"Backed up {args.instance}",
        facts=(
            Fact("Instance", f"{shown(usage.used_bytes)} in {counted(usage.used_files, 'file')}"),
            Fact("Backup", f"{task.environment['ID']} · {shown(free_bytes)} free"),
            Fact("Last backup", last_backup(last, ctx.now)),
            Fact("Away", "nothing: it keeps running; files that change meanwhile may be caught half-written"),
            Fact("Database", "is not part of it"),
        ),
        warnings=_warnings(usage, free_bytes),
        patience=PATIENCE,
        subject=args.instance,
    )


def _task(instance: str, ctx: Context) -> Task:
    places, identity = ctx.on.places, f"{instance}-{stamp(ctx.now)}"
    return Task(
        work=Work.BACKUP,
        job=job_name(Work.BACKUP, instance, ctx.now),
        instance=instance,
        environment={"INSTANCE": instance, "ID": identity, "AT": timestamp(ctx.now)},
        mounts=(
            Mount("instance", places.folder_of(instance), "/instance", read_only=True),
            Mount(BACKUPS, places.backups, "/backups", read_only=False),
        ),
        image=places.image,
        service_account=places.service_account,
    )


def _line(instance: str, namespace: str) -> str:
    return names.line("backup", "create", instance, namespace=namespace)


def last_backup(last: Backup | None, now: datetime) -> str:
    """`3 h ago, 2.1 GiB`, or that there is none."""
    return f"{spoken(now - last.at)} ago, {shown(last.size_bytes)}" if last else "none yet"


def _warnings(usage: InstanceUsage, free_bytes: int) -> tuple[str, ...]:
    if free_bytes >= usage.used_bytes:
        return ()
    return (f"It uses {shown(usage.used_bytes)}, and {shown(free_bytes)} are free: packed it may not fit",)


async def observe(step: Step, on: ReadOnly) -> Observed:
    """Only that it is there: its files may change at any time. Raises NotFound."""
    await reading(on).usage(step.target.name)
    return Observed({})


async def progress(step: Step, on: ReadOnly, now: datetime) -> Progress:
    """The Job, and in the end the backup itself as the storage nodes list it."""
    return await follow(step, on, now, succeeded=_packed, gone=_packed)


async def _packed(task: Task, on: ReadOnly) -> Progress:
    identity = task.environment["ID"]
    found = next((one for one in await reading(on).backups() if one.id == identity), None)
    if found is None:
        reason = f"job/{task.job} has ended or is gone, and there is no backup {identity}"
        return Progress(Phase.STALLED, "no backup", reason=reason, has_failed=True)
    return Progress(Phase.DONE, f"{identity} · {shown(found.size_bytes)} · sha256 {found.sha256[:SHOWN_DIGITS]}…")


COMMAND = Change(
    name="backup create",
    summary="Back up an instance's folder by a Job, with a checksum.",
    args=BackupCreateArgs,
    plan=plan,
    observe=observe,
    apply=start,
    effect=started,
    progress=progress,
    stop=stop,
    watches=watched,
    access=(access("batch", ["jobs"], ["create", "delete", "get"]),),
    needs=lambda _: (access("batch", ["jobs"], ["create", "get"]),),
    reads=(*READS, *DENIAL_READS),
    risk=Risk.CHANGE,
    examples=('backup create acme --reason "before the upgrade"', "backup create globex"),
    area="Backups",
)
