"""fav remove: keep a line at hand no longer."""

from bot.commands import names
from bot.model.reply import Button, Buttons, Reply, Tone
from bot.spec import Args, Context, Query, positional


class FavRemoveArgs(Args):
    """Which."""

    line: tuple[str, ...] = positional("the command line to forget, flags and all", metavar="LINE", verbatim=True)


async def run(args: FavRemoveArgs, ctx: Context) -> Reply:
    """Forget it. Raises NotFound."""
    kept = await ctx.favourites.remove(ctx.actor, names.line(*args.line), ctx.namespace)
    again = Buttons((Button("Keep it after all", f"fav add {kept}"),))
    return Reply(f"{kept} is a favourite of yours no more", (again,), tone=Tone.GOOD, private=True)


COMMAND = Query(
    name="fav remove",
    summary="Take a command line out of your favourites.",
    args=FavRemoveArgs,
    run=run,
    access=(),
    area="Favourites",
    examples=("fav remove get pods --failed",),
)
