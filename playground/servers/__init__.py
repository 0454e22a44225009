"""Real servers for the practice world and the tests: started in a moment, gone with whoever started them."""

from playground.servers.postgres import embedded_postgres
from playground.servers.supervised import CannotStart
from playground.servers.valkey import embedded_valkey

__all__ = ["CannotStart", "embedded_postgres", "embedded_valkey"]
