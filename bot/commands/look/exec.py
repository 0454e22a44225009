"""exec: a terminal is not possible in chat; says what to use instead."""

from bot.errors import BadArguments
from bot.model.reply import Reply
from bot.spec import Args, Context, Query, flag, positional


class ExecArgs(Args):
    """Whatever kubectl would take."""

    words: tuple[str, ...] = positional("what kubectl takes", default=(), metavar="WORD")
    it: bool = flag("a terminal, as kubectl calls it", default=False, short="it")
    stdin: bool = flag("pass input on", default=False, short="i")
    tty: bool = flag("a terminal", default=False, short="t")
    container: str = flag("container, where there are several", default="", short="c", metavar="NAME")
    namespace: str = flag("namespace of the pod", default="", short="n", completes="namespace")


async def run(args: ExecArgs, ctx: Context) -> Reply:
    """Say so. Raises BadArguments always."""
    del args, ctx
    raise BadArguments(
        "No terminal opens in a chat. Nothing was run.",
        hint="`logs`, `describe` and `why` show what a pod does; `probe pod/NAME:PORT/PATH` asks it over HTTP.",
    )


COMMAND = Query(
    name="exec",
    summary="Say what takes its place in chat: logs, describe, why, probe.",
    args=ExecArgs,
    run=run,
    access=(),
    area="Look",
    examples=("exec -it postgres-0 -- bash",),
)
