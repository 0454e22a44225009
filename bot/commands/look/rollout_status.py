"""rollout status: how far a rollout is, by kubectl's rules, and what it waits for; followed until it has ended."""

from datetime import timedelta

from msgspec import structs

from bot.commands import names
from bot.commands.look.live import Look, look_at_each
from bot.commands.names import Namespace, namespace_flag
from bot.commands.workloads import following
from bot.commands.workloads.find import READS, WorkloadName, access_to, find, images_of
from bot.commands.workloads.following import look, way_back
from bot.commands.workloads.last_words import with_last_words
from bot.commands.workloads.pods import newest_pods, pods_of
from bot.commands.workloads.preview import short_image
from bot.commands.workloads.revisions import access_to_revisions, current_number
from bot.model.counting import counted
from bot.model.kube.workloads import DaemonSetStatus
from bot.model.plan import Fact, Phase, Progress
from bot.model.pod_trouble import worst
from bot.model.refs import ObjectRef
from bot.model.reply import Button, Buttons, Facts, Reply, Tone
from bot.model.rollout import Workload, rollout, updates_by_itself
from bot.ports_live import Screen
from bot.spec import Access, Args, Context, Live, access, positional

LONGEST = timedelta(minutes=30)
"""A rollout without a deadline of its own (a StatefulSet's) may wait for ever."""


class RolloutStatusArgs(Args):
    """Whose rollout."""

    target: WorkloadName = positional(
        "workload: `NAME` or `KIND/NAME`", metavar="NAME", title="Workload", completes="workload"
    )
    namespace: Namespace = namespace_flag()


def needs(args: RolloutStatusArgs) -> tuple[Access, ...]:
    """The kind that is named, its revisions, and its pods for the reason."""
    return (*access_to([args.target], ["get"]), access_to_revisions(args.target), access("", ["pods"], ["list"]))


async def run(args: RolloutStatusArgs, ctx: Context) -> Reply:
    """Say how far it is. Raises NotFound."""
    return (await _look(args, ctx)).reply


async def follow(args: RolloutStatusArgs, ctx: Context, screen: Screen) -> Reply:
    """Say how far it is until it is done or has stalled. Raises NotFound."""
    kind, _, name = args.target.partition("/")
    ref = ObjectRef(kind, name, args.namespace or ctx.namespace, cluster=ctx.on.cluster.name)
    return await look_at_each(ctx.on.cluster.changes([ref]), lambda: _look(args, ctx), screen)


async def _look(args: RolloutStatusArgs, ctx: Context) -> Look:
    namespace = args.namespace or ctx.namespace
    cluster = ctx.on.cluster
    workload = await find(
        cluster, args.target, namespace, lambda near: names.line("rollout", "status", near, namespace=namespace)
    )
    pods = await newest_pods(cluster, workload, await pods_of(cluster, workload))
    at = look(workload, pods, await with_last_words(worst(pods), ctx.on, namespace))
    back = await way_back(cluster, workload) if at.phase is Phase.STALLED else ""
    reply = status_reply(args.target, workload, structs.replace(at, next_line=back))
    return Look(reply, is_last=at.phase is not Phase.RUNNING)


def status_reply(target: str, workload: Workload, at: Progress) -> Reply:
    """The first line is kubectl's last one."""
    revision = current_number(workload, ())
    told = [
        Fact("Pods", at.line),
        Fact("Rollout", rollout(workload).line),
        Fact("Image", short_image(images_of(workload))),
        *([Fact("Revision", str(revision))] if revision else []),
        *([Fact("Why", at.reason)] if at.reason else []),
    ]
    if not updates_by_itself(workload):
        return Reply(f"{target} has no rollout: it is updated OnDelete", (Facts((_updated(workload), *told)),))
    match at.phase:
        case Phase.DONE:
            return Reply(f"{target} is rolled out", (Facts(tuple(told)),), Tone.GOOD)
        case Phase.RUNNING:
            return Reply(f"{target} is being rolled out: {at.line}", (Facts(tuple(told[1:])),), Tone.RUNNING)
        case Phase.STALLED:
            way_out = (Buttons((Button("Roll back…", at.next_line),)),) if at.next_line else ()
            return Reply(
                f"The rollout of {target} has stalled at {at.line}", (Facts(tuple(told[1:])), *way_out), Tone.WARNING
            )


def _updated(workload: Workload) -> Fact:
    """How many pods somebody has deleted since the template changed."""
    status = workload.status
    updated = status.updated_number_scheduled if isinstance(status, DaemonSetStatus) else status.updated_replicas
    return Fact("Updated", f"{counted(updated, 'pod')} of the newest template; `delete pod` updates the others")


COMMAND = Live(
    name="rollout status",
    summary="Show how far a rollout is and what it waits for, until it has ended.",
    args=RolloutStatusArgs,
    run=run,
    goes_on=lambda args: True,
    follow=follow,
    lasts=LONGEST,
    access=(
        access("apps", ["deployments", "statefulsets", "daemonsets"], ["get"]),
        access("apps", ["replicasets", "controllerrevisions"], ["list"]),
        access("", ["pods"], ["list"]),
    ),
    needs=needs,
    reads=(*READS, *following.READS),
    area="Look",
    examples=("rollout status instance-worker", "rollout status statefulset/postgres"),
)
