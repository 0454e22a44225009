"""quota set: how much an instance may use from now on."""

from datetime import datetime

from pydantic import field_validator

from bot.commands import names
from bot.commands.storage.backend import WRITE, Instance, here, quota_shown, reading, share_shown, writing
from bot.errors import AlreadySo, Rejected
from bot.model.plan import Effect, Fact, Mark, Observed, Phase, Plan, Progress, Step
from bot.model.refs import ObjectRef
from bot.model.sizes import exact, parse_size, shown, typed
from bot.model.storage import InstanceUsage
from bot.ports import Backends, ReadOnly
from bot.spec import Args, Change, Context, Risk, flag, positional

STEEP = 4
"""A quota that grows by more than this factor is likelier a slip of the unit than a wish."""


class QuotaSetArgs(Args):
    """Whose, and how much."""

    instance: Instance = positional("instance", metavar="INSTANCE", completes="instance")
    size: str = positional("how much it may use: 10Gi, 500Mi", metavar="SIZE")
    shrink: bool = flag("also below what is in use: every write then fails until data is deleted", default=False)

    @field_validator("size")
    @classmethod
    def _a_size(cls, size: str) -> str:
        parse_size(size)
        return size


async def plan(args: QuotaSetArgs, ctx: Context) -> Plan:
    """Read what is in use and say what the new quota would mean. Raises NotFound, AlreadySo, Rejected."""
    storage = here(ctx)
    usage = await storage.usage(args.instance)
    wanted = parse_size(args.size)
    if usage.quota_bytes == wanted:
        raise AlreadySo(f"The quota of {args.instance} is {exact(wanted)} already. Nothing was changed.")
    if wanted < usage.used_bytes and not args.shrink:
        raise Rejected(
            f"{args.instance} uses {exact(usage.used_bytes)}, which is more than {shown(wanted)}. Nothing was changed.",
            hint="With --shrink it is set all the same, and every write fails until data is deleted.",
        )
    target = ObjectRef("quota", args.instance, namespace=ctx.namespace, cluster=ctx.on.cluster.name)
    return Plan(
        command=COMMAND.name,
        line=_line(args.instance, args.size, shrink=args.shrink),
        namespace=ctx.namespace,
        steps=(Step(target, {"quota": usage.quota_bytes}, {"quota": wanted, "shrink": args.shrink}),),
        title=f"Set the quota of {args.instance} to {shown(wanted)}",
        doing=f"Setting the quota of {args.instance} to {shown(wanted)}",
        done=f"Set the quota of {args.instance} to {shown(wanted)}",
        facts=(
            Fact("Quota", f"{quota_shown(usage.quota_bytes)} → {exact(wanted)}"),
            Fact("In use", f"{shown(usage.used_bytes)}, {usage.used_bytes / wanted:.0%} of the new quota"),
            Fact("Now", f"{share_shown(usage)} of the present quota"),
        ),
        warnings=tuple(_warnings(usage, wanted, await _promised(ctx.on, wanted - usage.quota_bytes))),
        undo=_line(args.instance, typed(usage.quota_bytes), shrink=True) if usage.quota_bytes else "",
    )


def _line(instance: str, size: str, *, shrink: bool) -> str:
    return names.line("quota", "set", instance, size, *(["--shrink"] if shrink else []))


async def _promised(on: ReadOnly, more_bytes: int) -> str:
    """Whether the quotas together promise more than there is; empty when they do not."""
    storage = reading(on)
    promised = sum(usage.quota_bytes for usage in await storage.usages()) + more_bytes
    total = max((node.total_bytes for node in await storage.nodes()), default=0)
    if not total or promised <= total:
        return ""
    return f"All quotas together promise {shown(promised)} of {shown(total)}"


def _warnings(usage: InstanceUsage, wanted: int, promised: str) -> list[str]:
    found = [promised] if promised else []
    if wanted < usage.used_bytes:
        found.append(f"It uses {shown(usage.used_bytes)}: every write fails until data is deleted")
    if usage.quota_bytes and wanted > STEEP * usage.quota_bytes:
        found.append(f"That is {wanted / usage.quota_bytes:.0f} times what it had")
    if not usage.quota_bytes:
        found.append("It had no limit until now")
    return found


async def observe(step: Step, on: ReadOnly) -> Observed:
    """The quota as it is now."""
    return Observed({"quota": (await reading(on).usage(step.target.name)).quota_bytes})


async def apply(step: Step, on: Backends, mark: Mark) -> None:
    """Set the absolute number; the node reads it back. It can't carry the mark: its value is looked at instead."""
    wanted, shrink = step.desired["quota"], step.desired["shrink"]
    await writing(on).set_quota(step.target.name, wanted, below_usage=shrink)


async def effect(step: Step, on: ReadOnly, mark: Mark) -> Effect:
    """Compare the value: the wanted one stands for done, the old one for not."""
    now = (await reading(on).usage(step.target.name)).quota_bytes
    if now == step.desired["quota"]:
        return Effect.PRESENT
    return Effect.ABSENT if now == step.observed["quota"] else Effect.UNCLEAR


async def progress(step: Step, on: ReadOnly, now: datetime) -> Progress:
    """It holds as soon as it is set; the line says how full it is now."""
    usage = await reading(on).usage(step.target.name)
    return Progress(Phase.DONE, f"{shown(usage.used_bytes)} of {quota_shown(usage.quota_bytes)} in use")


COMMAND = Change(
    name="quota set",
    summary="Set how much an instance may use.",
    args=QuotaSetArgs,
    plan=plan,
    observe=observe,
    apply=apply,
    effect=effect,
    progress=progress,
    watches=lambda step: (),
    access=(WRITE,),
    risk=Risk.CHANGE,
    examples=('quota set acme 10Gi --reason "more documents"', "quota set acme 5Gi --shrink"),
    area="Storage",
)
