"""backup prune: delete old backups, after everybody has seen which ones."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from bot.commands import names
from bot.commands.backups import find
from bot.commands.backups.denial import READS as DENIAL_READS
from bot.commands.backups.retention import superfluous
from bot.commands.backups.running import READS, follow, start, started, watched
from bot.commands.backups.stalling import stop
from bot.commands.backups.task import BACKUPS, BOT, MANAGED_BY, PATIENCE, Mount, Task, Work, job_name, task_of
from bot.commands.names import Namespace, namespace_flag
from bot.commands.spans import check_span, span
from bot.commands.storage.backend import Instance, here, reading
from bot.errors import AlreadySo
from bot.model.backup import Backup
from bot.model.counting import counted
from bot.model.durations import spoken
from bot.model.kube.jobs import Job
from bot.model.operation import OPEN
from bot.model.plan import Fact, Observed, Phase, Plan, Progress, Step
from bot.model.refs import ObjectRef
from bot.model.sizes import shown
from bot.ports import ReadOnly
from bot.spec import Args, Change, Context, Risk, access, flag, positional

KEEP = 7
"""A week of daily backups."""
AT_ONCE = 500
"""Deleted by one request: their names go into one variable of a Job, and a person shall be able to read them."""
OPERATIONS = 500
"""Open ones that are looked at; the bot holds no more at once."""
EVERY = "backups"
"""What an approver types where no instance is named."""


class BackupPruneArgs(Args):
    """Whose, and which."""

    instance: Instance | None = positional("only of this one", default=None, metavar="INSTANCE", completes="instance")
    keep: Annotated[int, Field(ge=1, le=1000)] = flag(
        "newest ones of each instance that stay in any case", default=KEEP, metavar="N"
    )
    older_than: Annotated[str, AfterValidator(check_span)] = flag(
        "only those older than this: 30d, 12h", default="", metavar="SPAN"
    )
    namespace: Namespace = namespace_flag()

    @model_validator(mode="after")
    def _not_of_no_age(self) -> "BackupPruneArgs":
        if self.older_than and span(self.older_than) == timedelta(0):
            raise ValueError("--older-than 0 means every age; leave it out")
        return self


async def plan(args: BackupPruneArgs, ctx: Context) -> Plan:
    """Say which backups go, and what of each instance stays. Raises NotFound, AlreadySo."""
    namespace = args.namespace or ctx.namespace
    storage = here(ctx)
    if args.instance is not None:
        await find.instance(ctx.on, args.instance, lambda near: _line(args, near, namespace))
    known = [one for one in await storage.backups() if args.instance in (None, one.instance)]
    in_use = await _in_use(ctx)
    doomed = superfluous(known, ctx.now, keep=args.keep, older_than=span(args.older_than), in_use=in_use)
    if not doomed:
        raise AlreadySo(f"There is no backup to delete beside those that stay: {_kept(args)}. Nothing was changed.")
    going = doomed[:AT_ONCE]
    whose = sorted({one.instance for one in going})
    subject = args.instance or EVERY
    of = f"{counted(len(going), 'backup')} of {whose[0] if len(whose) == 1 else counted(len(whose), 'instance')}"
    kind = "instance" if args.instance else "storage"
    target = ObjectRef(kind, subject, namespace, ctx.on.cluster.name)
    return Plan(
        command=COMMAND.name,
        line=_line(args, args.instance, namespace),
        namespace=namespace,
        steps=(Step(target, {"backups to delete": ALL_THERE}, _task(going, args.instance, ctx).stored()),),
        title=f"Delete {of}",
        doing=f"Deleting {of}",
        done=f"Deleted {of}",
        facts=(
            Fact("Frees", f"{shown(sum(one.size_bytes for one in going))}; nothing brings them back"),
            Fact("Stay", f"{counted(len(known) - len(going), 'backup')}: {_kept(args)}"),
            Fact("Oldest", f"{going[0].id}, {spoken(ctx.now - going[0].at)} old"),
            Fact("Newest", f"{going[-1].id}, {spoken(ctx.now - going[-1].at)} old"),
        ),
        warnings=_warnings(len(doomed) - len(going), sorted(in_use & {one.id for one in known})),
        diff="\n".join(f"- {one.id}  {shown(one.size_bytes)}" for one in going),
        patience=PATIENCE,
        subject=subject,
    )


def _line(args: BackupPruneArgs, instance: str | None, namespace: str) -> str:
    older = ["--older-than", args.older_than] if args.older_than else []
    whose = [instance] if instance else []
    return names.line("backup", "prune", *whose, "--keep", str(args.keep), *older, namespace=namespace)


def _kept(args: BackupPruneArgs) -> str:
    newest = f"the newest {args.keep}" if args.keep > 1 else "the newest"
    return f"{newest} of each instance{f' and all younger than {args.older_than}' if args.older_than else ''}"


def _warnings(left: int, in_use: list[str]) -> tuple[str, ...]:
    more = (f"{left} more could go: ask again when these are deleted",) if left else ()
    used = (f"Spared, for a restore needs it: {', '.join(in_use)}",) if in_use else ()
    return (*more, *used)


async def _in_use(ctx: Context) -> set[str]:
    """Backups that a restore has been asked for, or is under way with."""
    asked = await ctx.operations.operations(states=OPEN, limit=OPERATIONS)
    steps = [step for one in asked if one.plan.command == "backup restore" for step in one.plan.steps]
    return {str(step.desired["environment"]["ID"]) for step in steps if "environment" in step.desired}


def _task(doomed: list[Backup], instance: str | None, ctx: Context) -> Task:
    places = ctx.on.places
    return Task(
        work=Work.PRUNE,
        job=job_name(Work.PRUNE, instance or "all", ctx.now),
        instance=instance or "all",
        environment={"DOOMED": " ".join(f"{one.instance}/{one.id}" for one in doomed)},
        mounts=(Mount(BACKUPS, places.backups, "/backups", read_only=False),),
        image=places.image,
        service_account=places.service_account,
    )


ALL_THERE = "none is needed"
"""What must still be so when they are deleted, as drift tells it."""


async def observe(step: Step, on: ReadOnly) -> Observed:
    """None of them has become an instance's newest, and none is being restored."""
    doomed = _doomed(task_of(step))
    known = await reading(on).backups()
    newest = {one.instance: one.id for one in sorted(known, key=lambda one: one.at)}
    needed = sorted(doomed & (set(newest.values()) | await _restoring(on, step.target.namespace)))
    return Observed({"backups to delete": f"{', '.join(needed)} needed" if needed else ALL_THERE})


def _doomed(task: Task) -> set[str]:
    return {one.partition("/")[2] for one in task.environment["DOOMED"].split()}


async def _restoring(on: ReadOnly, namespace: str) -> set[str]:
    """What the Jobs of restores read from now."""
    jobs = await on.cluster.list(Job, namespace, selector=f"app={Work.RESTORE},{MANAGED_BY}={BOT}")
    running = [job for job in jobs if not (job.completion or job.failure)]
    containers = [container for job in running for container in job.spec.template.spec.containers]
    return {entry.value for container in containers for entry in container.env if entry.name == "ID"}


async def progress(step: Step, on: ReadOnly, now: datetime) -> Progress:
    """The Job, and in the end the list of what is left."""
    return await follow(step, on, now, succeeded=_deleted, gone=_deleted)


async def _deleted(task: Task, on: ReadOnly) -> Progress:
    doomed = _doomed(task)
    left = sorted(doomed & {one.id for one in await reading(on).backups()})
    if not left:
        return Progress(Phase.DONE, f"{counted(len(doomed), 'backup')} deleted")
    reason = f"job/{task.job} has ended or is gone, and {counted(len(left), 'backup')} of {len(doomed)} are still there"
    return Progress(Phase.STALLED, "not all deleted", reason=f"{reason}: {', '.join(left[:3])}")


COMMAND = Change(
    name="backup prune",
    summary="Delete old backups; each instance keeps its newest.",
    args=BackupPruneArgs,
    plan=plan,
    observe=observe,
    apply=start,
    effect=started,
    progress=progress,
    stop=stop,
    watches=watched,
    access=(access("batch", ["jobs"], ["create", "delete", "get"]),),
    needs=lambda _: (access("batch", ["jobs"], ["create", "get"]),),
    reads=(*READS, *DENIAL_READS, access("batch", ["jobs"], ["list"])),
    risk=Risk.DESTROY,
    area="Backups",
    examples=(
        'backup prune --older-than 30d --reason "quarterly clean-up"',
        "backup prune acme --keep 3",
    ),
)
