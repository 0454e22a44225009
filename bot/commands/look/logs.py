"""logs: the newest lines of containers, merged by time, suspicious ones marked; or new ones as they are written."""

import re
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator, model_validator

from bot.commands import names
from bot.commands.names import Namespace, check_name, namespace_flag, resource_called
from bot.commands.spans import check_span, span
from bot.commands.workloads.find import READS
from bot.commands.workloads.log_sources import pods_meant, source_of, why_ended
from bot.errors import NotFound
from bot.model.counting import counted
from bot.model.kube.pods import Pod
from bot.model.logs import LogLine, LogQuery, LogRead, LogSource
from bot.model.reply import Button, Buttons, Code, Part, Reply, Text
from bot.model.resources import DAEMON_SET, DEPLOYMENT, JOB, POD, STATEFUL_SET
from bot.ports import Logs
from bot.ports_live import Screen
from bot.spec import Access, Args, Context, Live, access, flag, positional

KINDS = (POD, DEPLOYMENT, STATEFUL_SET, DAEMON_SET, JOB)
MOST_LINES = 5_000
NEWEST = 40
"""Lines without `--tail`: what a message shows at a glance."""

SEARCHED = MOST_LINES
"""Lines of each container that `--grep` looks through."""

SUSPICIOUS = re.compile(r"\b(?:ERROR|FATAL|CRITICAL|PANIC|Traceback|panic:|\w*Exception|\w+Error)\b")
MARK = "▸ "

NAMED = 3
"""Pods that the card of a live log names."""


class LogsArgs(Args):
    """Whose lines, and which."""

    target: str = positional("`POD`, or KIND/NAME of a workload or job", default="", metavar="TARGET", completes="pod")
    selector: str = flag("of all pods that match", default="", short="l", metavar="SELECTOR")
    container: str = flag("container, where there are several", default="", short="c", metavar="NAME")
    tail: Annotated[int, Field(ge=1, le=MOST_LINES)] = flag("so many of the newest lines", default=NEWEST, metavar="N")
    since: Annotated[str, AfterValidator(check_span)] = flag("only lines as new as this", default="", metavar="10m")
    previous: bool = flag("of the container before its last restart", default=False, short="p")
    follow: bool = flag("go on with new lines, in the thread", default=False, short="f")
    grep: str = flag("only lines that contain this", default="", metavar="TEXT")
    namespace: Namespace = namespace_flag()

    @field_validator("target")
    @classmethod
    def _known(cls, target: str) -> str:
        kind, slash, name = target.rpartition("/")
        resource = resource_called(kind, KINDS) if slash else POD
        return f"{resource.singular}/{check_name(name)}" if target else ""

    @field_validator("container")
    @classmethod
    def _named(cls, container: str) -> str:
        return check_name(container) if container else ""

    @model_validator(mode="after")
    def _either(self) -> "LogsArgs":
        if bool(self.target) == bool(self.selector):
            raise ValueError("TARGET or -l SELECTOR says whose logs, and only one of them")
        if self.follow and self.previous:
            raise ValueError("what is --previous has ended: there is nothing to --follow")
        return self


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
    logs, pods = await _meant(args, ctx, namespace)
    return told(args, await logs.read(_query(args, pods, namespace)), pods, namespace)


async def follow(args: LogsArgs, ctx: Context, screen: Screen) -> Reply:
    """Tell the newest lines, then each new one, until their containers have ended. Raises as `run`."""
    namespace = args.namespace or ctx.namespace
    logs, pods = await _meant(args, ctx, namespace)
    what = args.target or args.selector
    limits = f" containing “{args.grep[:60]}”" if args.grep else ""
    screen.show(Reply(f"New lines of {what}{limits} are in the thread", (Text(_whose(pods)),)))
    count = 0
    query = _query(args, pods, namespace)
    begun = query if args.grep else replace(query, tail=max(1, args.tail // len(pods)))  # of each: together --tail
    async with aclosing(logs.follow(begun)) as lines:
        async for line in lines:
            if args.grep.lower() in line.text.lower():
                count += 1
                screen.tell(text([line], several=len(pods) > 1))
    why = await why_ended(ctx.on.cluster, pods, namespace)
    again = Button("Follow again", _line(args, namespace, follow=True))
    return Reply(f"The log of {what} has ended: {why}", (Text(counted(count, "line") + limits), Buttons((again,))))


async def _meant(args: LogsArgs, ctx: Context, namespace: str) -> tuple[Logs, list[Pod]]:
    if ctx.on.logs is None:
        raise NotFound("Logs cannot be read here: the bot has no reader for them.")
    return ctx.on.logs, await pods_meant(ctx.on.cluster, args.target, args.selector, namespace)


def _query(args: LogsArgs, pods: Sequence[Pod], namespace: str) -> LogQuery:
    return LogQuery(
        namespace=namespace,
        sources=tuple(source_of(pod, args.container) for pod in pods),
        tail=SEARCHED if args.grep else args.tail,
        since=span(args.since),
        previous=args.previous,
    )


def _whose(pods: Sequence[Pod]) -> str:
    shown = ", ".join(f"`{pod.metadata.name}`" for pod in pods[:NAMED])
    return f"Of {shown} and {len(pods) - NAMED} more" if len(pods) > NAMED else f"Of {shown}"


def told(args: LogsArgs, read: LogRead, pods: Sequence[Pod], namespace: str) -> Reply:
    """The lines that were asked for, and what could not be read."""
    lines = [line for line in read.lines if args.grep.lower() in line.text.lower()][-args.tail :]
    what = args.target or args.selector
    failed = [f"{source} could not be read: {why}" for source, why in read.failures]
    offers = _buttons(args, pods, namespace, is_more=len(lines) >= args.tail)
    parts: list[Part] = [
        *([Code(text(lines, several=len(pods) > 1), file_name=f"{what.replace('/', '-')}.log")] if lines else []),
        *([Text("\n".join(failed))] if failed else []),
        *([Buttons(offers)] if offers else []),
    ]
    return Reply(headline=_headline(args, lines, what), parts=tuple(parts))


def text(lines: Sequence[LogLine], *, several: bool) -> str:
    """The lines as shown: those that look like trouble marked, with their pod where there are several."""
    return "\n".join(
        f"{MARK if SUSPICIOUS.search(line.text) else ''}{_short(line.source) + ' | ' if several else ''}{line.text}"
        for line in lines
    )


def _short(source: LogSource) -> str:
    """The end of a pod's name: what tells replicas apart."""
    return source.pod.rsplit("-", 1)[-1] if source.pod.count("-") > 1 else source.pod


def _headline(args: LogsArgs, lines: Sequence[LogLine], what: str) -> str:
    limits = [
        *([f"containing “{args.grep[:60]}”"] if args.grep else []),
        *([f"of the last {args.since}"] if args.since else []),
        *(["before the last restart"] if args.previous else []),
    ]
    suspicious = sum(bool(SUSPICIOUS.search(line.text)) for line in lines)
    marked = f", {suspicious} suspicious" if suspicious else ""
    if not lines:
        return " ".join([f"{what} has no log lines", *limits])
    return " ".join([f"{counted(len(lines), 'newest line')} of {what}", *limits]) + marked


def _buttons(args: LogsArgs, pods: Sequence[Pod], namespace: str, *, is_more: bool) -> tuple[Button, ...]:
    restarted = any(status.restart_count for pod in pods for status in pod.status.container_statuses)
    offers = []
    if is_more:
        offers.append(Button("Older", _line(args, namespace, tail=min(MOST_LINES, args.tail * 5))))
    if restarted and not args.previous:
        offers.append(Button("Before the restart", _line(args, namespace, previous=True)))
    if not args.previous:
        offers.append(Button("Follow", _line(args, namespace, follow=True)))
    return tuple(offers)


def _line(
    args: LogsArgs, namespace: str, *, tail: int | None = None, previous: bool = False, follow: bool = False
) -> str:
    """The same line again with another length or container, or going on."""
    return names.line(
        "logs",
        *([args.target] if args.target else ["-l", args.selector]),
        *(["-c", args.container] if args.container else []),
        *(["--tail", str(tail or args.tail)]),
        *(["--since", args.since] if args.since else []),
        *(["--grep", args.grep] if args.grep else []),
        *(["--previous"] if args.previous or previous else []),
        *(["--follow"] if follow else []),
        namespace=namespace,
    )


COMMAND = Live(
    name="logs",
    summary="Show the newest log lines of pods, a workload or a job.",
    args=LogsArgs,
    run=run,
    goes_on=lambda args: args.follow,
    follow=follow,
    access=(
        access("", ["pods/log"], ["get"]),
        access("", ["pods"], ["get", "list"]),
        access("apps", ["deployments", "statefulsets", "daemonsets"], ["get"]),
        access("batch", ["jobs"], ["get"]),
    ),
    needs=needs,
    reads=(*READS, access("apps", ["replicasets"], ["list"])),
    area="Logs",
    examples=(
        "logs deployment/instance-worker",
        "logs postgres-0 --tail 200 --since 1h",
        "logs deployment/instance-worker --follow",
        "logs -l app=odoo --grep KeyError",
        "logs job/backup-acme --previous",
    ),
)
