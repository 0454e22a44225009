"""The bot that starts: while the database is prepared, by it or by another, it is alive and takes no work."""

import asyncio
from contextlib import suppress

import aiohttp
import asyncpg

from bot.app import serve
from bot.settings import Settings
from bot.store.migrate import LOCK
from tests.free_ports import free_ports

ENOUGH_S = 240.0
"""For a loop that is held up; the answer comes within milliseconds."""


async def test_a_long_migration_looks_like_neither_work_nor_death(postgres_dsn: str) -> None:
    port = free_ports()
    settings = Settings.model_validate(
        {
            "slack_bot_token": "xoxb-1",
            "slack_app_token": "xapp-1",
            "database_url": postgres_dsn,
            "health_host": "127.0.0.1",
            "health_port": port,
        }
    )
    migrating = await asyncpg.connect(postgres_dsn)
    await migrating.execute("SELECT pg_advisory_lock($1)", LOCK)
    serving = asyncio.ensure_future(serve(settings))
    async with asyncio.timeout(ENOUGH_S), aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
        while not await _waits_for(migrating):
            assert not serving.done(), serving
        livez, readyz = await client.get("/livez"), await client.get("/readyz")
        assert (livez.status, readyz.status) == (200, 503)
        assert (await readyz.json())["problems"] == ["Starting: the database is being prepared."]
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving
    await migrating.close()


async def _waits_for(holder: "asyncpg.Connection[asyncpg.Record]") -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted"
    return bool(await holder.fetchval(waiting, LOCK))
