"""quota list: every instance's usage against its quota, the fullest first."""

from collections.abc import Sequence

from pydantic import field_validator

from bot.commands.storage.backend import READ, bar, here, quota_shown, share_shown
from bot.model.chart import Chart, ChartRow, Reach
from bot.model.counting import counted
from bot.model.reply import Reply, Table, Tone
from bot.model.sizes import shown
from bot.model.storage import InstanceUsage
from bot.spec import Args, Context, Listing, Query, flag


class QuotaListArgs(Args):
    """Which."""

    above: float = flag("only those that use at least this share of their quota", default=0.0, metavar="PERCENT")

    @field_validator("above", mode="before")
    @classmethod
    def _percent(cls, above: str | float) -> float:
        text = str(above).removesuffix("%")
        try:
            percent = float(text)
        except ValueError:
            raise ValueError(f"--above takes a percentage like 80%, not “{text[:20]}”") from None
        if not 0 <= percent <= 1000:
            raise ValueError("--above takes a percentage from 0 to 1000")
        return percent / 100


async def run(args: QuotaListArgs, ctx: Context) -> Reply:
    """Ask a storage node for all of them at once."""
    everyone = await here(ctx).usages()
    chosen = sorted((one for one in everyone if (one.share or 0) >= args.above), key=_fullest_first)
    full = sum((one.share or 0) >= 1 for one in everyone)
    table = Table(
        columns=("INSTANCE", "USED", "QUOTA", "SHARE", "OF QUOTA", "FILES"),
        rows=tuple(_row(usage) for usage in chosen),
        file_name="quotas.txt",
        drawn=(4,),
    )
    return Reply(
        headline=_headline(len(chosen), len(everyone), args.above) + (f", {full} full" if full else ""),
        parts=(table, _chart(chosen)) if len(chosen) > 1 else (table,) if chosen else (),
        tone=Tone.BAD if full else Tone.PLAIN,
    )


def _headline(count: int, total: int, above: float) -> str:
    known = counted(total, "instance")
    return f"{count} of {known} above {above:.0%}" if above else known


def _fullest_first(usage: InstanceUsage) -> tuple[float, str]:
    return -(usage.share or 0), usage.name


def _chart(chosen: Sequence[InstanceUsage]) -> Chart:
    return Chart("What instances use of their quotas", ("Used",), tuple(map(_bar, chosen)), file_name="quotas.png")


def _bar(usage: InstanceUsage) -> ChartRow:
    told = f"{shown(usage.used_bytes)} of {quota_shown(usage.quota_bytes)}"
    if usage.share is None:
        return ChartRow(usage.name, (Reach(told, ()),))
    return ChartRow(usage.name, (Reach(f"{told}, {share_shown(usage)}", (usage.share,)),))


def _row(usage: InstanceUsage) -> tuple[str, ...]:
    return (
        usage.name,
        shown(usage.used_bytes),
        quota_shown(usage.quota_bytes),
        share_shown(usage),
        bar(usage.share),
        f"{usage.used_files:,}",
    )


COMMAND = Query(
    name="quota list",
    summary="List every instance's usage against its quota, the fullest first.",
    args=QuotaListArgs,
    run=run,
    options=Listing,
    access=(READ,),
    examples=("quota list", "quota list --above 80%"),
    area="Storage",
)
