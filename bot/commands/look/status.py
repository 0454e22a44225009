"""status: the state of the platform in one look: control plane, nodes, what is unhealthy, what happened last."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commands import names
from bot.commands.look.columns import nodes as node_columns
from bot.commands.look.columns.column import since
from bot.commands.look.columns.events import about
from bot.commands.look.status_watches import watches, watching
from bot.commands.names import Namespace, namespace_flag
from bot.commands.namespaces import READS, refuse_unknown
from bot.commands.workloads.find import ready_of, ref_of, replicas_of
from bot.model.backlog import Backlog
from bot.model.durations import spoken
from bot.model.fault_words import NOW
from bot.model.incident import Incident
from bot.model.kube.events import Event
from bot.model.kube.nodes import Node
from bot.model.kube.pods import Pod
from bot.model.kube.workloads import DaemonSet, Deployment, StatefulSet
from bot.model.operation import DID_SOMETHING, Operation
from bot.model.plan import Fact
from bot.model.pod_status import is_finished, is_ready
from bot.model.pod_trouble import Trouble, Weight, trouble
from bot.model.reply import Button, Buttons, Facts, Part, Reply, Table, Text, Tone
from bot.model.rollout import Workload, is_rolling_out
from bot.model.view import View
from bot.spec import Args, Context, Paged, Query, access, flag

LATELY = timedelta(minutes=30)
"""What has been quiet for longer is history; the API server itself forgets after an hour."""
SHOWN = 8
"""Lines per table: a status is read on a phone."""
NAMED = 3
"""Incidents that are named in its facts; `incidents` has them all."""
_IN_POD = re.compile(r" in pod [\w.-]+\([0-9a-f-]{36}\)$")
"""The kubelet ends sentences so: the pod stands beside it, and its uid helps nobody."""
LOOKED_AT = 50
"""Operations among which the last one of this namespace is looked for."""


class StatusArgs(Args):
    """Of which namespace, or of the watches alone."""

    namespace: Namespace = namespace_flag()
    watches: bool = flag("each watch of the bot's: last byte, last event, reconnects by reason", default=False)


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that one look reads."""

    version: str
    nodes: Sequence[Node]
    workloads: Sequence[Workload]
    pods: Sequence[Pod]
    warnings: Sequence[Event]
    incidents: Sequence[Incident]
    last: Operation | None
    """The newest operation that did something here."""
    view: View | None
    backlog: Backlog


async def run(args: StatusArgs, ctx: Context) -> Reply:
    """Read it all at once and sum it up; or tell of the watches alone."""
    if args.watches:
        return watches(await ctx.incidents.view(ctx.on.cluster.name), ctx.now)
    namespace = args.namespace or ctx.namespace
    return summed_up(await _found(ctx, namespace), ctx, namespace)


async def _found(ctx: Context, namespace: str) -> Found:
    """Raises NotFound where there is no such namespace."""
    cluster = ctx.on.cluster
    (version, nodes, pods, warnings), workloads = await asyncio.gather(
        asyncio.gather(
            cluster.get_path("/version"),
            cluster.list(Node),
            cluster.list(Pod, namespace),
            cluster.list(Event, namespace, fields="type=Warning"),
        ),
        asyncio.gather(
            cluster.list(Deployment, namespace),
            cluster.list(StatefulSet, namespace),
            cluster.list(DaemonSet, namespace),
        ),
    )
    if not pods:
        await refuse_unknown(cluster, namespace)
    incidents, last, view, backlog = await asyncio.gather(
        _standing(ctx, namespace), _last(ctx, namespace), ctx.incidents.view(cluster.name), ctx.outbox.backlog()
    )
    return Found(
        version=str(version.get("gitVersion", "unknown")),
        nodes=nodes,
        workloads=[one for kind in workloads for one in kind],
        pods=[pod for pod in pods if not is_finished(pod)],
        warnings=[event for event in warnings if event.last_seen and ctx.now - event.last_seen < LATELY],
        incidents=incidents,
        last=last,
        view=view,
        backlog=backlog,
    )


async def _standing(ctx: Context, namespace: str) -> list[Incident]:
    known = await ctx.incidents.incidents(ctx.on.cluster.name)
    return [one for one in known if one.is_standing and one.owner.namespace in ("", namespace)]


async def _last(ctx: Context, namespace: str) -> Operation | None:
    known = await ctx.operations.operations(states=DID_SOMETHING, limit=LOOKED_AT)
    return max((one for one in known if one.plan.namespace == namespace), key=_began, default=None)


def _began(operation: Operation) -> datetime:
    """When it changed something: one that waited for its approval may have been asked before another."""
    return operation.started_at or operation.created_at


def summed_up(found: Found, ctx: Context, namespace: str) -> Reply:
    """The headline says whether anything is wrong; the rest says what."""
    troubles = [told for pod in found.pods if (told := trouble(pod)) and told.weight > Weight.STARTING]
    short = [one for one in found.workloads if ready_of(one) < replicas_of(one)]
    lost = [node for node in found.nodes if node_columns.is_unhealthy(node)]
    parts: list[Part] = [_facts(found, ctx.now), *_unhealthy(troubles, short, found.nodes)]
    if found.warnings:
        parts.append(_latest(found.warnings, ctx))
    parts.append(_buttons(namespace, found))
    wrong = [
        *([f"{len(lost)} of {len(found.nodes)} nodes not ready"] if lost else []),
        *([f"{len(short)} of {len(found.workloads)} workloads short of pods"] if short else []),
        *([f"{len(troubles)} of {len(found.pods)} pods in trouble"] if troubles else []),
    ]
    well = f"{namespace} is healthy" if found.workloads else f"{namespace} has no workloads"
    headline = f"{namespace}: {', '.join(wrong)}" if wrong else well
    return Reply(headline, tuple(parts), Tone.WARNING if wrong else Tone.GOOD)


def _facts(found: Found, now: datetime) -> Facts:
    ready_nodes = sum(not node_columns.is_unhealthy(node) for node in found.nodes)
    rolling = [str(ref_of(one, "")) for one in found.workloads if is_rolling_out(one)]
    ready_workloads = sum(ready_of(one) >= replicas_of(one) for one in found.workloads)
    return Facts(
        (
            Fact("Control plane", f"answers, Kubernetes {found.version}"),
            Fact("Nodes", f"{ready_nodes} of {len(found.nodes)} ready"),
            Fact("Workloads", f"{ready_workloads} of {len(found.workloads)} have all their pods"),
            Fact("Pods", f"{sum(is_ready(pod) for pod in found.pods)} of {len(found.pods)} ready"),
            *([Fact("Rolling out", ", ".join(rolling[:5]))] if rolling else []),
            *([Fact("Incidents", _open(found.incidents))] if found.incidents else []),
            *([Fact("Last change", _told(found.last, now))] if found.last else []),
            *([Fact("Watching", told)] if (told := watching(found.view, now)) else []),
            *([Fact("Slack", told)] if (told := found.backlog.trouble) else []),
        )
    )


def _open(incidents: Sequence[Incident]) -> str:
    named = [f"{one.owner} {NOW[one.fault]}" for one in incidents[:NAMED]]
    more = [f"and {len(incidents) - NAMED} more"] if len(incidents) > NAMED else []
    return "; ".join([*named, *more])


def _told(last: Operation, now: datetime) -> str:
    return f"{last.plan.done} by {last.requester.called}, {spoken(now - _began(last))} ago (operation {last.number})"


def _unhealthy(troubles: Sequence[Trouble], short: Sequence[Workload], nodes: Sequence[Node]) -> list[Part]:
    worst_first = sorted(troubles, key=lambda told: (-told.weight, told.pod))
    rows = [
        *((f"node/{one.metadata.name}", node_columns.status(one)) for one in nodes if node_columns.is_unhealthy(one)),
        *((str(ref_of(one, "")), f"{ready_of(one)} of {replicas_of(one)} ready") for one in short),
        *((f"pod/{told.pod}", told.text.replace("`", "")) for told in worst_first),
    ]
    more = [Text(f"… and {len(rows) - SHOWN} more: `get pods --failed` has the pods.")] if len(rows) > SHOWN else []
    return [Table(("UNHEALTHY", "WHY"), tuple(rows[:SHOWN])), *more] if rows else []


def _latest(warnings: Sequence[Event], ctx: Context) -> Table:
    newest = sorted(warnings, key=lambda event: event.last_seen or ctx.now, reverse=True)[:SHOWN]
    rows = tuple((since(one.last_seen, ctx.now), one.reason, about(one), _IN_POD.sub("", one.said)) for one in newest)
    return Table(("WARNING", "REASON", "OBJECT", "MESSAGE"), rows)


def _buttons(namespace: str, found: Found) -> Buttons:
    pods = Button("Pods", names.line("get", "pods", namespace=namespace))
    if any(trouble(pod) for pod in found.pods):
        pods = Button("Failed pods", names.line("get", "pods", "--failed", namespace=namespace))
    events = Button("Warnings", names.line("events", "--warnings", namespace=namespace))
    incidents = Button("Incidents", names.line("incidents", namespace=namespace))
    return Buttons((pods, events, *([incidents] if found.incidents else [])))


COMMAND = Query(
    name="status",
    summary="Show the state of the platform in one look.",
    args=StatusArgs,
    run=run,
    options=Paged,
    access=(
        access("", ["pods", "events", "nodes"], ["list"]),
        access("apps", ["deployments", "statefulsets", "daemonsets"], ["list"]),
    ),
    reads=READS,
    area="Look",
    examples=("status", "status -n saasodoo", "status --watches"),
)
