"""backup restore: put an instance's folder back to what a backup holds, and keep what that replaces."""

from datetime import datetime

from msgspec import structs

from bot.commands import names
from bot.commands.backups import find, stalling
from bot.commands.backups.backup_create import last_backup
from bot.commands.backups.denial import READS as DENIAL_READS
from bot.commands.backups.find import BackupId
from bot.commands.backups.restoring import SWAP, identified, kind_of
from bot.commands.backups.running import READS
from bot.commands.backups.task import BACKUPS, PATIENCE, Mount, Task, Work, job_name, stamp
from bot.commands.names import Namespace, namespace_flag
from bot.commands.storage.backend import Instance, here, quota_shown
from bot.commands.workloads.find import ref_of
from bot.commands.workloads.observing import fields_of
from bot.errors import NotFound
from bot.model.backup import Backup
from bot.model.counting import counted
from bot.model.durations import spoken
from bot.model.kube.workloads import Deployment
from bot.model.plan import Effect, Fact, Mark, Observed, Plan, Progress, Step, Waits
from bot.model.refs import ObjectRef
from bot.model.sizes import shown
from bot.model.storage import InstanceUsage
from bot.ports import Backends, ReadOnly
from bot.spec import Args, Change, Context, Risk, access, flag, positional

RUNNING = access("apps", ["deployments"], ["get", "patch"])
"""What stops and starts the instance."""
OLD_DAYS = 2
"""Past this, a restore loses more than people expect."""


class BackupRestoreArgs(Args):
    """What, and where to."""

    id: BackupId = positional(
        "id of the backup, as `backup list` shows it", metavar="ID", title="Backup", completes="backup"
    )
    to: Instance | None = flag(
        "instance to restore to, by default its own",
        default=None,
        metavar="INSTANCE",
        title="Restore to",
        completes="instance",
    )
    namespace: Namespace = namespace_flag()


async def plan(args: BackupRestoreArgs, ctx: Context) -> Plan:
    """Say what is replaced by what, and for how long the instance is away. Raises NotFound."""
    namespace = args.namespace or ctx.namespace
    backup = await find.backup(ctx.on, args.id, lambda near: _line(near, args.to, namespace))
    instance = args.to or backup.instance
    usage = await find.instance(ctx.on, instance, lambda near: _line(args.id, near, namespace))
    deployment = await _deployment(ctx.on, instance, namespace)
    free_bytes = max((node.available_bytes for node in await here(ctx).nodes()), default=0)
    task = _task(backup, instance, ctx)
    return Plan(
        command=COMMAND.name,
        line=_line(backup.id, args.to, namespace),
        namespace=namespace,
        steps=_steps(task, backup, usage, deployment, ObjectRef("instance", instance, namespace, ctx.on.cluster.name)),
        title=f"Restore {instance} from {backup.id}",
        doing=f"Restoring {instance} from {backup.id}",
        done=f"Restored {instance} from {backup.id}",
        facts=(
            Fact(
                "Replaces", f"{shown(usage.used_bytes)} in {counted(usage.used_files, 'file')}: all of {instance} now"
            ),
            Fact("By", f"backup of {backup.instance}, {spoken(ctx.now - backup.at)} old, {shown(backup.size_bytes)}"),
            Fact(
                "Kept", f"{task.environment['FOLDER']}.replaced-{task.environment['STAMP']}, until somebody deletes it"
            ),
            Fact("Away", _away(deployment)),
            Fact("Free", f"{shown(free_bytes)}; both copies lie side by side"),
            Fact("Database", "is not part of it, and stays as it is now"),
        ),
        warnings=tuple(await _warnings(ctx, backup, usage, free_bytes)),
        patience=PATIENCE,
        subject=instance,
    )


def _line(identity: str, to: str | None, namespace: str) -> str:
    return names.line("backup", "restore", identity, *(["--to", to] if to else []), namespace=namespace)


async def _deployment(on: ReadOnly, instance: str, namespace: str) -> Deployment | None:
    """What runs the instance, where something does."""
    try:
        return await on.cluster.get(Deployment, on.places.deployment_of(instance), namespace)
    except NotFound:
        return None


def _task(backup: Backup, instance: str, ctx: Context) -> Task:
    places = ctx.on.places
    return Task(
        work=Work.RESTORE,
        job=job_name(Work.RESTORE, instance, ctx.now),
        instance=instance,
        environment={
            "FOLDER": f"{places.prefix}{instance}",
            "SOURCE": backup.instance,
            "ID": backup.id,
            "SHA256": backup.sha256,
            "STAMP": stamp(ctx.now),
        },
        mounts=(
            # The parent, since a folder can be renamed only inside of what is mounted.
            Mount("instances", places.instances, "/instances", read_only=False),
            Mount(BACKUPS, places.backups, "/backups", read_only=True),
        ),
        image=places.image,
        service_account=places.service_account,
    )


def _steps(
    task: Task, backup: Backup, usage: InstanceUsage, deployment: Deployment | None, target: ObjectRef
) -> tuple[Step, ...]:
    """Stop, put back, set the quota (a new folder has none), start: each waits for the one before it.

    The quota is one of the targets also where there is none: nobody sets one meanwhile on the folder that goes.
    What is stopped already is stopped once more: nobody starts it meanwhile, and who did since it was planned is seen.
    """
    approved = {"backup": identified(backup)}
    swap = Step(target, {**approved, "quota": quota_shown(usage.quota_bytes)}, task.stored())
    quota = ObjectRef("quota", target.name, target.namespace, target.cluster)
    after = Step(quota, {}, {"quota": usage.quota_bytes}, Waits.DONE)
    if deployment is None:
        return (swap, after)
    ref = ref_of(deployment, target.cluster)
    stopped = (
        Step(ref, {**fields_of(deployment), **approved}, {"replicas": 0}),
        structs.replace(swap, waits=Waits.DONE),
        after,
    )
    if not deployment.spec.replicas:
        return stopped
    return (*stopped, Step(ref, {"uid": ref.uid}, {"replicas": deployment.spec.replicas}, Waits.ENDED))


def _away(deployment: Deployment | None) -> str:
    if deployment is None:
        return "nothing: no deployment of its name runs it"
    name, count = deployment.metadata.name, deployment.spec.replicas
    if not count:
        return f"deployment/{name} is stopped, and stays so"
    return f"deployment/{name} is stopped first, and started again with {counted(count, 'pod')}"


async def _warnings(ctx: Context, backup: Backup, usage: InstanceUsage, free_bytes: int) -> list[str]:
    found = []
    if backup.instance != usage.name:
        found.append(f"This is the data of {backup.instance}, not of {usage.name}")
    if (ctx.now - backup.at).days >= OLD_DAYS:
        found.append(f"Everything of the last {spoken(ctx.now - backup.at)} is gone from the instance")
    if free_bytes < usage.used_bytes:
        found.append(f"{shown(free_bytes)} are free, and the instance uses {shown(usage.used_bytes)}: it may not fit")
    newest = next(one for one in await here(ctx).backups() if one.instance == backup.instance)
    if newest.at > backup.at:
        found.append(f"There is a newer backup: {newest.id}, {last_backup(newest, ctx.now)}")
    return found


async def observe(step: Step, on: ReadOnly) -> Observed:
    """As its kind of step. Raises NotFound."""
    return await kind_of(step).observe(step, on)


async def apply(step: Step, on: Backends, mark: Mark) -> None:
    """As its kind of step."""
    await kind_of(step).apply(step, on, mark)


async def effect(step: Step, on: ReadOnly, mark: Mark) -> Effect:
    """As its kind of step."""
    return await kind_of(step).effect(step, on, mark)


async def progress(step: Step, on: ReadOnly, now: datetime) -> Progress:
    """As its kind of step."""
    return await kind_of(step).progress(step, on, now)


async def stop(step: Step, on: Backends, seen: Progress) -> Progress:
    """Only the Job: an instance that does not come up is for people to look at."""
    return await stalling.stop(step, on, seen) if kind_of(step) is SWAP else seen


COMMAND = Change(
    name="backup restore",
    summary="Replace an instance's data by a backup, and keep what was there.",
    args=BackupRestoreArgs,
    plan=plan,
    observe=observe,
    apply=apply,
    effect=effect,
    progress=progress,
    stop=stop,
    watches=lambda step: kind_of(step).watches(step),
    access=(access("batch", ["jobs"], ["create", "delete", "get"]), RUNNING),
    needs=lambda _: (access("batch", ["jobs"], ["create", "get"]), RUNNING),
    reads=(*READS, *DENIAL_READS, access("apps", ["replicasets"], ["list"])),
    risk=Risk.DESTROY,
    area="Backups",
    examples=(
        'backup restore acme-20261123-141730 --reason "deleted by mistake"',
        "backup restore acme-20261123-141730 --to globex",
    ),
)
