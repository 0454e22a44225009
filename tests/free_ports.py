"""Ports for servers that are told theirs: below those that the system gives to clients.

Where it chooses itself, a port may be a client's by the time its server asks for it, or wait out a connection that a
client has closed: the fast suite leaves thousands of those behind.
"""

import random
import socket
from contextlib import ExitStack, suppress

SERVERS = range(15_000, 20_000)
"""Between the fixed ports of kubelab; Linux takes those of clients from 32,768 on."""


def free_ports(count: int = 1) -> int:
    """The first of *count* neighbours that nobody listens on."""
    while True:
        first = random.randrange(SERVERS.start, SERVERS.stop - count)
        with suppress(OSError), ExitStack() as taken:
            for port in range(first, first + count):
                taken.enter_context(socket.create_server(("127.0.0.1", port)))
            return first
