"""restart: replace the pods of workloads by fresh ones from the same template."""

from pydantic import field_validator

from bot.commands import names
from bot.commands.names import Namespace, namespace_flag
from bot.commands.workloads import budgets, following
from bot.commands.workloads.budgets import unlimited_by_budgets
from bot.commands.workloads.find import READS, access_to, check_workload, find, ref_of
from bot.commands.workloads.following import follow_rollout
from bot.commands.workloads.marking import effect_on_workload, marked, timestamp
from bot.commands.workloads.observing import fields_of, observe_workload
from bot.commands.workloads.pausing import refuse_paused
from bot.commands.workloads.pods import pods_of
from bot.commands.workloads.preview import (
    RESTARTED_AT,
    pods_line,
    rollout_facts,
    rollout_warnings,
    strategy,
    takes_pods_away,
)
from bot.commands.workloads.revisions import known_number
from bot.commands.workloads.taken_up import all_taken_up
from bot.model.plan import Fact, Json, Mark, Plan, Step
from bot.model.rollout import Workload
from bot.ports import Backends
from bot.spec import Access, Args, Change, Context, Risk, access, positional

MOST = 10
"""Workloads in one go: more do not fit on a card that somebody is to judge."""


class RestartArgs(Args):
    """What to restart."""

    targets: tuple[str, ...] = positional(
        "what to restart: `NAME` or `KIND/NAME`", metavar="NAME", title="Workloads", completes="workload"
    )
    namespace: Namespace = namespace_flag()

    @field_validator("targets")
    @classmethod
    def _known(cls, targets: tuple[str, ...]) -> tuple[str, ...]:
        if not 1 <= len(targets) <= MOST:
            raise ValueError(f"restart takes 1 to {MOST} names, not {len(targets)}")
        return tuple(dict.fromkeys(check_workload(target) for target in targets))


def needs(args: RestartArgs) -> tuple[Access, ...]:
    """Only the kinds that are named."""
    return access_to(args.targets, ["get", "patch"])


async def plan(args: RestartArgs, ctx: Context) -> Plan:
    """Read the workloads and say what restarting them would mean. Raises NotFound, BadArguments."""
    namespace = args.namespace or ctx.namespace
    cluster = ctx.on.cluster
    found = [await find(cluster, target, namespace, lambda near: _line([near], namespace)) for target in args.targets]
    found = await all_taken_up(cluster, found)
    for workload in found:
        refuse_paused(workload, "a restart")
    objects = ", ".join(args.targets)
    return Plan(
        command=COMMAND.name,
        line=_line(args.targets, namespace),
        namespace=namespace,
        steps=tuple(Step(ref_of(one, cluster.name), fields_of(one), {"restart": True}) for one in found),
        title=f"Restart {objects}",
        doing=f"Restarting {objects}",
        done=f"Restarted {objects}",
        facts=await _facts(found, ctx),
        warnings=tuple([warning for one in found for warning in await _warnings(one, ctx)]),
    )


async def _facts(found: list[Workload], ctx: Context) -> tuple[Fact, ...]:
    """One workload in full; several with a line each."""
    if len(found) == 1:
        [workload] = found
        pods = await pods_of(ctx.on.cluster, workload)
        return rollout_facts(workload, pods, known_number(workload))
    return tuple(Fact(one.metadata.name, f"{strategy(one)} · {pods_line(one, known_number(one))}") for one in found)


async def _warnings(workload: Workload, ctx: Context) -> list[str]:
    away = takes_pods_away(workload)
    uncovered = await unlimited_by_budgets(ctx.on.cluster, workload, "a restart") if away else []
    return [*rollout_warnings(workload, ctx.now), *uncovered]


def _line(targets: tuple[str, ...] | list[str], namespace: str) -> str:
    return names.line("restart", *targets, namespace=namespace)


async def apply(step: Step, on: Backends, mark: Mark) -> None:
    """Set the template's restart annotation to the time of approval. Raises Conflict when the version moved."""
    template: Json = {"metadata": {"annotations": {RESTARTED_AT: timestamp(mark.at)}}}
    body = marked(step, mark, {"spec": {"template": template}})
    await on.cluster.strategic_patch(step.target, body, audit_id=mark.audit_id)


COMMAND = Change(
    name="restart",
    summary="Restart workloads: the same template, fresh pods.",
    args=RestartArgs,
    plan=plan,
    observe=observe_workload,
    apply=apply,
    effect=effect_on_workload,
    progress=follow_rollout,
    access=(access("apps", ["deployments", "statefulsets", "daemonsets"], ["get", "patch"]),),
    needs=needs,
    reads=(*READS, *following.READS, *budgets.READS),
    risk=Risk.CHANGE,
    area="Change",
    examples=("restart instance-worker", "restart instance-service instance-worker", "restart statefulset/postgres"),
)
