"""The steps of a restore, each a write to one object: stop, put the data back, set its quota again, start.

Which one a step is follows from its target and what it sets; each is observed, written and followed in its own way.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from msgspec import structs

from bot.commands.backups.running import follow, start, started, watched
from bot.commands.backups.task import Task
from bot.commands.storage.backend import quota_shown, reading, writing
from bot.commands.workloads.find import reread
from bot.commands.workloads.following import follow_rollout
from bot.commands.workloads.marking import effect_on_workload, marked
from bot.commands.workloads.observing import observe_workload
from bot.commands.workloads.pods import pods_of
from bot.model.backup import Backup
from bot.model.plan import Effect, Mark, Observed, Phase, Progress, Step
from bot.model.refs import ObjectRef
from bot.ports import Backends, ReadOnly

AUDIT_ID = "chatops.saas.io/audit-id"
"""Annotation that tells two writes of one operation to one object apart: the stop and the start."""


def identified(backup: Backup) -> str:
    """`acme-20261123-141730 (b08f85224b78)`: which one was approved, and that it is still that one."""
    return f"{backup.id} ({backup.sha256[:12]})"


async def _backup_now(step: Step, on: ReadOnly) -> str | None:
    """The backup of the id that was approved; None when it is gone."""
    wanted = step.observed["backup"].partition(" ")[0]
    return next((identified(one) for one in await reading(on).backups() if one.id == wanted), None)


async def observe_stop(step: Step, on: ReadOnly) -> Observed:
    """The workload, and the backup too: nothing is stopped for what cannot be restored. Raises NotFound."""
    workload = await observe_workload(step, on)
    return structs.replace(workload, fields={**workload.fields, "backup": await _backup_now(step, on)})


async def observe_swap(step: Step, on: ReadOnly) -> Observed:
    """The backup that was approved must be there, and be the same; so must the quota, which goes with the old folder.

    Raises NotFound when the instance is gone.
    """
    usage = await reading(on).usage(step.target.name)
    return Observed({"backup": await _backup_now(step, on), "quota": quota_shown(usage.quota_bytes)})


async def observe_quota(step: Step, on: ReadOnly) -> Observed:
    """Nothing to compare: the folder that was put back is new, and has no quota yet."""
    await reading(on).usage(step.target.name)
    return Observed({})


async def scale(step: Step, on: Backends, mark: Mark) -> None:
    """Write the replica count with both marks (raises Conflict when the version moved)."""
    body = marked(step, mark, {"spec": {"replicas": step.desired["replicas"]}})
    body["metadata"]["annotations"][AUDIT_ID] = mark.audit_id
    await on.cluster.merge_patch(step.target, body, audit_id=mark.audit_id)


async def was_started(step: Step, on: ReadOnly, mark: Mark) -> Effect:
    """The operation's mark stands there since the stop, so this write's own is looked for. A count may be set again."""
    workload = await reread(on.cluster, step.target)
    own = workload.metadata.annotations.get(AUDIT_ID) == mark.audit_id
    return Effect.PRESENT if own else Effect.ABSENT


async def follow_stop(step: Step, on: ReadOnly, now: datetime) -> Progress:
    """Until the last pod is gone: one that is still stopping still writes."""
    del now
    workload = await reread(on.cluster, step.target)
    left = len(await pods_of(on.cluster, workload))
    return Progress(Phase.RUNNING, f"stopping, {left} left") if left else Progress(Phase.DONE, "stopped")


async def follow_swap(step: Step, on: ReadOnly, now: datetime) -> Progress:
    """The Job, and whether it ended well."""
    return await follow(step, on, now, succeeded=_swapped, gone=_unseen)


async def _swapped(task: Task, on: ReadOnly) -> Progress:
    del on
    return Progress(Phase.DONE, f"restored from {task.environment['ID']}")


async def _unseen(task: Task, on: ReadOnly) -> Progress:
    """Nobody looked for as long as a finished Job is kept, or somebody deleted it."""
    del on
    kept = f"{task.environment['FOLDER']}.replaced-{task.environment['STAMP']}"
    reason = f"job/{task.job} is gone before it was seen to end. The data was replaced if {kept} exists; look there"
    return Progress(Phase.STALLED, "not sure whether it was restored", reason=reason)


async def set_quota(step: Step, on: Backends, mark: Mark) -> None:
    """Set the absolute number, also below what the restored data uses: it was so before. A new folder has no limit."""
    del mark
    if step.desired["quota"]:
        await writing(on).set_quota(step.target.name, step.desired["quota"], below_usage=True)


async def has_quota(step: Step, on: ReadOnly, mark: Mark) -> Effect:
    """The value stands for itself, and may be set again."""
    del mark
    now = (await reading(on).usage(step.target.name)).quota_bytes
    return Effect.PRESENT if now == step.desired["quota"] else Effect.ABSENT


async def follow_quota(step: Step, on: ReadOnly, now: datetime) -> Progress:
    """It holds as soon as it is set."""
    del on, now
    return Progress(Phase.DONE, f"quota {quota_shown(step.desired['quota'])}")


@dataclass(frozen=True)
class Kind:
    """One kind of step."""

    observe: Callable[[Step, ReadOnly], Awaitable[Observed]]
    apply: Callable[[Step, Backends, Mark], Awaitable[None]]
    effect: Callable[[Step, ReadOnly, Mark], Awaitable[Effect]]
    progress: Callable[[Step, ReadOnly, datetime], Awaitable[Progress]]
    watches: Callable[[Step], tuple[ObjectRef, ...]]


STOP = Kind(observe_stop, scale, effect_on_workload, follow_stop, lambda step: (step.target,))
START = Kind(observe_workload, scale, was_started, follow_rollout, lambda step: (step.target,))
SWAP = Kind(observe_swap, start, started, follow_swap, watched)
QUOTA = Kind(observe_quota, set_quota, has_quota, follow_quota, lambda step: ())


def kind_of(step: Step) -> Kind:
    """What *step* is."""
    match step.target.kind:
        case "instance":
            return SWAP
        case "quota":
            return QUOTA
        case _:
            return START if step.desired["replicas"] else STOP
