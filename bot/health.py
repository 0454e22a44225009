"""Health over HTTP: /livez for restarts, /readyz for traffic, /health for people. It tells the truth or fails."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from aiohttp import web

from bot.errors import BotError
from bot.slack.health import SlackHealth


@dataclass(frozen=True)
class Health:
    """What the parts say of themselves, asked at each request."""

    slack: Callable[[], SlackHealth]
    database: Callable[[], Awaitable[object]]
    """Asks the database anything. Raises Unreachable."""
    has_redis: bool

    async def problems(self) -> list[str]:
        """Why the bot is not ready, one sentence each; empty when it is."""
        slack = self.slack()
        found = [] if slack.ready else [f"Slack: {slack.why_not}"]
        try:
            await self.database()
        except BotError as error:
            found.append(f"Database: {error}")
        return found

    async def report(self) -> dict[str, Any]:
        """Everything, for people and scripts."""
        problems = await self.problems()
        degraded = [] if self.has_redis else ["no Redis: Slack's budgets are counted per replica"]
        return {"ready": not problems, "problems": problems, "degraded": degraded, "slack": asdict(self.slack())}


async def serve_health(health: Health, host: str, port: int) -> None:
    """Serve until cancelled."""
    app = web.Application()
    app.add_routes(
        [
            web.get("/livez", lambda _: _answer({"ok": True})),
            web.get("/readyz", lambda _: _ready(health)),
            web.get("/health", lambda _: _report(health)),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


async def _answer(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(body, status=status, dumps=_dumps)


async def _ready(health: Health) -> web.Response:
    problems = await health.problems()
    return await _answer({"ready": not problems, "problems": problems}, 503 if problems else 200)


async def _report(health: Health) -> web.Response:
    return await _answer(await health.report())


def _dumps(value: Any) -> str:
    return json.dumps(value, default=str)
