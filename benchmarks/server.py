"""A process that lists and streams pods as fast as a socket takes them, so that only the client's work is measured.

What it does is in the address: `/INITIAL/LIVE/RATE` in front of the API's path means so many pods, then so many
changes, so many a second (0: at once).
"""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs

import msgspec

from benchmarks.pods import STAMP, VERSION, event, pod

DIFFERENT = 500
"""Pods that differ; beyond them they come again under other versions."""
ASKED = re.compile(rb"GET /(\d+)/(\d+)/(\d+)/api/v1/pods\??(\S*) ")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
END = (
    b'{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"1",'
    b'"annotations":{"k8s.io/initial-events-end":"true"}}}}\n'
)
FIRST_VERSION = 10**19


class Pods:
    """Everything encoded beforehand."""

    def __init__(self) -> None:
        self.items = [msgspec.json.encode(pod(number)) for number in range(DIFFERENT)]
        self.added = [event(number, "ADDED") for number in range(DIFFERENT)]
        self.modified = [event(number, "MODIFIED") for number in range(DIFFERENT)]


async def answer(pods: Pods, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            asked = ASKED.match(head)
            if asked is None:
                raise ValueError(head[:200])
            initial, live, rate = (int(number) for number in asked.groups()[:3])
            query = {key: values[0] for key, values in parse_qs(asked[4].decode()).items()}
            if "watch" in query:
                return await stream(pods, writer, initial if "sendInitialEvents" in query else 0, live, rate)
            await page(pods, writer, initial, query)
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def page(pods: Pods, writer: asyncio.StreamWriter, total: int, query: dict[str, str]) -> None:
    """Send one page of a list."""
    start = int(query.get("continue", "0"))
    end = min(total, start + int(query.get("limit", total)))
    token = str(end) if end < total else ""
    metadata = msgspec.json.encode({"resourceVersion": "1", "continue": token})
    items = b",".join(pods.items[number % DIFFERENT] for number in range(start, end))
    body = b'{"kind":"PodList","apiVersion":"v1","metadata":%s,"items":[%s]}' % (metadata, items)
    writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()


async def stream(pods: Pods, writer: asyncio.StreamWriter, initial: int, live: int, rate: int) -> None:
    """Send the pods, the mark that they are all, and the changes, one HTTP chunk each; then keep silent."""
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    for number in range(initial):
        await send(writer, dated(pods.added[number % DIFFERENT], number))
    await send(writer, END)
    began = time.monotonic()
    for number in range(live):
        if rate:
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        await send(writer, dated(pods.modified[number % DIFFERENT], initial + number))
    await asyncio.sleep(3600)


async def send(writer: asyncio.StreamWriter, line: bytes) -> None:
    writer.write(b"%x\r\n%s\r\n" % (len(line), line))
    await writer.drain()


def dated(line: bytes, number: int) -> bytes:
    """Write version and time of sending into a line."""
    line = line.replace(VERSION.encode(), b"%d" % (FIRST_VERSION + number), 1)
    return line.replace(STAMP.encode(), b"%020d" % time.monotonic_ns(), 1)


async def serve() -> None:
    """Serve on a free port and print it."""
    pods = Pods()
    server = await asyncio.start_server(lambda reader, writer: answer(pods, reader, writer), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)  # until whoever started us is gone


@contextmanager
def serving() -> Iterator[str]:
    """Start the process and give its address."""
    command = [sys.executable, "-m", "benchmarks.server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(serve())
