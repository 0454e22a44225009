"""Pause and resume the rollouts of a deployment: one switch, two commands."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import field_validator

from bot.commands import names
from bot.commands.names import Namespace, namespace_flag
from bot.commands.workloads.find import check_workload, find, ready_of, ref_of, replicas_of, reread
from bot.commands.workloads.marking import marked
from bot.commands.workloads.observing import fields_of
from bot.commands.workloads.taken_up import taken_up, unseen
from bot.errors import AlreadySo, BadArguments
from bot.model.kube.workloads import Deployment
from bot.model.plan import Fact, Mark, Phase, Plan, Progress, Step
from bot.model.resources import DEPLOYMENT
from bot.model.rollout import Workload, rollout
from bot.ports import Backends, ReadOnly
from bot.spec import Args, Context, positional


class PauseArgs(Args):
    """Whose rollouts."""

    target: str = positional(
        "deployment whose rollouts are meant", metavar="NAME", title="Deployment", completes="deployment"
    )
    namespace: Namespace = namespace_flag()

    @field_validator("target")
    @classmethod
    def _known(cls, target: str) -> str:
        return check_workload(target, (DEPLOYMENT,))


@dataclass(frozen=True, slots=True)
class Wording:
    """One direction of the switch."""

    verb: str
    doing: str
    done: str
    opposite: str
    meaning: str


def planner(paused: bool, wording: Wording) -> Callable[[PauseArgs, Context], Awaitable[Plan]]:
    """The planning half of the command that sets `spec.paused` to *paused*."""

    async def plan(args: PauseArgs, ctx: Context) -> Plan:
        """Read the deployment and say what the switch would mean. Raises NotFound, AlreadySo."""
        namespace = args.namespace or ctx.namespace
        cluster = ctx.on.cluster
        named = await find(cluster, args.target, namespace, lambda near: _line(wording.verb, near, namespace))
        found = await taken_up(cluster, named)
        assert isinstance(found, Deployment)  # noqa: S101 - the arguments admit no other kind
        if found.spec.paused is paused:
            raise AlreadySo(f"{args.target} is {wording.done.lower()} already. Nothing was changed.")
        return Plan(
            command=f"rollout {wording.verb}",
            line=_line(wording.verb, args.target, namespace),
            namespace=namespace,
            steps=(Step(ref_of(found, cluster.name), fields_of(found), {"paused": paused}),),
            title=f"{wording.verb.capitalize()} rollouts of {args.target}",
            doing=f"{wording.doing} rollouts of {args.target}",
            done=f"{wording.done} rollouts of {args.target}",
            facts=(
                Fact("Means", wording.meaning),
                Fact("Pods", f"{ready_of(found)} of {replicas_of(found)} ready"),
                Fact("Rollout", rollout(found).line),
            ),
            warnings=tuple(unseen(found)),
            diff=f"-paused: {str(not paused).lower()}\n+paused: {str(paused).lower()}",
            undo=_line(wording.opposite, args.target, namespace),
        )

    return plan


def _line(verb: str, target: str, namespace: str) -> str:
    return names.line("rollout", verb, target, namespace=namespace)


def refuse_paused(workload: Workload, what: str) -> None:
    """Raise BadArguments where *what*, such as "a restart", would not start."""
    if isinstance(workload, Deployment) and workload.spec.paused:
        meta = workload.metadata
        raise BadArguments(
            f"deployment/{meta.name} is paused, so {what} would not start. Nothing was changed.",
            hint="Resume it first.",
            suggestions=(_line("resume", meta.name, meta.namespace),),
        )


async def set_paused(step: Step, on: Backends, mark: Mark) -> None:
    """Write `spec.paused`. Raises Conflict when the version moved."""
    body = marked(step, mark, {"spec": {"paused": step.desired["paused"]}})
    await on.cluster.merge_patch(step.target, body, audit_id=mark.audit_id)


async def paused_now(step: Step, on: ReadOnly, now: datetime) -> Progress:
    """Done as soon as it is written: nothing has to start or stop."""
    del now
    workload = await reread(on.cluster, step.target)
    paused = isinstance(workload, Deployment) and workload.spec.paused
    return Progress(Phase.DONE, "paused" if paused else "rollouts go on")
