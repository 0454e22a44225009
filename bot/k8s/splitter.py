"""Cuts a stream of bytes into lines."""

LINE_BYTES = 32 << 20
"""A line is one object and etcd takes 1.5 MiB: nothing real is longer (aiohttp's own limit of 4 MiB is near that)."""


class LineTooLong(Exception):
    """The stream is not made of objects."""


class Splitter:
    """Takes chunks as they come and gives the lines that they complete, without their newlines."""

    def __init__(self) -> None:
        """Begin a stream."""
        self._parts: list[bytes] = []
        self._held = 0

    @property
    def rest(self) -> int:
        """How many bytes of an unfinished line there are: at the end of a stream, more than 0 means that it was cut."""
        return self._held

    def feed(self, chunk: bytes) -> list[bytes]:
        """Give the lines that *chunk* completes. Raises LineTooLong."""
        lines = chunk.split(b"\n")
        rest = lines.pop()
        if self._parts and lines:
            self._parts.append(lines[0])
            lines[0] = b"".join(self._parts)
            self._parts.clear()
            self._held = 0
        if rest:
            self._parts.append(rest)
            self._held += len(rest)
            if self._held > LINE_BYTES:
                raise LineTooLong(f"a line of more than {LINE_BYTES >> 20} MiB")
        return lines
