"""Live answers: rows to values, and what changes them, within a transaction."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from bot.errors import Fenced
from bot.model.live import LiveAnswer
from bot.store.database import Connection
from bot.store.repository import Repository
from bot.store.statements import statements

SQL = statements("live")


class PostgresLive(Repository):
    """What is asked of live answers outside of a transaction."""

    async def live(self, answer_id: str) -> LiveAnswer | None:
        """One that has not ended."""
        return _found(await self.database.value(SQL["by_id"], answer_id))

    async def live_count(self, user_id: str) -> int:
        """How many a person has, over all replicas."""
        count: int = await self.database.value(SQL["count"], user_id)
        return count

    async def orphans(self) -> Sequence[LiveAnswer]:
        """Those whose process is gone."""
        rows = await self.database.rows(SQL["orphans"], self.owner)
        return [msgspec.json.decode(row["body"], type=LiveAnswer) for row in rows]


async def begin(connection: Connection, answer: LiveAnswer, owner: str, lease: timedelta) -> None:
    """Record that *owner* follows *answer*."""
    await connection.execute(SQL["begin"], answer.id, answer.asker.user_id, _body(answer), owner, lease)


async def keep(connection: Connection, answer: LiveAnswer, owner: str, lease: timedelta) -> None:
    """Record what it shows now (raises Fenced when somebody has ended it)."""
    if not await connection.fetchval(SQL["keep"], answer.id, _body(answer), owner, lease):
        raise Fenced("Somebody has ended this.")


async def end(connection: Connection, answer_id: str) -> LiveAnswer | None:
    """Record that it has ended; None when it had ended before."""
    return _found(await connection.fetchval(SQL["end"], answer_id))


async def is_sent(connection: Connection, key: str) -> bool:
    """Whether nothing under *key* is due any more."""
    sent: bool = await connection.fetchval(SQL["is_sent"], key)
    return sent


def _found(body: str | None) -> LiveAnswer | None:
    return None if body is None else msgspec.json.decode(body, type=LiveAnswer)


def _body(answer: LiveAnswer) -> str:
    return msgspec.json.encode(answer).decode()
