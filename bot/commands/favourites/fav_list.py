"""fav list: the asker's favourites, each to run or to remove."""

from bot.model.counting import counted
from bot.model.reply import Button, Reply, Table, Text
from bot.spec import Args, Context, Listing, Query


class FavListArgs(Args):
    """Nothing to say: they are few."""


async def run(args: FavListArgs, ctx: Context) -> Reply:
    """List them, for the asker alone."""
    del args
    lines = await ctx.favourites.of(ctx.actor)
    if not lines:
        return Reply("You have no favourites yet", (Text("`fav add get pods` keeps a line at hand."),), private=True)
    table = Table(
        ("LINE",),
        tuple((line,) for line in lines),
        row_buttons=tuple(
            (Button(f"Run {line}", line), Button(f"Remove {line}", f"fav remove {line}")) for line in lines
        ),
        file_name="favourites.txt",
    )
    return Reply(f"{counted(len(lines), 'favourite')} of yours", (table,), private=True)


COMMAND = Query(
    name="fav list",
    summary="List your favourites, to run or to remove.",
    args=FavListArgs,
    run=run,
    options=Listing,
    access=(),
    area="Favourites",
    examples=("fav list",),
)
