"""What asyncpg raises, in our words: no library exception leaves this room."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from bot.errors import Conflict, Rejected, Unreachable

GONE = (
    OSError,  # includes TimeoutError
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shut down or restarting, statement cancelled
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,  # deadlock or serialisation: nothing was kept, the next try may pass
    asyncpg.InternalClientError,  # connection lost in the middle of an answer
    asyncpg.ReadOnlySQLTransactionError,  # a standby, after a failover
)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the database's exceptions into ours (raises Unreachable, Conflict, Rejected)."""
    try:
        yield
    except asyncpg.CheckViolationError as error:
        if error.constraint_name:  # a table's own check: no words for people
            raise Rejected(f"The database refused a row ({error.constraint_name}).") from error
        raise Conflict(error.args[0]) from error  # a trigger's, in our words
    except GONE as error:
        raise Unreachable("The database does not answer.", hint="Try again in a minute.") from error
    except asyncpg.PostgresError as error:
        raise Rejected(f"The database refused a statement ({error.sqlstate}).") from error
