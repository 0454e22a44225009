"""The right to ask what somebody may: Kubernetes' own, so that the bot tells nobody more than the API server would."""

from bot.commands.storage.backend import GROUP as QUOTAS_GROUP
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
