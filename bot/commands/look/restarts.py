"""restarts: which containers restart, how often, and why."""

from datetime import datetime

from bot.commands import names
from bot.commands.look.columns.column import since
from bot.commands.look.listing import none_of, selected_by
from bot.commands.names import Namespace, namespace_flag
from bot.commands.namespaces import READS, refuse_unknown
from bot.model.counting import counted
from bot.model.kube.pods import ContainerStatus, Pod
from bot.model.pod_trouble import exit_text
from bot.model.reply import Button, Reply, Table, Tone
from bot.spec import Args, Context, Listing, Query, access, flag

COLUMNS = ("POD", "CONTAINER", "RESTARTS", "LAST", "WHY")


class RestartsArgs(Args):
    """Where to look."""

    selector: str = flag("label selector", default="", short="l", metavar="SELECTOR")
    all_namespaces: bool = flag("of every namespace", default=False, short="A")
    namespace: Namespace = namespace_flag()


async def run(args: RestartsArgs, ctx: Context) -> Reply:
    """List the containers that were restarted, the most often first."""
    namespace = "" if args.all_namespaces else args.namespace or ctx.namespace
    where = namespace or "all namespaces"
    pods = await ctx.on.cluster.list(Pod, namespace, selector=args.selector)
    if not pods:
        await refuse_unknown(ctx.on.cluster, namespace)
        return none_of("pods", where, selected_by(args.selector))
    found = [(pod, status) for pod in pods for status in restarted(pod)]
    if not found:
        return Reply(headline=f"No container of {counted(len(pods), 'pod')} in {where} was restarted", tone=Tone.GOOD)
    found.sort(key=lambda pair: (-pair[1].restart_count, pair[0].metadata.name))
    table = Table(
        columns=COLUMNS,
        rows=tuple(_row(pod, status, ctx.now) for pod, status in found),
        row_buttons=tuple(_buttons(pod) for pod, _ in found),
        file_name="restarts.txt",
    )
    total = sum(status.restart_count for _, status in found)
    headline = f"{counted(total, 'restart')} of {counted(len(found), 'container')} in {where}"
    return Reply(headline=headline, parts=(table,))


def restarted(pod: Pod) -> list[ContainerStatus]:
    """Its containers that were restarted at least once."""
    return [one for one in (*pod.status.init_container_statuses, *pod.status.container_statuses) if one.restart_count]


def _row(pod: Pod, status: ContainerStatus, now: datetime) -> tuple[str, ...]:
    last = status.last_state.terminated
    ago = f"{since(last.finished_at, now)} ago" if last and last.finished_at else "not known"
    why = exit_text(last).replace("`", "") if last else "not known"
    return (pod.metadata.name, status.name, str(status.restart_count), ago, why)


def _buttons(pod: Pod) -> tuple[Button, ...]:
    called, namespace = pod.metadata.name, pod.metadata.namespace
    return (
        Button(f"Logs {called}", names.line("logs", called, "--previous", namespace=namespace)),
        Button(f"Describe {called}", names.line("describe", "pod", called, namespace=namespace)),
    )


COMMAND = Query(
    name="restarts",
    summary="Show container restarts and their last reason.",
    args=RestartsArgs,
    run=run,
    options=Listing,
    access=(access("", ["pods"], ["list"]),),
    reads=READS,
    area="Look",
    examples=("restarts", "restarts -l app=odoo"),
)
