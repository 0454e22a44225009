"""scale: set how many pods a deployment or statefulset has."""

from datetime import datetime
from typing import Annotated

from msgspec import structs
from pydantic import Field, field_validator

from bot.commands import names
from bot.commands.names import Namespace, namespace_flag
from bot.commands.workloads import budgets, following
from bot.commands.workloads.budgets import unlimited_by_budgets
from bot.commands.workloads.capacity import room
from bot.commands.workloads.find import (
    READS,
    access_to,
    check_workload,
    find,
    images_of,
    ready_of,
    ref_of,
    replicas_of,
    reread,
)
from bot.commands.workloads.following import follow_rollout
from bot.commands.workloads.marking import effect_on_workload, marked
from bot.commands.workloads.observing import fields_of, observe_workload
from bot.commands.workloads.preview import short_image
from bot.commands.workloads.taken_up import taken_up, unseen
from bot.errors import AlreadySo, BotError
from bot.model.counting import counted
from bot.model.kube.nodes import Node
from bot.model.kube.pods import Pod
from bot.model.kube.policy import HorizontalPodAutoscaler
from bot.model.kube.workloads import DaemonSet
from bot.model.plan import Fact, Json, Mark, Phase, Plan, Progress, Step
from bot.model.resources import DEPLOYMENT, STATEFUL_SET
from bot.model.rollout import Workload, is_observed
from bot.ports import Backends, ClusterReader, ReadOnly
from bot.spec import Access, Args, Change, Context, Risk, access, flag, positional

MOST_REPLICAS = 1000
"""Above it, a typing mistake is likelier than a wish."""


class ScaleArgs(Args):
    """What to scale and how far."""

    target: str = positional(
        "what to scale: `NAME` or `KIND/NAME`", metavar="NAME", title="Workload", completes="workload"
    )
    replicas: Annotated[int, Field(ge=0, le=MOST_REPLICAS)] = flag("how many pods it is to have", metavar="N")
    namespace: Namespace = namespace_flag()

    @field_validator("target")
    @classmethod
    def _known(cls, target: str) -> str:
        return check_workload(target, (DEPLOYMENT, STATEFUL_SET))


def needs(args: ScaleArgs) -> tuple[Access, ...]:
    """Only the kind that is named."""
    kind = args.target
    return (*access_to([kind], ["get", "patch"]), *access_to([kind], ["patch"], subresource="/scale"))


async def plan(args: ScaleArgs, ctx: Context) -> Plan:
    """Read the workload and say what scaling it would do. Raises NotFound, AlreadySo."""
    namespace = args.namespace or ctx.namespace
    workload = await find(ctx.on.cluster, args.target, namespace, lambda near: _line(near, args.replicas, namespace))
    workload = await taken_up(ctx.on.cluster, workload)
    before = replicas_of(workload)
    if before == args.replicas:
        raise AlreadySo(f"{args.target} is to have {counted(before, 'pod')} already. Nothing was changed.")
    return Plan(
        command=COMMAND.name,
        line=_line(args.target, args.replicas, namespace),
        namespace=namespace,
        steps=(Step(ref_of(workload, ctx.on.cluster.name), fields_of(workload), {"replicas": args.replicas}),),
        title=f"Scale {args.target} to {args.replicas}",
        doing=f"Scaling {args.target} to {args.replicas}",
        done=f"Scaled {args.target} to {args.replicas}",
        facts=(
            Fact("Replicas", f"{before} → {args.replicas}"),
            Fact("Pods", f"{ready_of(workload)} of {before} ready · image {short_image(images_of(workload))}"),
        ),
        warnings=tuple(await _warnings(ctx.on.cluster, workload, args.replicas)),
        diff=f"-replicas: {before}\n+replicas: {args.replicas}",
        undo=_line(args.target, before, namespace),
    )


def _line(target: str, replicas: int, namespace: str) -> str:
    return names.line("scale", target, "--replicas", str(replicas), namespace=namespace)


async def _warnings(cluster: ClusterReader, workload: Workload, wanted: int) -> list[str]:
    found = unseen(workload)
    if wanted == 0:
        found.append("All pods stop: nothing answers until it is scaled up again")
    if 0 < wanted < replicas_of(workload):
        found += await unlimited_by_budgets(cluster, workload, "scaling down")
    found += await _autoscaler(cluster, workload)
    if wanted > replicas_of(workload):
        found += await _capacity(cluster, workload, wanted - replicas_of(workload))
    return found


async def _autoscaler(cluster: ClusterReader, workload: Workload) -> list[str]:
    meta = workload.metadata
    try:
        scalers = await cluster.list(HorizontalPodAutoscaler, meta.namespace)
    except BotError as error:
        return [f"Not known whether an autoscaler sets the replicas: {error}"]
    kind = type(workload).__name__
    return [
        f"Autoscaler {one.metadata.name} keeps it between {one.spec.min_replicas} and {one.spec.max_replicas} "
        "and will set its own number again"
        for one in scalers
        if (one.spec.scale_target_ref.kind, one.spec.scale_target_ref.name) == (kind, meta.name)
    ]


async def _capacity(cluster: ClusterReader, workload: Workload, more: int) -> list[str]:
    try:
        free = room(await cluster.list(Node), await cluster.list(Pod), workload.spec.template.spec)
    except BotError as error:
        return [f"Not known whether the nodes have room: {error}"]
    if free is None:
        return ["Its pods request no CPU or memory, so nobody knows whether the nodes have room"]
    short = f"The nodes have room for {free} of the {counted(more, 'pod')} more; the rest would wait"
    return [short] if free < more else []


async def apply(step: Step, on: Backends, mark: Mark) -> None:
    """Write the replica count. Raises Conflict when the version moved."""
    body = marked(step, mark, {"spec": {"replicas": step.desired["replicas"]}})
    await on.cluster.merge_patch(step.target, body, audit_id=mark.audit_id)


async def progress(step: Step, on: ReadOnly, now: datetime) -> Progress:
    """A rollout, and further until surplus pods are gone: kubectl's rules alone are content too early."""
    at = await follow_rollout(step, on, now)
    if at.phase is not Phase.DONE:
        back = _line(str(step.target), step.observed["replicas"], step.target.namespace)
        return structs.replace(at, next_line=back if at.phase is Phase.STALLED else "")
    workload = await reread(on.cluster, step.target)
    running, wanted = _running(workload), replicas_of(workload)
    if is_observed(workload) and running == wanted == ready_of(workload):
        return Progress(Phase.DONE, _reached(wanted, step.desired["replicas"]), ready=wanted, wanted=wanted)
    waits = f"{running - wanted} to stop" if running > wanted else f"{wanted - ready_of(workload)} to become ready"
    return Progress(
        Phase.RUNNING, f"{ready_of(workload)} ready, {waits}", ready=min(ready_of(workload), wanted), wanted=wanted
    )


def _reached(wanted: int, asked: Json) -> str:
    """Somebody else, most often an autoscaler, may have set another number meanwhile."""
    since = "" if wanted == asked else f"; it is to have {wanted} by now, no longer {asked}"
    return f"{wanted} of {wanted} ready{since}"


def _running(workload: Workload) -> int:
    """Pods that exist, wanted or not; a DaemonSet cannot be scaled."""
    return ready_of(workload) if isinstance(workload, DaemonSet) else workload.status.replicas


COMMAND = Change(
    name="scale",
    summary="Set how many pods a deployment or statefulset has.",
    args=ScaleArgs,
    plan=plan,
    observe=observe_workload,
    apply=apply,
    effect=effect_on_workload,
    progress=progress,
    access=(
        access("apps", ["deployments", "statefulsets"], ["get", "patch"]),
        access("apps", ["deployments/scale", "statefulsets/scale"], ["patch"]),
    ),
    needs=needs,
    reads=(
        *READS,
        *following.READS,
        *budgets.READS,
        access("autoscaling", ["horizontalpodautoscalers"], ["list"]),
        access("", ["nodes"], ["list"]),
    ),
    risk=Risk.CHANGE,
    area="Change",
    examples=("scale instance-worker --replicas 4", "scale statefulset/postgres-pool-1 --replicas 2 -n saasodoo"),
)
