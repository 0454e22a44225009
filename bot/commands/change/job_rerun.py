"""job rerun: run a job once more, as a new job from the same template that stands in for the first."""

from datetime import datetime
from typing import Any

from bot.commands import names
from bot.commands.names import Name, Namespace, namespace_flag
from bot.commands.namespaces import READS as NAMESPACE_READS
from bot.commands.namespaces import refuse_unknown
from bot.commands.workloads.marking import OPERATION
from bot.errors import BadArguments, Conflict, NotFound
from bot.model.counting import counted
from bot.model.durations import spoken
from bot.model.fingerprint import Fingerprints
from bot.model.kube.jobs import Job
from bot.model.kube.pods import Pod
from bot.model.plan import Effect, Fact, Json, Mark, Observed, Phase, Plan, Progress, Step
from bot.model.pod_trouble import worst
from bot.model.redaction import redact
from bot.model.refs import ObjectRef
from bot.model.resources import JOB
from bot.ports import Backends, ClusterReader, ReadOnly
from bot.spec import Args, Change, Context, Risk, access, positional
from bot.watchers.job_failed import RERUN_OF
from bot.watchers.owners import owner_of_job

NAME_CHARACTERS = 45
"""Of the first job's name: with the rest it stays below the 63 that a label may have."""
MADE_BY_CONTROLLER = (
    "controller-uid",
    "job-name",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-name",
)
"""Labels that the job controller sets itself, and refuses from anybody else."""


class JobRerunArgs(Args):
    """Which job."""

    name: Name = positional("a job that has ended", metavar="NAME", title="Job", completes="job")
    namespace: Namespace = namespace_flag()


async def plan(args: JobRerunArgs, ctx: Context) -> Plan:
    """Say what is run once more. Raises NotFound, BadArguments while it still runs."""
    namespace = args.namespace or ctx.namespace
    job = await _find(ctx.on.cluster, args.name, namespace)
    if job.failure is None and job.completion is None:
        raise BadArguments(
            f"job/{args.name} is still running. Nothing was changed.", hint="Run it again once it has ended."
        )
    raw = await ctx.on.cluster.get_object(JOB, args.name, namespace)
    new = _new_name(args.name, ctx.now)
    meta = job.metadata
    target = ObjectRef("job", meta.name, namespace, ctx.on.cluster.name, meta.uid)
    return Plan(
        command=COMMAND.name,
        line=names.line("job", "rerun", args.name, namespace=namespace),
        namespace=namespace,
        steps=(Step(target, _fields(job), {"job": new, "digest": digest(body(raw, new, job), ctx.on.fingerprints)}),),
        title=f"Run job/{args.name} again",
        doing=f"Running job/{args.name} again",
        done=f"Ran job/{args.name} again",
        facts=(
            Fact("Runs", ", ".join(container.image for container in job.spec.template.spec.containers)),
            Fact("First run", _first_run(job, ctx.now)),
            Fact("New job", new),
            Fact("Tries", counted(1 + (6 if job.spec.backoff_limit is None else job.spec.backoff_limit), "pod")),
        ),
        warnings=(_twice(job),),
    )


async def _find(cluster: ClusterReader, name: str, namespace: str) -> Job:
    try:
        return await cluster.get(Job, name, namespace)
    except NotFound:
        await refuse_unknown(cluster, namespace)
        raise NotFound(
            f"No job “{name}” in {namespace}. Nothing was done.",
            hint="Its TTL may have deleted it. `get jobs` lists those that exist.",
        ) from None


def _first_run(job: Job, now: datetime) -> str:
    failure = job.failure
    how = f"failed, {failure.reason}" if failure is not None else "completed"
    at = failure.last_transition_time if failure is not None else job.status.completion_time
    return f"{how} · {spoken(now - at)} ago" if at is not None else how


def _twice(job: Job) -> str:
    return f"What the first run did{' before it failed' if job.failure is not None else ''} may be done twice"


def _new_name(name: str, now: datetime) -> str:
    return f"{name[:NAME_CHARACTERS].rstrip('-.')}-rerun-{now:%m%d%H%M%S}"


def body(raw: dict[str, Json], name: str, first: Job) -> dict[str, Json]:
    """The new job: the first one's spec without what its controller added to it."""
    spec: dict[str, Any] = {key: value for key, value in raw["spec"].items() if key not in ("selector", "suspend")}
    template = spec["template"]
    meta = template.get("metadata", {})
    labels = {key: value for key, value in meta.get("labels", {}).items() if key not in MADE_BY_CONTROLLER}
    kept = {key: value for key, value in meta.items() if key != "creationTimestamp"} | {"labels": labels}
    stands_for = first.metadata.annotations.get(RERUN_OF) or str(owner_of_job(first.metadata))
    own = {key: value for key, value in first.metadata.labels.items() if key not in MADE_BY_CONTROLLER}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "labels": own, "annotations": {RERUN_OF: stands_for}},
        "spec": {**spec, "template": {**template, "metadata": kept}},
    }


def digest(made: dict[str, Json], fingerprints: Fingerprints) -> str:
    """What binds a decision to a body that is not stored: its environment may hold passwords in plain text."""
    return fingerprints.digest(made, within=made["metadata"]["name"])


def _fields(job: Job) -> dict[str, Json]:
    return {"uid": job.metadata.uid, "state": "failed" if job.failure else "completed" if job.completion else "running"}


async def observe(step: Step, on: ReadOnly) -> Observed:
    """The first job. Raises NotFound once it is deleted."""
    job = await on.cluster.get(Job, step.target.name, step.target.namespace)
    return Observed(_fields(job), job.metadata.resource_version)


async def apply(step: Step, on: Backends, mark: Mark) -> None:
    """Create the new job with the mark.

    Raises Conflict when one of its name exists or the first was changed, NotFound when the first is gone, Denied.
    """
    first = step.target
    raw = await on.cluster.get_object(JOB, first.name, first.namespace)
    made = body(raw, step.desired["job"], await on.cluster.get(Job, first.name, first.namespace))
    if raw["metadata"]["uid"] != first.uid or digest(made, on.fingerprints) != step.desired["digest"]:
        raise Conflict(f"{first} is no longer what was approved. Nothing was changed.", hint="Ask again.")
    meta = made["metadata"]
    marked = {**meta, "annotations": {**meta["annotations"], OPERATION: mark.operation}}
    try:
        await on.cluster.create(
            JOB, {**made, "metadata": marked}, namespace=step.target.namespace, audit_id=mark.audit_id
        )
    except Conflict:
        if await effect(step, on.reading, mark) is not Effect.PRESENT:
            raise


async def effect(step: Step, on: ReadOnly, mark: Mark) -> Effect:
    """Look for the new job."""
    try:
        job = await on.cluster.get(Job, step.desired["job"], step.target.namespace)
    except NotFound:
        return Effect.ABSENT
    return Effect.PRESENT if job.metadata.annotations.get(OPERATION) == mark.operation else Effect.UNCLEAR


async def progress(step: Step, on: ReadOnly, now: datetime) -> Progress:
    """The new job's status, with what holds its pod up."""
    del now
    name, namespace = step.desired["job"], step.target.namespace
    try:
        job = await on.cluster.get(Job, name, namespace)
    except NotFound:
        return Progress(Phase.STALLED, "gone", reason=f"job/{name} was deleted before it was seen to end.")
    if job.completion is not None:
        return Progress(Phase.DONE, f"job/{name} completed", ready=1, wanted=1)
    pods = await on.cluster.list(Pod, namespace, selector=f"job-name={name}")
    found = worst(pods)
    if job.failure is not None:
        why = found.text if found else redact(job.failure.message) or job.failure.reason
        return Progress(Phase.STALLED, "failed", reason=f"job/{name} failed: {why.rstrip('.')}.", has_failed=True)
    return Progress(Phase.RUNNING, f"{name}: {found.text}" if found else f"{name} runs", wanted=1)


COMMAND = Change(
    name="job rerun",
    summary="Run a job that has ended once more.",
    args=JobRerunArgs,
    plan=plan,
    observe=observe,
    apply=apply,
    effect=effect,
    progress=progress,
    watches=lambda step: (ObjectRef("job", step.desired["job"], step.target.namespace, step.target.cluster),),
    access=(access("batch", ["jobs"], ["get", "create"]),),
    reads=(access("", ["pods"], ["list"]), *NAMESPACE_READS),
    risk=Risk.CHANGE,
    area="Change",
    examples=("job rerun backup-acme-x7k2p",),
)
