"""kubectl's tables: the columns that the server prints for each kind."""

from playground.cluster.tables.render import table

__all__ = ["table"]
