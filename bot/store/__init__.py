"""PostgreSQL: the ledger of operations, the audit chain, inbox and outbox. Nobody else speaks SQL."""

from bot.store.ledger import PostgresLedger, opened_ledger
from bot.store.migrate import migrate

__all__ = ["PostgresLedger", "migrate", "opened_ledger"]
