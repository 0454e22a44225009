"""A desk on a database of the test's own."""

import pytest

from bot.store import PostgresLedger
from tests.engine.desk import Desk


@pytest.fixture
def desk(ledger: PostgresLedger) -> Desk:
    """All flows of operations."""
    return Desk(ledger)
