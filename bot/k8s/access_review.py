"""What a person may: asked of the API server, which alone knows. Anything but a clear yes is a no."""

from collections.abc import Mapping

import msgspec
from multidict import CIMultiDict

from bot.errors import BotError, Denied, Unreachable
from bot.k8s.request import Request
from bot.k8s.session import Session
from bot.model.actor import Subject
from bot.model.kube.meta import KubeStruct
from bot.model.kube.rbac import PolicyRule
from bot.model.plan import Json
from bot.ports import Permission

REVIEW_TIMEOUT_S = 5.0
"""A webhook authorizer may take long; a person waits for the answer."""
AUTHENTICATED = "system:authenticated"
"""Who was let in belongs to this group; a review, unlike a login, has to say so itself."""
RESERVED = "system:"
"""Prefix of Kubernetes' own users and groups: nobody from Slack may be one of them."""


class ReviewStatus(KubeStruct):
    allowed: bool = False
    denied: bool = False
    reason: str = ""
    evaluation_error: str = ""


class ReviewAnswer(KubeStruct):
    status: ReviewStatus = ReviewStatus()


class Rules(KubeStruct):
    """All that a subject may in one namespace, as the server's authorizers can tell."""

    resource_rules: tuple[PolicyRule, ...] | None = ()
    incomplete: bool = False
    evaluation_error: str = ""


class RulesAnswer(KubeStruct):
    status: Rules = Rules()


async def review(
    session: Session, subject: Subject, *, verb: str, resource: str, group: str, namespace: str, name: str
) -> Permission:
    """Ask by SubjectAccessReview. Never raises."""
    spec: dict[str, Json] = {
        "user": subject.user,
        "groups": [*dict.fromkeys((*subject.groups, AUTHENTICATED))],
        "resourceAttributes": _attributes(verb, resource, group, namespace, name),
    }
    return await _permission(session, "SubjectAccessReview", spec)


async def review_self(
    session: Session, *, verb: str, resource: str, group: str, namespace: str = "", name: str = ""
) -> Permission:
    """Ask by SelfSubjectAccessReview whether the bot itself may. Never raises."""
    spec: dict[str, Json] = {"resourceAttributes": _attributes(verb, resource, group, namespace, name)}
    return await _permission(session, "SelfSubjectAccessReview", spec)


def _attributes(verb: str, resource: str, group: str, namespace: str, name: str) -> dict[str, Json]:
    plural, _, subresource = resource.partition("/")
    attributes = {
        "verb": verb,
        "group": group,
        "resource": plural,
        "subresource": subresource,
        "namespace": namespace,
        "name": name,
    }
    return {key: value for key, value in attributes.items() if value}


async def _permission(session: Session, kind: str, spec: dict[str, Json]) -> Permission:
    try:
        answer = await _asked(session, f"{kind.lower()}s", kind, spec)
        return permission(msgspec.json.decode(answer, type=ReviewAnswer).status)
    except Unreachable:
        reason = "The API server does not answer, so no right could be checked"
        return Permission(allowed=False, reason=reason, is_known=False)
    except (BotError, msgspec.DecodeError) as error:
        why = str(error) if isinstance(error, BotError) else "its answer is not what Kubernetes sends"
        return Permission(allowed=False, reason=f"The API server could not be asked: {why}", is_known=False)


async def rules(session: Session, namespace: str, subject: Subject | None = None) -> Rules:
    """List what *subject* (default: the bot) may in *namespace*. Raises what `Session.send` raises, and Denied."""
    headers = impersonation(subject) if subject else None
    spec: dict[str, Json] = {"namespace": namespace}
    answer = await _asked(session, "selfsubjectrulesreviews", "SelfSubjectRulesReview", spec, headers)
    return msgspec.json.decode(answer, type=RulesAnswer).status


def permission(status: ReviewStatus) -> Permission:
    """Read a review's answer: an evaluation error makes even a yes a no."""
    if status.evaluation_error:
        return Permission(allowed=False, reason=f"The API server could not decide: {status.evaluation_error}")
    return Permission(allowed=status.allowed and not status.denied, reason=status.reason)


def impersonation(subject: Subject) -> CIMultiDict[str]:
    """Give the headers with which a request is decided and audited as *subject*'s, one line per group. Raises Denied.

    Kubernetes' own identities are refused, whatever a policy file says: `system:masters` may everything.
    """
    for identity in (subject.user, *subject.groups):
        if not identity or identity.startswith(RESERVED) or not identity.isprintable():
            raise Denied(f'Nobody may act as "{identity}" through the bot. Nothing was changed.')
    headers = CIMultiDict({"Impersonate-User": subject.user})
    for group in subject.groups:
        headers.add("Impersonate-Group", group)
    return headers


async def _asked(
    session: Session, plural: str, kind: str, spec: Mapping[str, Json], headers: CIMultiDict[str] | None = None
) -> bytes:
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": spec}
    request = Request(
        method="POST",
        path=f"/apis/authorization.k8s.io/v1/{plural}",
        verb="review",
        headers=headers or CIMultiDict(),
        body=msgspec.json.encode(body),
    )
    answer = await session.send(request, timeout_s=REVIEW_TIMEOUT_S)
    return answer.body
