"""However much is due, a look for what is due next touches each row a few times: a flood stops no delivery."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.store import PostgresLedger
from bot.store.outbox import CLAIM, OF_ONE_CHANNEL, SQL

DUE = 2_000
LOOKS_PER_ROW = 100
"""Plans differ; one that compares each row with each other one looks at it two thousand times."""
FLOODS = {
    "one channel": ("'C1'", "''"),
    "a channel each": ("'C' || i", "''"),
    "threads": ("'C1'", "CASE WHEN i % 10 = 0 THEN '' ELSE 'k' || (i - i % 10) END"),
    "one thread": ("'C1'", "CASE WHEN i = 1 THEN '' ELSE 'k1' END"),
}


@pytest.mark.parametrize(("channel", "parent"), FLOODS.values(), ids=FLOODS)
async def test_a_claim_costs_no_more_per_row_in_a_full_outbox(
    ledger: PostgresLedger, channel: str, parent: str
) -> None:
    async with ledger.database.connection() as connection:
        await connection.execute(
            f"INSERT INTO outbox (key, item, lane, parent, channel, namespace) "
            f"SELECT 'k' || i, '{{}}', 2, {parent}, {channel}, 'ns' || i % 50 FROM generate_series(1, {DUE}) i"
        )
        await connection.execute("ANALYZE outbox")
        explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {SQL['claim']}"
        told = await connection.fetchval(explained, 16, CLAIM, ledger.owner, [], OF_ONE_CHANNEL)
    [plan] = json.loads(told)
    assert sum(looks(plan["Plan"])) < DUE * LOOKS_PER_ROW


def looks(node: dict[str, Any]) -> Iterator[float]:
    """How many rows each part of a plan gave or threw away, over all its rounds."""
    yield node["Actual Loops"] * sum(
        number for name, number in node.items() if name == "Actual Rows" or name.startswith("Rows Removed by")
    )
    for part in node.get("Plans", ()):
        yield from looks(part)
