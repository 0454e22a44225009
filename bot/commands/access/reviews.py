"""The right to ask what somebody may: Kubernetes' own, so that the bot tells nobody more than the API server would."""

from bot.commands.storage.backend import GROUP as QUOTAS_GROUP
from bot.model.resources import Resource
from bot.spec import access

SELF = access("authorization.k8s.io", ["selfsubjectaccessreviews"], ["create"])
"""About oneself: everybody who is logged in has it."""
OTHERS = access("authorization.k8s.io", ["localsubjectaccessreviews"], ["create"])
"""About others, namespace by namespace: whom one could best impersonate is nothing for everybody to know."""

REVIEWED = {
    one.plural: one
    for one in (
        Resource("LocalSubjectAccessReview", "localsubjectaccessreviews", OTHERS.group),
        Resource("Quota", "quotas", QUOTAS_GROUP),
    )
}
"""What a refusal may name beside the kinds that can be looked at."""
