"""rollout history: the revisions of a workload: when, which image, why, and what one of them holds."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from bot.commands import names
from bot.commands.look.columns.column import NONE, since
from bot.commands.names import Namespace, namespace_flag
from bot.commands.workloads.find import READS, WorkloadName, access_to, find
from bot.commands.workloads.preview import short_image
from bot.commands.workloads.revisions import Revision, access_to_revisions, current_number, pick, revisions
from bot.commands.workloads.template_diff import as_yaml, fingerprinted
from bot.model.counting import counted
from bot.model.plan import Fact
from bot.model.redaction import Standing
from bot.model.reply import Button, Buttons, Code, Facts, Reply, Table
from bot.spec import Access, Args, Context, Listing, Query, access, flag, positional

COLUMNS = ("REVISION", "AGE", "IMAGE", "CHANGE-CAUSE")


class RolloutHistoryArgs(Args):
    """Whose revisions, and which."""

    target: WorkloadName = positional(
        "workload: `NAME` or `KIND/NAME`", metavar="NAME", title="Workload", completes="workload"
    )
    revision: Annotated[int, Field(ge=0)] = flag("show this one whole", default=0, metavar="N", completes="revision")
    namespace: Namespace = namespace_flag()


def needs(args: RolloutHistoryArgs) -> tuple[Access, ...]:
    """The kind that is named, and where its revisions are kept."""
    return (*access_to([args.target], ["get"]), access_to_revisions(args.target))


async def run(args: RolloutHistoryArgs, ctx: Context) -> Reply:
    """List the revisions, the newest first, or show one. Raises NotFound."""
    namespace = args.namespace or ctx.namespace
    cluster = ctx.on.cluster
    workload = await find(
        cluster, args.target, namespace, lambda near: names.line("rollout", "history", near, namespace=namespace)
    )
    found = await revisions(cluster, workload)
    now_at = current_number(workload, found)
    if args.revision:
        standing = fingerprinted(ctx.on.fingerprints, workload.metadata.uid)
        return _one(args.target, pick(found, args.revision, workload), now_at, namespace, standing)
    rows = tuple(_row(one, now_at, ctx.now) for one in reversed(found))
    buttons = tuple(() if one.number == now_at else (_back(args.target, one, namespace),) for one in reversed(found))
    kept = counted(len(found), "revision")
    return Reply(f"{args.target} has {kept}, now at {now_at}", (Table(COLUMNS, rows, buttons),))


def _row(revision: Revision, now_at: int, now: datetime) -> tuple[str, ...]:
    mark = " (now)" if revision.number == now_at else ""
    return (
        f"{revision.number}{mark}",
        since(revision.created, now),
        short_image(revision.images),
        revision.cause or NONE,
    )


def _back(target: str, revision: Revision, namespace: str) -> Button:
    line = names.line("rollback", target, "--to-revision", str(revision.number), namespace=namespace)
    return Button(f"Roll back to {revision.number}…", line)


def _one(target: str, revision: Revision, now_at: int, namespace: str, standing: Standing) -> Reply:
    text = as_yaml(revision.template, standing)
    facts = Facts((Fact("Image", revision.images), Fact("Change cause", revision.cause or NONE)))
    back = () if revision.number == now_at else (Buttons((_back(target, revision, namespace),)),)
    name = f"{target.replace('/', '-')}-{revision.number}.yaml"
    return Reply(f"{target} revision {revision.number}", (facts, Code(text, file_name=name), *back))


COMMAND = Query(
    name="rollout history",
    summary="Show the revisions of a workload: when, which image, why.",
    args=RolloutHistoryArgs,
    run=run,
    options=Listing,
    access=(
        access("apps", ["deployments", "statefulsets", "daemonsets"], ["get"]),
        access("apps", ["replicasets", "controllerrevisions"], ["list"]),
    ),
    needs=needs,
    reads=READS,
    area="Look",
    examples=("rollout history instance-worker", "rollout history instance-worker --revision 11"),
)
