"""The four addresses, served from the first moment to the last."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from aiohttp import web

from bot.errors import BadArguments
from bot.health.health import Health, Report
from bot.health.metrics import CONTENT_TYPE, exposition


@asynccontextmanager
async def serving_health(health: Health, host: str, port: int) -> AsyncIterator[None]:
    """Serve while the block runs. Raises BadArguments where the address cannot be had."""
    runner = web.AppRunner(health_app(health), access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise BadArguments(
                f"HEALTH_HOST and HEALTH_PORT, {host}:{port}, cannot be had: {error.strerror}."
            ) from None
        yield
    finally:
        await runner.cleanup()


def health_app(health: Health) -> web.Application:
    """The addresses and what they answer."""

    async def livez(_: web.Request) -> web.Response:
        is_alive = health.is_alive()
        return _json({"ok": is_alive}, 200 if is_alive else 503)

    async def readyz(_: web.Request) -> web.Response:
        report = await health.report()
        return _json({"ready": report.ready, "problems": report.problems}, 200 if report.ready else 503)

    async def everything(_: web.Request) -> web.Response:
        return _json(for_people(await health.report()))

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(text=exposition(await health.report()), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app.add_routes(
        [
            web.get("/livez", livez),
            web.get("/readyz", readyz),
            web.get("/health", everything),
            web.get("/metrics", metrics),
        ]
    )
    return app


def for_people(report: Report) -> dict[str, Any]:
    """The report as JSON, the verdict first."""
    return {
        "ready": report.ready,
        "problems": report.problems,
        "degraded": report.degraded,
        "outbox": asdict(report.backlog) if report.backlog else None,
        "watched": [
            {
                "kind": one.name,
                "objects": one.tracked,
                "events": one.events,
                "silent_s": round(one.clock() - one.heard_at, 1),
                "unchanged_s": None if one.changed_at is None else round(one.clock() - one.changed_at, 1),
                "reconnects": dict(one.reconnects),
            }
            for one in report.watched
        ],
        "slack": asdict(report.slack),
    }


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(body, status=status, dumps=_dumps)


def _dumps(value: Any) -> str:
    return json.dumps(value, default=str)
