"""can-i: whether I, or somebody else, may do something here: every layer with its reason."""

from collections.abc import Sequence

from pydantic import field_validator

from bot.commands.access.reviews import (
    OTHERS,
    OTHERS_ANYWHERE,
    REVIEWED,
    SELF,
    SO_FAR,
    about_others,
    left_out,
    told_of_others,
)
from bot.commands.access.subjects import subject_named
from bot.errors import BadArguments
from bot.model.layer import Layer
from bot.model.reply import Reply, Table, Tone
from bot.model.resources import BY_NAME, Resource
from bot.spec import CHANNEL_NAMESPACE, Access, Args, Context, Query, flag, positional


class CanIArgs(Args):
    """`can-i VERB RESOURCE[/NAME]`."""

    verb: str = positional("kubectl's verb, or a command of the bot", metavar="VERB", completes="verb")
    resource: str = positional("kind, or kind/name", metavar="RESOURCE[/NAME]", completes="kind")
    namespace: str = flag("namespace to look in", default=CHANNEL_NAMESPACE, short="n", completes="namespace")
    as_: str = flag("somebody else: a policy user, or a service account", default="", metavar="SUBJECT")

    @field_validator("verb")
    @classmethod
    def _a_word(cls, verb: str) -> str:
        if not verb.replace("-", "").replace(" ", "").isalpha():
            raise ValueError(f"“{verb[:40]}” is not a verb")
        return verb.lower()


def resource_named(word: str) -> tuple[Resource, str]:
    """`deploy/web` → the kind and the name, which may be empty. Raises BadArguments for an unknown kind."""
    kind, _, name = word.partition("/")
    found = BY_NAME.get(kind.lower()) or REVIEWED.get(kind.lower())
    if found is None:
        raise BadArguments(
            f"The bot does not know the kind “{kind[:40]}”. Nothing was read.", hint="For example: pods."
        )
    return found, name


def needs(args: CanIArgs) -> tuple[Access, ...]:
    """What Kubernetes asks of whoever wants to know the same of it."""
    return about_others(args.resource) if args.as_ else (SELF,)


async def run(args: CanIArgs, ctx: Context) -> Reply:
    """Ask each layer; all must say yes."""
    resource, name = resource_named(args.resource)
    subject = subject_named(args.as_, ctx.permissions.people()) if args.as_ else ctx.actor.subject
    layers = await ctx.permissions.explain(
        subject, channel=ctx.channel, namespace=args.namespace, verb=args.verb, resource=resource, name=name
    )
    told = told_of_others(layers, resource) if args.as_ else layers
    missing = left_out(layers, resource) if args.as_ else []
    table = Table(columns=("LAYER", "ANSWER", "WHY"), rows=tuple(_row(layer) for layer in told))
    return Reply(
        headline=f"{_headline(told, args, subject.user)}{SO_FAR if missing else ''}",
        parts=(table, *missing),
        tone=Tone.GOOD if all(layer.allowed for layer in told) else Tone.DENIED,
        private=True,
    )


def _row(layer: Layer) -> tuple[str, str, str]:
    return layer.name, "yes" if layer.allowed else "no", layer.reason


def _headline(layers: Sequence[Layer], args: CanIArgs, user: str) -> str:
    may = "may" if all(layer.allowed for layer in layers) else "may not"
    return f"{user if args.as_ else 'You'} {may} {args.verb} {args.resource} in {args.namespace or 'all namespaces'}"


COMMAND = Query(
    name="can-i",
    summary="Say whether you may do something here, and which layer decides.",
    args=CanIArgs,
    run=run,
    access=(SELF, OTHERS, OTHERS_ANYWHERE),
    needs=needs,
    examples=("can-i restart deployment/instance-worker", "can-i patch deployments -n saasodoo --as practice:vera"),
    area="Access",
)
