"""The right to ask what somebody may: Kubernetes' own, so that the bot tells nobody more than the API server would."""

from collections.abc import Sequence

from bot.commands.storage.backend import GROUP as QUOTAS_GROUP
from bot.model.layer import KUBERNETES, Layer
from bot.model.reply import Text
from bot.model.resources import BY_NAME, Resource
from bot.spec import Access, access

SELF = access("authorization.k8s.io", ["selfsubjectaccessreviews"], ["create"])
"""About oneself: everybody who is logged in has it."""
OTHERS = access("authorization.k8s.io", ["localsubjectaccessreviews"], ["create"])
"""About others, namespace by namespace: whom one could best impersonate is nothing for everybody to know."""
OTHERS_ANYWHERE = access("authorization.k8s.io", ["subjectaccessreviews"], ["create"])
"""About others and what is in no namespace: no right in one answers for nodes."""

REVIEWED = {
    one.plural: one
    for one in (
        Resource("SubjectAccessReview", "subjectaccessreviews", OTHERS.group, namespaced=False),
        Resource("LocalSubjectAccessReview", "localsubjectaccessreviews", OTHERS.group),
        Resource("Quota", "quotas", QUOTAS_GROUP),
    )
}
"""What a refusal may name beside the kinds that can be looked at."""


def about_others(word: str) -> tuple[Access, ...]:
    """What Kubernetes asks of whoever wants to know what others may do with the kind of *word*, or with `kind/name`."""
    known = BY_NAME.get(word.partition("/")[0].lower())
    return (OTHERS,) if known is None or known.namespaced else (OTHERS_ANYWHERE,)


def told_of_others(layers: Sequence[Layer], resource: Resource) -> list[Layer]:
    """Those that OTHERS lets one know: a command on a namespaced kind may need nodes as well."""
    return [layer for layer in layers if layer.is_namespaced or not resource.namespaced]


SO_FAR = ", as far as namespaces go"
"""Ends the headline of an answer that leaves something out."""


def left_out(layers: Sequence[Layer], resource: Resource) -> list[Text]:
    """One sentence on what of *layers* is not told of others, and who may know it."""
    told = told_of_others(layers, resource)
    names = dict.fromkeys(layer.name.removeprefix(KUBERNETES) for layer in layers if layer not in told)
    sentence = (
        f"Left out: {', '.join(names)}, for that is in no namespace. "
        f"Ask for it by itself: whoever may `create {OTHERS_ANYWHERE.resources[0]}` is told."
    )
    return [Text(sentence)] if names else []
