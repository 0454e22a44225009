"""Grants: what the bot itself needs once another role has migrated, and nothing that could rewrite what happened."""

import asyncpg

from bot.errors import NotFound
from bot.store.database import CONNECT_TIMEOUT_S
from bot.store.failures import translated
from bot.store.statements import statements

SQL = statements("grants")


async def grant(dsn: str, role: str) -> None:
    """Let *role* run the bot on the database that *dsn*'s role owns (raises NotFound, Unreachable, Rejected)."""
    quoted = '"' + role.replace('"', '""') + '"'
    with translated():
        connection = await asyncpg.connect(dsn, timeout=CONNECT_TIMEOUT_S)
        try:
            await connection.execute(SQL["grant"].format(role=quoted))
        except asyncpg.UndefinedObjectError:
            raise NotFound(
                f"There is no role {role}; nothing was granted.", hint="Create it, then say so again."
            ) from None
        finally:
            await connection.close(timeout=CONNECT_TIMEOUT_S)
