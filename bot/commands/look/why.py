"""why: what is wrong with something now, with the evidence: what the watchers and the diagnosis behind alerts say."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import field_validator

from bot.commands.names import Namespace, check_name, line, namespace_flag, resource_called
from bot.commands.namespaces import READS as NAMESPACE_READS
from bot.commands.namespaces import refuse_unknown
from bot.commands.workloads.find import KINDS as WORKLOADS
from bot.commands.workloads.find import ready_of, replicas_of
from bot.diagnosis.diagnose import diagnose
from bot.diagnosis.telling import told
from bot.errors import NotFound
from bot.model.fault_words import NOW
from bot.model.incident import Incident
from bot.model.kube.jobs import CronJob, Job
from bot.model.kube.meta import KubeObject
from bot.model.kube.nodes import Node
from bot.model.kube.pods import WatchedPod
from bot.model.kube.workloads import DaemonSet, Deployment, StatefulSet
from bot.model.refs import ObjectRef
from bot.model.reply import Button, Buttons, Reply, Text, Tone
from bot.model.resources import BY_NAME, CRON_JOB, DEPLOYMENT, JOB, NODE, POD, Resource
from bot.model.rollout import rollout
from bot.model.symptom import Fault, Symptom
from bot.ports import ClusterReader
from bot.spec import Access, Args, Context, Query, access, positional
from bot.watchers import WATCHERS

STRUCTS: dict[Resource, type[KubeObject]] = {
    POD: WatchedPod,
    **WORKLOADS,
    JOB: Job,
    CRON_JOB: CronJob,
    NODE: Node,
}
MOST = 3
"""Faults that are looked into; whoever has more is told the worst."""


class WhyArgs(Args):
    """What to look into."""

    target: str = positional("`NAME` of a deployment, or KIND/NAME", metavar="TARGET", completes="workload")
    namespace: Namespace = namespace_flag()

    @field_validator("target")
    @classmethod
    def _known(cls, target: str) -> str:
        kind, slash, name = target.rpartition("/")
        resource = resource_called(kind, tuple(STRUCTS)) if slash else DEPLOYMENT
        return f"{resource.singular}/{check_name(name)}"


def needs(args: WhyArgs) -> tuple[Access, ...]:
    """The kind that is named, and its pods with their logs."""
    resource = BY_NAME[args.target.partition("/")[0]]
    return (access(resource.group, [resource.plural], ["get"]), *OF_PODS)


async def run(args: WhyArgs, ctx: Context) -> Reply:
    """Ask the watchers about the object and all that it owns, and look into what they say. Raises NotFound."""
    kind, _, name = args.target.partition("/")
    namespace = "" if kind == NODE.singular else args.namespace or ctx.namespace
    target = ObjectRef(kind, name, namespace, ctx.on.cluster.name)
    objects = await _objects(ctx.on.cluster, target)
    worst = _worst(objects, target, ctx.now)
    standing = await ctx.incidents.incidents(target.cluster)
    if not worst:
        return _unexplained(objects[0], target, standing)
    looks = (diagnose(_incident(one, standing, target.cluster, ctx.now), ctx.on) for one in worst)
    found = await asyncio.gather(*looks)
    parts = [part for one, known in zip(worst, found, strict=True) for part in told(one, known)]
    return Reply(headline=f"{target} {NOW[worst[0].fault]}", parts=tuple(parts), tone=Tone.BAD)


def _unexplained(itself: KubeObject, target: ObjectRef, standing: Sequence[Incident]) -> Reply:
    """No fault is seen; of a workload that lacks pods, that is not the same as nothing being wrong."""
    if not isinstance(itself, Deployment | StatefulSet | DaemonSet) or ready_of(itself) >= replicas_of(itself):
        return Reply(headline=f"Nothing is wrong with {target} now", tone=Tone.GOOD)
    lost = [one.owner for one in standing if one.fault is Fault.NODE_NOT_READY and one.is_standing]
    nodes = [Text(f"`{node}` is not ready: what runs on it counts as not ready until it is back.") for node in lost]
    offers = (
        Button("Describe", line("describe", target.kind, target.name, namespace=target.namespace)),
        Button("Events", line("events", "--for", str(target), namespace=target.namespace)),
        Button("Nodes", "get nodes"),
    )
    return Reply(
        headline=f"{target} has {ready_of(itself)} of {replicas_of(itself)} pods ready, and no fault explains it yet",
        parts=(*nodes, Text(f"Its rollout: {rollout(itself).line}."), Buttons(offers)),
        tone=Tone.WARNING,
    )


async def _objects(cluster: ClusterReader, target: ObjectRef) -> list[KubeObject]:
    """The object itself, and the pods and jobs of its namespace: whose they are is for the watchers to say."""
    try:
        itself = await cluster.get(STRUCTS[BY_NAME[target.kind]], target.name, target.namespace)
    except NotFound:
        await refuse_unknown(cluster, target.namespace)
        raise NotFound(f"No {target.kind} “{target.name}” in {target.namespace}. Nothing was done.") from None
    if target.kind in (POD.singular, NODE.singular):
        return [itself]
    others: Sequence[KubeObject] = await cluster.list(WatchedPod, target.namespace)
    if target.kind == CRON_JOB.singular:
        others = [*others, *await cluster.list(Job, target.namespace)]
    return [itself, *others]


def _worst(objects: Sequence[KubeObject], target: ObjectRef, now: datetime) -> list[Symptom]:
    """The worst symptom of each fault of *target*: what is wrong now before what runs again."""
    found: dict[Fault, Symptom] = {}
    for one in objects:
        for symptom in _symptoms(one, now):
            if symptom.fault is Fault.UNAVAILABLE or target.full not in (symptom.owner.full, symptom.subject.full):
                continue
            before = found.get(symptom.fault)
            if before is None or _gravity(symptom) > _gravity(before):
                found[symptom.fault] = symptom
    return sorted(found.values(), key=_gravity, reverse=True)[:MOST]


def _symptoms(obj: KubeObject, now: datetime) -> list[Symptom]:
    said: list[Any] = [one for watcher in WATCHERS if watcher.kind is type(obj) for one in watcher.symptoms(obj, now)]
    return [one for one in said if isinstance(one, Symptom)]


def _gravity(one: Symptom) -> tuple[bool, bool, int]:
    return (one.steady_since is None, one.ripe_at is not None, one.restarts)


def _incident(worst: Symptom, standing: Sequence[Incident], cluster: str, now: datetime) -> Incident:
    """What the diagnosis wants to hear of, begun when the card says so, or now where none is open."""
    same = (one for one in standing if (one.fault, one.owner.full) == (worst.fault, worst.owner.full))
    begun = next((one.opened_at for one in same if one.is_standing), now)
    return Incident(id="", cluster=cluster, fault=worst.fault, owner=worst.owner, worst=worst, opened_at=begun)


OF_PODS = (access("", ["pods"], ["list"]), access("", ["pods/log"], ["get"]))

COMMAND = Query(
    name="why",
    summary="Say what is wrong with something, and what the evidence is.",
    args=WhyArgs,
    run=run,
    access=(
        access("", ["pods", "nodes"], ["get"]),
        access("apps", [resource.plural for resource in WORKLOADS], ["get"]),
        access("batch", ["jobs", "cronjobs"], ["get"]),
        *OF_PODS,
    ),
    needs=needs,
    reads=(
        access("apps", ["replicasets"], ["list"]),
        access("batch", ["jobs"], ["list"]),
        access("", ["events"], ["list"]),
        *NAMESPACE_READS,
    ),
    area="Look",
    examples=("why odoo-acme", "why job/backup-acme-x7k2p", "why node/node-2"),
)
