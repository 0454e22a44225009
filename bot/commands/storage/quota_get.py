"""quota get: how much one instance may use, and how much it does."""

from bot.commands.storage.backend import READ, Instance, bar, here, quota_shown, share_shown
from bot.model.plan import Fact
from bot.model.reply import Facts, Reply, Tone
from bot.model.sizes import exact, shown
from bot.model.storage import InstanceUsage
from bot.spec import Args, Context, Query, positional

NEAR = 0.8
"""From here on a quota deserves a look."""


class QuotaGetArgs(Args):
    """Whose."""

    instance: Instance = positional("instance", metavar="INSTANCE", completes="instance")


async def run(args: QuotaGetArgs, ctx: Context) -> Reply:
    """Ask a storage node."""
    usage = await here(ctx).usage(args.instance)
    return Reply(
        headline=f"{usage.name} uses {shown(usage.used_bytes)} of {quota_shown(usage.quota_bytes)}",
        parts=(Facts(facts(usage)),),
        tone=tone(usage),
    )


def facts(usage: InstanceUsage) -> tuple[Fact, ...]:
    """Quota, usage and files."""
    share = [f"{bar(usage.share)} {share_shown(usage)}"] if usage.share is not None else []
    limit = exact(usage.quota_bytes) if usage.quota_bytes else "none: it may fill the whole file system"
    return (
        Fact("Quota", limit),
        Fact("In use", " · ".join([*share, exact(usage.used_bytes)])),
        Fact("Files", f"{usage.used_files:,}"),
    )


def tone(usage: InstanceUsage) -> Tone:
    """Full is bad: every write fails."""
    if usage.share is None or usage.share < NEAR:
        return Tone.PLAIN
    return Tone.BAD if usage.share >= 1 else Tone.WARNING


COMMAND = Query(
    name="quota get",
    summary="Show how much of its quota an instance uses.",
    args=QuotaGetArgs,
    run=run,
    access=(READ,),
    examples=("quota get acme",),
    area="Storage",
)
