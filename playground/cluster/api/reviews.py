"""Questions about rights: SubjectAccessReview in its three forms, SelfSubjectRulesReview, SelfSubjectReview."""

from aiohttp import web

from playground.cluster.api.body import read_object
from playground.cluster.api.request import RequestInfo
from playground.cluster.api.respond import json_response
from playground.cluster.errors import Cause, bad_request, invalid
from playground.cluster.kobject import Object
from playground.cluster.rbac.authorizer import Attributes, Authorizer
from playground.cluster.resources import Resource
from playground.cluster.users import User


class Reviews:
    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer

    async def answer(self, request: web.Request, resource: Resource, info: RequestInfo, user: User) -> web.Response:
        review = await read_object(request)
        review = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": {}, **review}
        match resource.kind:
            case "SelfSubjectRulesReview":
                review["status"] = self._rules(review, user)
            case "SelfSubjectReview":
                review["status"] = {"userInfo": {"username": user.name, "groups": list(user.groups)}}
            case "SelfSubjectAccessReview":
                review["status"] = self._decide(resource, review, user)
            case _:
                _check_subject(resource, review, info)
                spec = review["spec"]
                about = User(spec.get("user", ""), tuple(spec.get("groups") or ()))
                review["status"] = self._decide(resource, review, about)
        return json_response(review, 201)

    def _decide(self, resource: Resource, review: Object, user: User) -> Object:
        decision = self._authorizer.decide(user, _attributes(resource, review))
        status: Object = {"allowed": decision.allowed}
        if decision.reason:
            status["reason"] = decision.reason
        if decision.error and not decision.allowed:
            status["evaluationError"] = decision.error
        return status

    def _rules(self, review: Object, user: User) -> Object:
        namespace = (review.get("spec") or {}).get("namespace", "")
        if not namespace:
            raise bad_request("no namespace on request")
        rules = self._authorizer.rules(user, namespace)
        return {
            "resourceRules": [rule for rule in rules if rule.get("resources")],
            "nonResourceRules": [rule for rule in rules if rule.get("nonResourceURLs")],
            "incomplete": False,
        }


def _attributes(resource: Resource, review: Object) -> Attributes:
    spec = review.get("spec") or {}
    asked, elsewhere = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if (asked is None) == (elsewhere is None) or not isinstance(asked or elsewhere, dict):
        told = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        raise invalid(
            resource, "", [Cause("FieldValueInvalid", f"Invalid value: null: {told}", "spec.resourceAttributes")]
        )
    if elsewhere is not None:
        return Attributes(elsewhere.get("verb", ""), path=elsewhere.get("path", ""))
    asked = asked or {}
    return Attributes(
        asked.get("verb", ""), asked.get("group", ""), asked.get("resource", ""), asked.get("subresource", ""),
        asked.get("namespace", ""), asked.get("name", ""),
    )  # fmt: skip


def _check_subject(resource: Resource, review: Object, info: RequestInfo) -> None:
    spec = review.setdefault("spec", {})
    if not spec.get("user") and not spec.get("groups"):
        told = "at least one of user or group must be specified"
        raise invalid(resource, "", [Cause("FieldValueInvalid", f'Invalid value: "": {told}', "spec.user")])
    asked = spec.get("resourceAttributes") or {}
    if info.namespace and asked.get("namespace") != info.namespace:
        raise invalid(resource, "", [Cause(
            "FieldValueInvalid", f'Invalid value: "{asked.get("namespace", "")}": must match metadata.namespace',
            "spec.resourceAttributes.namespace",
        )])  # fmt: skip
