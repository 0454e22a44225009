"""rollback: put an earlier revision's pod template back, as `kubectl rollout undo` does."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from bot.commands import names
from bot.commands.names import Namespace, namespace_flag
from bot.commands.workloads import following
from bot.commands.workloads.find import READS, WorkloadName, access_to, find, ref_of, reread
from bot.commands.workloads.following import follow_rollout
from bot.commands.workloads.marking import effect_on_workload, marked
from bot.commands.workloads.observing import fields_of, observe_workload
from bot.commands.workloads.pausing import refuse_paused
from bot.commands.workloads.pods import pods_of
from bot.commands.workloads.preview import rollout_facts, rollout_warnings
from bot.commands.workloads.revisions import Revision, access_to_revisions, before, current_revision, pick, revisions
from bot.commands.workloads.taken_up import taken_up
from bot.commands.workloads.template_diff import changed_secrets, fingerprinted, same_pods, template_diff
from bot.errors import AlreadySo, Conflict, NotFound
from bot.model.fingerprint import Fingerprints
from bot.model.plan import Fact, Json, Mark, Plan, Step
from bot.model.refs import ObjectRef
from bot.model.rollout import Workload
from bot.ports import Backends
from bot.spec import Access, Args, Change, Context, Risk, access, flag, positional

REPLACE = {"$patch": "replace"}
"""Directive of a strategic merge patch: the template as a whole, not merged key by key."""


class RollbackArgs(Args):
    """What to take back, and how far."""

    target: WorkloadName = positional(
        "what to roll back: `NAME` or `KIND/NAME`", metavar="NAME", title="Workload", completes="workload"
    )
    to_revision: Annotated[int, Field(ge=0)] = flag(
        "revision to go back to; by default the one before", default=0, metavar="N", completes="revision"
    )
    namespace: Namespace = namespace_flag()


def needs(args: RollbackArgs) -> tuple[Access, ...]:
    """The kind that is named, and where its revisions are kept."""
    return (*access_to([args.target], ["get", "patch"]), access_to_revisions(args.target))


async def plan(args: RollbackArgs, ctx: Context) -> Plan:
    """Read the workload and its revisions; say what would differ.

    Raises NotFound, AlreadySo, BadArguments, and Conflict while its last change has no revision yet.
    """
    namespace = args.namespace or ctx.namespace
    cluster = ctx.on.cluster
    workload = await find(cluster, args.target, namespace, lambda near: _line(near, args.to_revision, namespace))
    workload = await taken_up(cluster, workload)
    refuse_paused(workload, "a rollback")
    found = await revisions(cluster, workload)
    current = await current_revision(cluster, workload, found)
    now_at = current.number
    chosen = _chosen(args, found, current, workload)
    if chosen.number == now_at or same_pods(current.template, chosen.template):
        raise AlreadySo(f"{args.target} runs the template of revision {chosen.number} already. Nothing was changed.")
    to, ref = f"{args.target} to revision {chosen.number}", ref_of(workload, cluster.name)
    pods = await pods_of(cluster, workload)
    return Plan(
        command=COMMAND.name,
        line=_line(args.target, chosen.number, namespace),
        namespace=namespace,
        steps=(Step(ref, fields_of(workload), _kept_as(chosen, ref, ctx.on.fingerprints)),),
        title=f"Roll back {to}",
        doing=f"Rolling back {to}",
        done=f"Rolled back {to}",
        facts=(Fact("Image", _change(current, chosen)), *rollout_facts(workload, pods, now_at)),
        warnings=(*_other_secrets(current, chosen), *rollout_warnings(workload, ctx.now)),
        diff=template_diff(
            current.template,
            chosen.template,
            labels=(f"revision {now_at} (now)", f"revision {chosen.number}"),
            standing=fingerprinted(ctx.on.fingerprints, workload.metadata.uid),
        ),
        undo=_line(args.target, now_at, namespace),
    )


def _chosen(args: RollbackArgs, found: Sequence[Revision], current: Revision, workload: Workload) -> Revision:
    """The revision asked for, or the newest before the current one that makes other pods. Raises NotFound."""
    if args.to_revision:
        nearby = [
            _line(args.target, one.number, workload.metadata.namespace) for one in found[-4:] if one is not current
        ]
        return pick(found, args.to_revision, workload, lines=nearby)
    if (earlier := before(found, current)) is not None:
        return earlier
    raise NotFound(
        f"{args.target} has no earlier revision that differs from {current.number}. Nothing was done.",
        hint="A rollback needs a rollout of another template before the current one.",
    )


def _change(current: Revision, chosen: Revision) -> str:
    if current.images == chosen.images:
        return f"the same, {current.images}; what differs is in the diff"
    return f"{current.images} → {chosen.images}"


def _other_secrets(current: Revision, chosen: Revision) -> list[str]:
    """A password that goes back with the rest is what nobody looks for."""
    changed = changed_secrets(current.template, chosen.template)
    shown = ", ".join(changed)
    return [f"Another secret goes with it: {shown}. The diff has fingerprints in place of values"] if changed else []


def _line(target: str, revision: int, namespace: str) -> str:
    to = ("--to-revision", str(revision)) if revision else ()
    return names.line("rollback", target, *to, namespace=namespace)


def _kept_as(chosen: Revision, target: ObjectRef, fingerprints: Fingerprints) -> dict[str, Json]:
    """The revision and what binds the decision to its template, which is not stored: it may hold passwords."""
    return {"revision": chosen.made_by, "digest": fingerprints.digest(chosen.template, within=target.uid)}


async def apply(step: Step, on: Backends, mark: Mark) -> None:
    """Replace the pod template by the one that was approved.

    Raises Conflict when the version moved, or the revision is gone or another by now; NotFound.
    """
    kept = await revisions(on.cluster, await reread(on.cluster, step.target))
    chosen = next((one for one in kept if _kept_as(one, step.target, on.fingerprints) == step.desired), None)
    if chosen is None:
        raise Conflict(f"The revision that was approved for {step.target} is not kept any more. Nothing was changed.")
    body = marked(step, mark, {"spec": {"template": {**chosen.template, **REPLACE}}})
    await on.cluster.strategic_patch(step.target, body, audit_id=mark.audit_id)


COMMAND = Change(
    name="rollback",
    summary="Go back to an earlier revision of a workload.",
    args=RollbackArgs,
    plan=plan,
    observe=observe_workload,
    apply=apply,
    effect=effect_on_workload,
    progress=follow_rollout,
    access=(
        access("apps", ["deployments", "statefulsets", "daemonsets"], ["get", "patch"]),
        access("apps", ["replicasets", "controllerrevisions"], ["list"]),
    ),
    needs=needs,
    reads=(*READS, *following.READS),
    risk=Risk.CHANGE,
    area="Change",
    examples=("rollback instance-worker", "rollback instance-worker --to-revision 11"),
)
