"""Faults on demand: "fail the next 3 lists of pods with 429", "cut the next watch in the middle of a line"."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypedDict

from aiohttp import web

from playground.cluster.api.request import RequestInfo
from playground.cluster.errors import ApiError, bad_request, too_many_requests
from playground.cluster.store import watch_line

INFO, USER = web.RequestKey("info", RequestInfo), web.RequestKey("user", str)
"""What the server notes on a request for the faults that spoil its stream."""
STALL_S = 3600.0
"""How long a stalled answer says nothing; longer than any client waits."""


class Effect(StrEnum):
    THROTTLE = "429"
    SERVER_ERROR = "500"
    UNAVAILABLE = "503"
    BAD_GATEWAY_HTML = "502-html"
    UNAUTHORIZED = "401"
    GONE = "410"
    GONE_IN_STREAM = "410-in-stream"
    CUT_MID_LINE = "cut-mid-line"
    RESET = "reset"
    STALL = "stall"
    EMPTY = "empty"


_BEFORE_ANSWER = frozenset(Effect) - {Effect.GONE_IN_STREAM, Effect.CUT_MID_LINE}


class FaultRow(TypedDict, total=False):
    """A fault as the control endpoint takes it."""

    effect: str
    times: int
    verb: str
    resource: str
    user: str


@dataclass
class Fault:
    """One row of the table: what happens, how often, to which requests ("" is any)."""

    effect: Effect
    times: int = 1
    verb: str = ""
    resource: str = ""
    user: str = ""

    def concerns(self, info: RequestInfo, user: str) -> bool:
        return (
            self.times > 0
            and self.verb in {"", info.verb}
            and self.resource in {"", info.plural}
            and self.user in {"", user}
        )


@dataclass
class Faults:
    """The table. Rows are used in order, and are gone when they have been used up."""

    rows: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        self.rows.append(fault)

    def clear(self) -> None:
        self.rows.clear()

    def as_json(self) -> list[FaultRow]:
        return [
            {
                "effect": row.effect.value,
                "times": row.times,
                "verb": row.verb,
                "resource": row.resource,
                "user": row.user,
            }
            for row in self.rows
        ]

    def load(self, rows: Iterable[Any]) -> None:
        """Add rows as the control path gives them (raises 400 on what is no fault, and adds none then)."""
        try:
            added = [Fault(**{**row, "effect": Effect(row["effect"])}) for row in rows]
        except (TypeError, ValueError, KeyError) as error:
            raise bad_request(f"not a fault: {error}") from None
        self.rows += added

    def take(self, info: RequestInfo, user: str, effects: frozenset[Effect] = _BEFORE_ANSWER) -> Effect | None:
        """Return the effect that a request is to suffer, and count it."""
        for row in self.rows:
            if row.effect in effects and row.concerns(info, user):
                row.times -= 1
                self.rows = [kept for kept in self.rows if kept.times > 0]
                return row.effect
        return None

    async def before(self, request: web.Request, info: RequestInfo, user: str) -> web.StreamResponse | None:
        """Answer in place of the server when a row says so (raises ApiError for the refusals)."""
        match self.take(info, user):
            case None:
                return None
            case Effect.BAD_GATEWAY_HTML:
                page = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
                return web.Response(status=502, text=page, content_type="text/html")
            case Effect.EMPTY:
                return web.Response(status=200, body=b"", content_type="application/json")
            case Effect.STALL:
                await asyncio.sleep(STALL_S)
                return _drop(request)
            case Effect.RESET:
                return _drop(request)
            case effect:
                raise _refusal(effect)

    async def deliver(self, request: web.Request, response: web.StreamResponse, lines: bytes) -> None:
        """Write lines of a watch, spoiling them when a row says so."""
        if not self.rows or not lines:
            if lines:
                await response.write(lines)
            return
        in_stream = frozenset({Effect.GONE_IN_STREAM, Effect.CUT_MID_LINE})
        effect = self.take(request[INFO], request[USER], in_stream)
        if effect is Effect.CUT_MID_LINE:
            await response.write(lines[: max(1, len(lines) // 2)])
            _drop(request)
            raise ConnectionResetError("cut by a practice fault")
        await response.write(lines)
        if effect is Effect.GONE_IN_STREAM:
            gone = ApiError(410, "Expired", "too old resource version: 1 (2)")
            await response.write(watch_line("ERROR", gone.status()))


def _refusal(effect: Effect) -> ApiError:
    return {
        Effect.THROTTLE: too_many_requests(
            "the server has received too many requests and has asked us to try again", 1
        ),
        Effect.SERVER_ERROR: ApiError(500, "InternalError", "Internal error occurred: etcdserver: request timed out"),
        Effect.UNAVAILABLE: ApiError(503, "ServiceUnavailable", "the server is currently unable to handle the request"),
        Effect.UNAUTHORIZED: ApiError(401, "Unauthorized", "Unauthorized"),
        Effect.GONE: ApiError(410, "Expired", "too old resource version: 1 (2)"),
    }[effect]


def _drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
