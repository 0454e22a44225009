"""The gate of every request: who asks (token, impersonation) and whether RBAC lets them."""

from collections.abc import Iterable

from aiohttp import web

from playground.cluster.api.request import RequestInfo
from playground.cluster.errors import ApiError, bad_request, unauthorized
from playground.cluster.rbac.authorizer import Attributes, Authorizer
from playground.cluster.users import ANONYMOUS, User, Users, identity


class Gate:
    def __init__(self, users: Users, authorizer: Authorizer) -> None:
        self._users = users
        self._authorizer = authorizer

    def enter(self, request: web.Request, info: RequestInfo) -> User:
        """Return the user that the request runs as (raises 401, 403)."""
        user = self._impersonated(request, self._authenticated(request))
        asked = attributes_of(info)
        if not self._authorizer.decide(user, asked).allowed:
            raise refusal(user, asked)
        return user

    def _authenticated(self, request: web.Request) -> User:
        header = request.headers.get("Authorization", "")
        if not header:
            return ANONYMOUS
        kind, _, token = header.partition(" ")
        user = self._users.holder(token.strip()) if kind.lower() == "bearer" else None
        if user is None:
            raise unauthorized()
        return user

    def _impersonated(self, request: web.Request, user: User) -> User:
        name = request.headers.get("Impersonate-User", "")
        groups = request.headers.getall("Impersonate-Group", [])
        if not name:
            if groups or any(header.lower().startswith("impersonate-extra-") for header in request.headers):
                raise bad_request("requested [] without impersonating a user")
            return user
        for kind, names in (("users", [name]), ("groups", groups)):
            self._check_impersonation(user, kind, names)
        return identity(name, groups)

    def _check_impersonation(self, user: User, kind: str, names: Iterable[str]) -> None:
        for name in names:
            account = name.split(":") if name.startswith("system:serviceaccount:") and kind == "users" else None
            asked = Attributes("impersonate", "", kind, name=name)
            if account:
                asked = Attributes("impersonate", "", "serviceaccounts", namespace=account[2], name=account[3])
            if not self._authorizer.decide(user, asked).allowed:
                raise refusal(user, asked)


def attributes_of(info: RequestInfo) -> Attributes:
    if not info.is_resource:
        return Attributes(info.verb, path=info.path)
    namespace = info.namespace
    if info.plural == "namespaces" and not info.group and info.name:
        namespace = info.name
    return Attributes(info.verb, info.group, info.plural, info.subresource, namespace, info.name)


def refusal(user: User, asked: Attributes) -> ApiError:
    """Word a 403 as a real server does, so that clients can read the missing rule out of it."""
    if asked.path:
        told = f'forbidden: User "{user.name}" cannot {asked.verb} path "{asked.path}"'
        return ApiError(403, "Forbidden", told, {})
    qualified = f"{asked.resource}.{asked.group}" if asked.group else asked.resource
    name = f' "{asked.name}"' if asked.name else ""
    scope = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
    told = f'{qualified}{name} is forbidden: User "{user.name}" cannot {asked.verb} resource "{asked.combined}" '
    told += f'in API group "{asked.group}" {scope}'
    details = {"name": asked.name, "group": asked.group, "kind": asked.resource}
    return ApiError(403, "Forbidden", told, {key: value for key, value in details.items() if value})
