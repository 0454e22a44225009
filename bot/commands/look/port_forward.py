"""port-forward: not possible in chat; says what to use instead."""

from bot.errors import BadArguments
from bot.model.reply import Reply
from bot.spec import Args, Context, Query, flag, positional


class PortForwardArgs(Args):
    """Whatever kubectl would take."""

    words: tuple[str, ...] = positional("what kubectl takes", default=(), metavar="WORD")
    namespace: str = flag("namespace of the pod", default="", short="n", completes="namespace")


async def run(args: PortForwardArgs, ctx: Context) -> Reply:
    """Say so. Raises BadArguments always."""
    del args, ctx
    raise BadArguments(
        "No port can be forwarded into a chat. Nothing was opened.",
        hint="`probe service/NAME:PORT/PATH` asks a service or pod over HTTP, and shows what it answers.",
    )


COMMAND = Query(
    name="port-forward",
    summary="Say what takes its place in chat: probe.",
    args=PortForwardArgs,
    run=run,
    access=(),
    area="Look",
    examples=("port-forward service/instance-service 8003:8003",),
)
