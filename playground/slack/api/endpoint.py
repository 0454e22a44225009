"""The HTTP face of the Web API: reads any transport, checks token, scope and rate, answers with Slack's headers."""

import asyncio
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import hdrs, web

from playground.slack.api.call import Args, Backstage, Call, Method, missing_scope
from playground.slack.api.newest import refuse_new_blocks
from playground.slack.api.table import METHODS
from playground.slack.api_error import ApiError
from playground.slack.clock import Clock
from playground.slack.faults import Failure, Faults
from playground.slack.installation import TokenKind
from playground.slack.journal import Called, Journal
from playground.slack.limits import Limits
from playground.slack.values import Json

# What an argument may hold in the inspector: enough to recognise it, not a second copy of every card.
SHOWN_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: Json
    headers: Mapping[str, str]


class Endpoint:
    def __init__(self, on: Backstage, *, limits: Limits, faults: Faults, journal: Journal, clock: Clock) -> None:
        self._on = on
        self._limits = limits
        self._faults = faults
        self._journal = journal
        self._clock = clock

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer /api/{method}, by GET or POST."""
        name, started = request.match_info["method"], time.perf_counter()
        if self._faults.latency_s:
            await asyncio.sleep(self._faults.latency_s)
        try:
            raw = await arguments(request)
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_json"})
        token = bearer(request) or str(raw.get("token", ""))
        failure = self._faults.failure_of(name)
        if failure is None or failure.is_done:
            reply = await self._answer(name, token, Args(raw))
        if failure is not None:
            reply = _broken(failure)
        error = reply.body.get("error")
        self._journal.add(
            Called(
                at=self._clock.now(),
                method=name,
                status=reply.status,
                error=error,
                ms=round((time.perf_counter() - started) * 1000, 2),
                arguments={key: _shortened(value) for key, value in raw.items() if key != "token"},
            )
        )
        if reply.status >= 500:
            return web.Response(status=reply.status, text="<html>Server Error</html>", content_type="text/html")
        return web.json_response(reply.body, status=reply.status, headers=reply.headers)

    async def _answer(self, name: str, token: str, args: Args) -> Reply:
        headers = {"x-slack-req-id": secrets.token_hex(16)}
        if token:
            headers["x-oauth-scopes"] = ",".join(sorted(self._on.app.scopes))
        try:
            method = self._admitted(name, token)
            if self._faults.lacks_new_blocks:
                refuse_new_blocks(args)
            if wait := self._limits.admit(name, method.tier, channel=args.text("channel")):
                return Reply(429, {"ok": False, "error": "ratelimited"}, headers | {"Retry-After": str(wait)})
            return Reply(200, {"ok": True, **await method.handler(Call(self._on, args))}, headers)
        except ApiError as error:
            return Reply(200, {"ok": False, "error": error.code, **error.details}, headers)

    def _admitted(self, name: str, token: str) -> Method:
        """The method, if it exists and the token may call it."""
        method, app = METHODS.get(name), self._on.app
        if method is None:
            raise ApiError("unknown_method", req_method=name)
        if name == "api.test":
            return method
        if not token:
            raise ApiError("not_authed")
        kind = app.token_kind(token)
        if kind is None:
            raise ApiError("invalid_auth")
        if kind in app.revoked:
            raise ApiError("token_revoked")
        if kind is not method.token:
            raise ApiError("not_allowed_token_type")
        if kind is TokenKind.BOT and method.scopes and not app.scopes.intersection(method.scopes):
            raise missing_scope(app, method.scopes)
        return method


def _broken(failure: Failure) -> Reply:
    if failure.status == 429:
        return Reply(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(failure.retry_after)})
    return Reply(failure.status, {"ok": False, "error": f"http_{failure.status}"}, {})


async def arguments(request: web.Request) -> Json:
    """Merge query string, form body and JSON body into one (raises ValueError)."""
    raw: Json = dict(request.query)
    if request.content_type == "application/json":
        body = json.loads(await request.text() or "{}")
        raw |= body if isinstance(body, dict) else {}
    elif request.can_read_body:
        raw |= dict(await request.post())
    return raw


def bearer(request: web.Request) -> str:
    """The token of the Authorization header, "" without one."""
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _shortened(value: Any) -> Any:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return value if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
