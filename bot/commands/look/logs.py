"""logs: the newest lines of containers, merged by time, suspicious ones marked; or new ones as they are written."""

from collections.abc import Sequence

from bot.commands.look import logs_following
from bot.commands.look.logs_args import KINDS, MOST_LINES, LogsArgs, line, query
from bot.commands.look.logs_text import is_suspicious, text
from bot.commands.names import resource_called
from bot.commands.workloads.find import READS
from bot.commands.workloads.log_sources import pods_meant, reader, source_of
from bot.model.kube.pods import Pod
from bot.model.logs import LogLine, LogRead
from bot.model.reply import Button, Buttons, Code, Part, Reply, Text
from bot.model.resources import POD
from bot.spec import Access, Context, Live, access


def needs(args: LogsArgs) -> tuple[Access, ...]:
    """The log itself, the pods, and the object that they belong to."""
    kind = resource_called(args.target.partition("/")[0], KINDS) if args.target else POD
    return (
        access("", ["pods/log"], ["get"]),
        access("", ["pods"], ["get"] if kind is POD and args.target else ["list"]),
        *([access(kind.group, [kind.plural], ["get"])] if kind is not POD else []),
    )


async def run(args: LogsArgs, ctx: Context) -> Reply:
    """Read them. Raises NotFound, BadArguments, Denied, Unreachable."""
    namespace = args.namespace or ctx.namespace
    logs = reader(ctx.on.logs)
    pods = await pods_meant(ctx.on.cluster, args.target, args.selector, namespace)
    sources = [source_of(pod, args.container) for pod in pods]
    return told(args, await logs.read(query(args, sources, namespace)), pods, namespace)


def told(args: LogsArgs, read: LogRead, pods: Sequence[Pod], namespace: str) -> Reply:
    """The lines that were asked for, and what could not be read."""
    lines = [line for line in read.lines if args.grep.lower() in line.text.lower()][-args.tail :]
    failed = [f"{source} could not be read: {why}" for source, why in read.failures]
    offers = _buttons(args, pods, namespace, is_more=len(lines) >= args.tail)
    file_name = f"{args.whose.replace('/', '-')}.log"
    parts: list[Part] = [
        *([Code(text(lines, several=len(pods) > 1), file_name=file_name)] if lines else []),
        *([Text("\n".join(failed))] if failed else []),
        *([Buttons(offers)] if offers else []),
    ]
    return Reply(headline=_headline(args, lines), parts=tuple(parts))


def _headline(args: LogsArgs, lines: Sequence[LogLine]) -> str:
    limits = args.limits + (f" of the last {args.since}" if args.since else "")
    limits += " before the last restart" if args.previous else ""
    if not lines:
        return f"{args.whose} has no log lines{limits}"
    suspicious = sum(is_suspicious(line) for line in lines)
    marked = f", {suspicious} suspicious" if suspicious else ""
    newest = "newest line" if len(lines) == 1 else f"{len(lines)} newest lines"
    return f"The {newest} of {args.whose}{limits}{marked}"


def _buttons(args: LogsArgs, pods: Sequence[Pod], namespace: str, *, is_more: bool) -> tuple[Button, ...]:
    restarted = any(status.restart_count for pod in pods for status in pod.status.container_statuses)
    offers = []
    if is_more:
        offers.append(Button("Older", line(args, namespace, tail=min(MOST_LINES, args.tail * 5))))
    if restarted and not args.previous:
        offers.append(Button("Before the restart", line(args, namespace, previous=True)))
    if not args.previous:
        offers.append(Button("Follow", line(args, namespace, follow=True)))
    return tuple(offers)


COMMAND = Live(
    name="logs",
    summary="Show the newest log lines of pods, a workload or a job.",
    args=LogsArgs,
    run=run,
    goes_on=lambda args: args.follow,
    follow=logs_following.follow,
    access=(
        access("", ["pods/log"], ["get"]),
        access("", ["pods"], ["get", "list"]),
        access("apps", ["deployments", "statefulsets", "daemonsets"], ["get"]),
        access("batch", ["jobs"], ["get"]),
    ),
    needs=needs,
    reads=(*READS, access("apps", ["replicasets"], ["list"]), *logs_following.READS),
    area="Logs",
    examples=(
        "logs deployment/instance-worker",
        "logs postgres-0 --tail 200 --since 1h",
        "logs deployment/instance-worker --follow",
        "logs -l app=odoo --grep KeyError",
        "logs job/backup-acme --previous",
    ),
)
