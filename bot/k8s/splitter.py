"""Cuts a stream of bytes into lines."""

LINE_BYTES = 32 << 20
"""A line is one object and etcd takes 1.5 MiB: nothing real is longer (aiohttp's own limit of 4 MiB is near that)."""

Line = bytes | memoryview


class LineTooLong(Exception):
    """The stream is not made of objects."""


class Splitter:
    """Takes chunks as they come and gives the lines that they complete, without their newlines.

    A line that lies in one chunk is a view of it: copying them took a fifth of all that a watch costs.
    """

    def __init__(self) -> None:
        """Begin a stream."""
        self._parts: list[memoryview] = []
        self._held = 0

    @property
    def rest(self) -> int:
        """How many bytes of an unfinished line there are: at the end of a stream, more than 0 means that it was cut."""
        return self._held

    def feed(self, chunk: bytes) -> list[Line]:
        """Give the lines that *chunk* completes. Raises LineTooLong."""
        view, lines, start = memoryview(chunk), [], 0
        while (end := chunk.find(b"\n", start)) >= 0:
            lines.append(self._completed(view[start:end]) if self._parts else view[start:end])
            start = end + 1
        if start < len(chunk):
            self._hold(view[start:])
        return lines

    def _completed(self, end: memoryview) -> bytes:
        line = b"".join((*self._parts, end))
        self._parts.clear()
        self._held = 0
        return line

    def _hold(self, rest: memoryview) -> None:
        self._parts.append(rest)
        self._held += len(rest)
        if self._held > LINE_BYTES:
            raise LineTooLong(f"a line of more than {LINE_BYTES >> 20} MiB")
