"""fav add: keep a line at hand, in App Home."""

from bot.commands import names
from bot.model.reply import Button, Buttons, Reply, Text, Tone
from bot.spec import Args, Context, Query, positional


class FavAddArgs(Args):
    """Which."""

    line: tuple[str, ...] = positional("the command line to keep, flags and all", metavar="LINE", verbatim=True)


async def run(args: FavAddArgs, ctx: Context) -> Reply:
    """Keep it, for the asker alone. Raises NotFound, BadArguments, AlreadySo, Conflict."""
    kept = await ctx.favourites.add(ctx.actor, names.line(*args.line), ctx.namespace)
    return Reply(
        f"{kept} is a favourite of yours",
        (
            Text("It stands in App Home; a click there runs it as if you had typed it."),
            Buttons((Button("Run", kept), Button("Remove", f"fav remove {kept}"))),
        ),
        tone=Tone.GOOD,
        private=True,
    )


COMMAND = Query(
    name="fav add",
    summary="Keep a command line at hand, in your App Home.",
    args=FavAddArgs,
    run=run,
    access=(),
    area="Favourites",
    examples=("fav add get pods --failed", "fav add logs deployment/instance-worker --since 10m"),
)
