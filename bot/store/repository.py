"""What the parts of the ledger share."""

from dataclasses import dataclass
from uuid import UUID

from bot.errors import NotFound
from bot.store.database import Database
from bot.store.wakeups import Wakeups


@dataclass(frozen=True)
class Repository:
    """A part of the ledger: the database, and the bell that says when to look again."""

    database: Database
    wakeups: Wakeups
    owner: str
    """Name of this process in its claims and its connections."""


def storable(text: str) -> str:
    """Drop the one character that PostgreSQL cannot keep in text, so that nobody's typing fails a transaction."""
    return text.replace("\0", "")


def uuid(text: str) -> UUID:
    """Parse an operation's id; what is none belongs to no operation (raises NotFound)."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such operation.") from None
