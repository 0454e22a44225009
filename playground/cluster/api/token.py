"""serviceaccounts/token: a bearer token for a service account. It lives as long as the practice cluster."""

from datetime import timedelta

from aiohttp import web

from playground.cluster.api.body import read_object
from playground.cluster.api.request import RequestInfo
from playground.cluster.api.respond import json_response
from playground.cluster.clock import stamp
from playground.cluster.errors import method_not_allowed
from playground.cluster.resources import SERVICEACCOUNTS, Resource
from playground.cluster.state import ClusterState
from playground.cluster.users import Users

LIFETIME_S = 3600
"""A real server's when none is asked for."""


class TokenSubresource:
    def __init__(self, state: ClusterState, users: Users) -> None:
        self._state = state
        self._users = users

    async def serve(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.StreamResponse:
        if info.verb != "create":
            raise method_not_allowed()
        asked = await read_object(request)
        self._state.store.get(SERVICEACCOUNTS, info.namespace, info.name)
        spec = asked.get("spec") or {}
        lifetime = timedelta(seconds=spec.get("expirationSeconds", LIFETIME_S))
        expires = stamp(self._state.clock.now() + lifetime)
        token = self._users.add(f"system:serviceaccount:{info.namespace}:{info.name}")
        return json_response({**asked, "status": {"token": token, "expirationTimestamp": expires}}, 201)
