"""The four addresses, served until cancelled."""

import asyncio
import json
from dataclasses import asdict
from typing import Any

from aiohttp import web

from bot.health.health import Health, Report
from bot.health.metrics import CONTENT_TYPE, exposition


async def serve_health(health: Health, host: str, port: int) -> None:
    """Serve until cancelled."""
    runner = web.AppRunner(health_app(health), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        await asyncio.Event().wait()
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
