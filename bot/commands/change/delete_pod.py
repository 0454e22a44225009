"""delete pod: by eviction, so that PodDisruptionBudgets hold."""

from datetime import datetime

from pydantic import field_validator

from bot.commands import names
from bot.commands.names import Name, Namespace, namespace_flag
from bot.commands.workloads.named_pod import READS, find_pod
from bot.errors import NotFound
from bot.model.counting import counted
from bot.model.durations import age
from bot.model.kube.pods import Pod
from bot.model.plan import Effect, Fact, Mark, Observed, Phase, Plan, Progress, Step
from bot.model.pod_status import summary
from bot.model.refs import ObjectRef
from bot.ports import Backends, ReadOnly
from bot.spec import Args, Change, Context, Risk, access, positional


class DeletePodArgs(Args):
    """Which pod."""

    name: Name = positional("pod to delete", metavar="POD", title="Pod", completes="pod")
    namespace: Namespace = namespace_flag()

    @field_validator("name", mode="before")
    @classmethod
    def _without_kind(cls, name: str) -> str:
        return name.removeprefix("pod/")


async def plan(args: DeletePodArgs, ctx: Context) -> Plan:
    """Read the pod and say who replaces it. Raises NotFound."""
    namespace = args.namespace or ctx.namespace
    pod = await find_pod(
        ctx.on.cluster, args.name, namespace, lambda near: names.line("delete", "pod", near, namespace=namespace)
    )
    ref = ObjectRef("pod", args.name, namespace, ctx.on.cluster.name, pod.metadata.uid)
    owner = pod.metadata.controller
    return Plan(
        command=COMMAND.name,
        line=names.line("delete", "pod", args.name, namespace=namespace),
        namespace=namespace,
        steps=(Step(ref, _fields(pod), {"deleted": True}),),
        title=f"Delete {ref}",
        doing=f"Deleting {ref}",
        done=f"Deleted {ref}",
        facts=(
            Fact("Replaced by", f"a new pod of {owner.kind} {owner.name}" if owner else "nobody: it has no owner"),
            Fact("Pod", _state(pod, ctx.now)),
            Fact("How", "by eviction: a PodDisruptionBudget can refuse it"),
        ),
        warnings=() if owner else ("No controller owns this pod: once deleted it does not come back",),
    )


def _fields(pod: Pod) -> dict[str, str | int]:
    return {"uid": pod.metadata.uid, "generation": pod.metadata.generation, "node": pod.spec.node_name}


def _state(pod: Pod, now: datetime) -> str:
    created = pod.metadata.creation_timestamp
    old = f" · {age(now - created)} old" if created else ""
    told = summary(pod)
    return f"{told.status}{old} · {counted(told.restarts, 'restart')} · node {pod.spec.node_name or 'none yet'}"


async def observe(step: Step, on: ReadOnly) -> Observed:
    """The pod now. Raises NotFound."""
    pod = await on.cluster.get(Pod, step.target.name, step.target.namespace)
    return Observed(fields=dict(_fields(pod)), resource_version=pod.metadata.resource_version)


async def apply(step: Step, on: Backends, mark: Mark) -> None:
    """Evict that very pod. Raises Conflict when a PodDisruptionBudget forbids it now, NotFound when it is gone."""
    await on.cluster.evict(step.target, audit_id=mark.audit_id)


async def effect(step: Step, on: ReadOnly, mark: Mark) -> Effect:
    """A pod that is leaving or gone is what was asked for, whoever did it; deleting it twice is no second effect."""
    del mark
    try:
        pod = await on.cluster.get(Pod, step.target.name, step.target.namespace)
    except NotFound:
        return Effect.PRESENT
    leaving = pod.metadata.uid != step.target.uid or pod.metadata.deletion_timestamp is not None
    return Effect.PRESENT if leaving else Effect.ABSENT


async def progress(step: Step, on: ReadOnly, now: datetime) -> Progress:
    """Running until the pod is gone."""
    try:
        pod = await on.cluster.get(Pod, step.target.name, step.target.namespace)
    except NotFound:
        return Progress(Phase.DONE, "the pod is gone")
    if pod.metadata.uid != step.target.uid:
        return Progress(Phase.DONE, "the pod is gone, a new one has its name")
    since = pod.metadata.deletion_timestamp
    return Progress(Phase.RUNNING, f"stopping, due {age(now - since)} ago" if since and since < now else "stopping")


COMMAND = Change(
    name="delete pod",
    summary="Delete a pod by eviction, so that disruption budgets hold.",
    args=DeletePodArgs,
    plan=plan,
    observe=observe,
    apply=apply,
    effect=effect,
    progress=progress,
    access=(access("", ["pods"], ["get"]), access("", ["pods/eviction"], ["create"])),
    reads=READS,
    risk=Risk.CHANGE,
    area="Change",
    examples=("delete pod instance-worker-7c9-x2x",),
)
