"""who-can: which of the people whom policy knows may do something here."""

import asyncio
from collections.abc import Sequence

from bot.commands.access.can_i import CanIArgs, resource_named
from bot.commands.access.reviews import OTHERS, OTHERS_ANYWHERE, SO_FAR, about_others, left_out, told_of_others
from bot.model.actor import Subject
from bot.model.layer import KUBERNETES, Layer
from bot.model.reply import Reply, Table
from bot.spec import CHANNEL_NAMESPACE, Access, Args, Context, Listing, Query, flag, positional


class WhoCanArgs(Args):
    """`who-can VERB RESOURCE[/NAME]`."""

    verb: str = positional("kubectl's verb, or a command of the bot", metavar="VERB", completes="verb")
    resource: str = positional("kind, or kind/name", metavar="RESOURCE[/NAME]", completes="kind")
    namespace: str = flag("namespace to look in", default=CHANNEL_NAMESPACE, short="n", completes="namespace")


def needs(args: WhoCanArgs) -> tuple[Access, ...]:
    """What Kubernetes asks of whoever wants to know the same of it."""
    return about_others(args.resource)


async def run(args: WhoCanArgs, ctx: Context) -> Reply:
    """Ask every layer for every person, at once."""
    asked = CanIArgs(verb=args.verb, resource=args.resource, namespace=args.namespace)
    resource, name = resource_named(asked.resource)
    subjects = sorted(ctx.permissions.people().values(), key=lambda subject: subject.user)
    answers = await asyncio.gather(
        *(
            ctx.permissions.explain(
                subject, channel=ctx.channel, namespace=args.namespace, verb=asked.verb, resource=resource, name=name
            )
            for subject in subjects
        )
    )
    told = [told_of_others(layers, resource) for layers in answers]
    missing = left_out(answers[0], resource) if answers else []
    rows = [_row(subject, layers) for subject, layers in zip(subjects, told, strict=True)]
    able = sum(row[1] == "yes" for row in rows)
    where = args.namespace or "all namespaces"
    table = Table(columns=("WHO", "ANSWER", "WHY"), rows=tuple(sorted(rows, key=lambda row: row[1] != "yes")))
    return Reply(
        headline=f"{able} of {len(rows)} may {args.verb} {args.resource} in {where}{SO_FAR if missing else ''}",
        parts=(table, *missing),
        private=True,
    )


def _row(subject: Subject, layers: Sequence[Layer]) -> tuple[str, str, str]:
    """The first no explains it, a yes the last layer; which rights Kubernetes was asked for, the headline says."""
    refusal = next((layer for layer in layers if not layer.allowed), None)
    if refusal is None and layers[-1].name.startswith(KUBERNETES):
        return subject.user, "yes", layers[-1].reason
    decisive = refusal or layers[-1]
    return subject.user, "no" if refusal else "yes", f"{decisive.name}: {decisive.reason}"


COMMAND = Query(
    name="who-can",
    summary="List who may do something here.",
    args=WhoCanArgs,
    run=run,
    options=Listing,
    access=(OTHERS, OTHERS_ANYWHERE),
    needs=needs,
    examples=("who-can restart deployment/instance-worker", "who-can patch deployments -n saasodoo"),
    area="Access",
)
