"""Start a task's Job once, and follow it: its status, what its pod says, and why it failed."""

import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from bot.commands.backups.denial import where_to_add
from bot.commands.backups.stalling import unmountable
from bot.commands.backups.task import CONTAINER, DEADLINE, Task, Work, job_body, task_of
from bot.commands.workloads.marking import OPERATION
from bot.errors import BotError, Conflict, Denied, NotFound
from bot.model.durations import spoken
from bot.model.kube.jobs import Job
from bot.model.kube.pods import Pod, Terminated
from bot.model.logs import LogQuery, LogSource
from bot.model.plan import Effect, Mark, Phase, Progress, Step
from bot.model.pod_trouble import Weight, exit_text, trouble
from bot.model.refs import ObjectRef
from bot.model.resources import JOB
from bot.ports import Backends, ReadOnly
from bot.spec import access

READS = (access("", ["pods"], ["list"]), access("", ["pods/log"], ["get"]), access("", ["events"], ["list"]))
"""What following a Job reads on the bot's own account."""

PHASES = ("packing", "verifying", "packed", "checking", "unpacking", "swapping", "swapped", "deleting", "deleted")
"""What the scripts tell. An instance's owner may give a file a name that tells something else."""
LAST_LINES = 20
"""Of a failed task's log: enough to find the reason among what tar warned of before it."""
SHOWN_LINES = 3
"""Of an error: tar says the reason last, and names at most a file or two before it."""


async def start(step: Step, on: Backends, mark: Mark) -> None:
    """Create the Job. One of that name that carries our mark is ours, from an earlier try (raises Conflict, Denied)."""
    body = job_body(task_of(step), mark)
    namespace = step.target.namespace
    try:
        await on.cluster.create(JOB, body, namespace=namespace, audit_id=mark.audit_id)
    except Conflict:
        if await started(step, on.reading, mark) is not Effect.PRESENT:
            raise
    except Denied as refusal:
        raise await where_to_add(refusal, on.cluster, namespace) from refusal


async def started(step: Step, on: ReadOnly, mark: Mark) -> Effect:
    """Look for the Job. None there: not started, or long over; then its second run finds what the first has done."""
    try:
        job = await on.cluster.get(Job, task_of(step).job, step.target.namespace)
    except NotFound:
        return Effect.ABSENT
    return Effect.PRESENT if job.metadata.annotations.get(OPERATION) == mark.operation else Effect.UNCLEAR


def watched(step: Step) -> tuple[ObjectRef, ...]:
    """The Job, whose changes and whose pod's make another look worth while."""
    return (ObjectRef("job", task_of(step).job, step.target.namespace, step.target.cluster),)


@dataclass(frozen=True)
class Said:
    """The end of a Job's log."""

    phase: str = ""
    """The last one that the script told; empty: none, or nothing could be read."""
    errors: tuple[str, ...] = ()


Concluding = Callable[[Task, ReadOnly], Awaitable[Progress]]
"""Says what has come of a Job."""


async def follow(step: Step, on: ReadOnly, now: datetime, *, succeeded: Concluding, gone: Concluding) -> Progress:
    """One look at the Job."""
    task = task_of(step)
    try:
        job = await on.cluster.get(Job, task.job, step.target.namespace)
    except NotFound:
        return await gone(task, on)
    if job.completion is not None:
        return await succeeded(task, on)
    pod = await _pod_of(job, on)
    said = await _said(pod, on) if pod is not None else Said()
    if job.failure is not None:
        return failed(task, job.failure.reason, pod, said)
    if said.phase:
        return Progress(Phase.RUNNING, said.phase)
    if pod is not None and (why := await unmountable(pod, task, on, now)):
        return _does_not_start(task, why)
    return _starting(task, pod)


def failed(task: Task, reason: str, pod: Pod | None, said: Said) -> Progress:
    """Why, with the last words of the log; a restore also says whether the instance was touched."""
    why = " ".join(said.errors) or (exit_text(ended) if pod and (ended := _ended(pod)) else reason)
    if reason == "DeadlineExceeded":
        why = f"It was stopped after {spoken(DEADLINE)}, its limit. {why}".strip()
    left = LEFT[task.work](task, said)
    reason = f"job/{task.job} failed: {why.rstrip('.')}. {left}"
    return Progress(Phase.STALLED, "failed", reason=reason, has_failed=True)


def _after_backup(task: Task, said: Said) -> str:
    del said
    return f"No backup of {task.instance} was made; earlier ones are as they were."


def _after_restore(task: Task, said: Said) -> str:
    if said.phase in ("checking", "unpacking"):
        return f"The data of {task.instance} is as it was."
    return f"Not sure whether the data of {task.instance} was replaced: look at its folder."


def _after_deletion(task: Task, said: Said) -> str:
    del task, said
    return "Some may be deleted: `backup list` shows what is left. Ask again for the rest."


LEFT = {Work.BACKUP: _after_backup, Work.RESTORE: _after_restore, Work.PRUNE: _after_deletion}


def _starting(task: Task, pod: Pod | None) -> Progress:
    found = trouble(pod) if pod is not None else None
    if found is not None and found.weight is Weight.HOPELESS:
        return _does_not_start(task, found.line)
    return Progress(Phase.RUNNING, f"waiting for {found.line}" if found else "starting")


def _does_not_start(task: Task, why: str) -> Progress:
    return Progress(Phase.STALLED, "does not start", reason=f"job/{task.job} does not start: {why}", has_failed=True)


async def _pod_of(job: Job, on: ReadOnly) -> Pod | None:
    selector = job.spec.selector.text or f"job-name={job.metadata.name}"
    pods = await on.cluster.list(Pod, job.metadata.namespace, selector=selector)
    return max(pods, key=lambda pod: (pod.metadata.creation_timestamp is not None, pod.metadata.name), default=None)


def _ended(pod: Pod) -> Terminated | None:
    return next((one.state.terminated for one in pod.status.container_statuses if one.state.terminated), None)


async def _said(pod: Pod, on: ReadOnly) -> Said:
    """What the log says last; nothing, when it cannot be read: the Job's status is the truth."""
    if on.logs is None or not any(one.state.running or one.state.terminated for one in pod.status.container_statuses):
        return Said()
    source = LogSource(pod.metadata.name, CONTAINER)
    query = LogQuery(namespace=pod.metadata.namespace, sources=(source,), tail=LAST_LINES)
    with suppress(BotError):
        return heard([line.text for line in (await on.logs.read(query)).lines])
    return Said()


def heard(lines: Sequence[str]) -> Said:
    """The script's own lines are JSON; all others are errors of the programs that it runs."""
    phases, errors = [], []
    for line in lines:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            errors.append(line.strip())
        else:
            phases += [told["phase"]] if isinstance(told, dict) and told.get("phase") in PHASES else []
    return Said(phases[-1] if phases else "", tuple(filter(None, errors))[-SHOWN_LINES:])
