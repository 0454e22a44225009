"""Reads and follows logs: bounded at the server and here, redacted before anything leaves, merged by time."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from heapq import merge
from operator import itemgetter

from bot.errors import BadArguments, BotError, NotFound, Rejected
from bot.k8s.log_lines import LogLines, Newest, dated
from bot.k8s.request import Request, request_for
from bot.k8s.session import BROKEN, Session, unreachable
from bot.model.line_redaction import LineRedactor
from bot.model.logs import LogLine, LogQuery, LogRead, LogSource
from bot.model.resources import POD

READ_BYTES = 16 << 20
"""How much of one container's log is read: its newest lines are at the end, so that all before them must pass by."""
KEPT_BYTES = 1 << 20
"""How much is kept, over all containers; more than a message or file needs."""
AT_ONCE = 8
"""Containers that are read at the same time."""
SEARCHED_AT_A_TIME = 8 * 1024
"""Characters: some 50 lines, searched for secrets in 2 ms, or in 50 ms where they are made to be slow."""
LINE_COSTS = 64
"""Characters that a line counts for beside its own."""
SILENCE_S = 30.0
"""Of a log that is read to its end: its lines are on the node's disk, so a pause is a broken way."""
FOLLOWED_SILENCE_S = 600.0
"""A quiet container says nothing for long; a stream as quiet as this is opened again, which costs nothing."""
RETRIES = 5
"""Breaks in a row, with nothing new between them, before a log is no longer followed."""
PAUSE_S = 0.5
"""Between two tries to go on where a followed log broke."""
ENDED_S = 5.0
"""A stream that ends so soon with nothing new is that of a container that has ended; a later end is a break."""
QUEUED_LINES = 1000
"""A reader that is slower than the logs slows them down: nothing is dropped, nothing piles up."""


class Turns:
    """Lets others have theirs after so much work."""

    def __init__(self) -> None:
        """Begin a turn."""
        self._left = SEARCHED_AT_A_TIME

    async def worked(self, line: LogLine) -> None:
        """Count *line*; wait for the others when the turn is over."""
        self._left -= LINE_COSTS + len(line.text)
        if self._left <= 0:
            self._left = SEARCHED_AT_A_TIME
            await asyncio.sleep(0)


class KubernetesLogs:
    """bot.ports.Logs over a session."""

    def __init__(self, session: Session) -> None:
        """Read through *session*."""
        self._session = session

    async def read(self, query: LogQuery) -> LogRead:
        """Read the newest lines. Raises what went wrong when no container could be read."""
        turns = asyncio.Semaphore(AT_ONCE)
        room = KEPT_BYTES // max(1, len(query.sources))

        async def one(source: LogSource) -> LogRead | BotError:
            async with turns:
                try:
                    return await self._read_one(query, source, room)
                except BotError as error:
                    return error

        outcomes = await asyncio.gather(*(one(source) for source in query.sources))
        return _merged(query.sources, outcomes)

    async def follow(self, query: LogQuery) -> AsyncGenerator[LogLine, None]:
        """Give lines as they are written, until every container has ended or the iterator is closed.

        Lines of one container keep their order, and come once; those of several come as they arrive. Raises what went
        wrong when a container cannot be followed from the start.
        """
        arrived: asyncio.Queue[LogLine | BotError | None] = asyncio.Queue(QUEUED_LINES)
        tasks = [asyncio.create_task(self._follow_one(query, source, arrived)) for source in query.sources]
        left = len(tasks)
        try:
            while left:
                match await arrived.get():
                    case None:
                        left -= 1
                    case BotError() as error:
                        raise error
                    case line:
                        yield line
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read_one(self, query: LogQuery, source: LogSource, room: int) -> LogRead:
        request = _request(query, source).asking(limitBytes=str(READ_BYTES), **_newest(query))
        lines, newest, size = LogLines(), Newest(room), 0
        try:
            async with aclosing(self._chunks(request, SILENCE_S)) as chunks:
                async for chunk in chunks:
                    size += len(chunk)
                    newest.add_all(lines.feed(chunk))
        except BROKEN as error:
            raise unreachable(request, error) from error
        newest.add_all(lines.end())
        found, turns = [], Turns()
        for line in dated(source, newest, LineRedactor()):
            found.append(line)
            await turns.worked(line)
        return LogRead(lines=tuple(found), is_cut=newest.is_cut or size >= READ_BYTES)

    async def _follow_one(
        self, query: LogQuery, source: LogSource, arrived: asyncio.Queue[LogLine | BotError | None]
    ) -> None:
        """Follow one container over breaks, from the last line's time on."""
        request = _request(query, source).asking(follow="true")
        last: datetime | None = None
        breaks = 0
        while breaks < RETRIES:
            resumed = request.asking(**(_newest(query) if last is None else {"sinceTime": _seconds(last)}))
            heard, ended, opened_at = False, False, asyncio.get_running_loop().time()
            try:
                async with aclosing(self._lines(resumed, source)) as lines:
                    async for line in lines:
                        if last is None or line.at is None or line.at > last:
                            heard, last = True, line.at or last
                            await arrived.put(line)
                ended = not heard and asyncio.get_running_loop().time() - opened_at < ENDED_S
            except BotError as error:
                if last is None:
                    return await arrived.put(error)
            except BROKEN:
                pass
            if ended:
                break
            breaks = 0 if heard else breaks + 1
            await asyncio.sleep(PAUSE_S)
        return await arrived.put(None)

    async def _lines(self, request: Request, source: LogSource) -> AsyncGenerator[LogLine, None]:
        lines, redactor, turns = LogLines(), LineRedactor(), Turns()
        async with aclosing(self._chunks(request, FOLLOWED_SILENCE_S)) as chunks:
            async for chunk in chunks:
                for line in dated(source, lines.feed(chunk), redactor):
                    yield line
                    await turns.worked(line)
                await asyncio.sleep(0)
        for line in dated(source, lines.end(), redactor):
            yield line

    async def _chunks(self, request: Request, silence_s: float) -> AsyncGenerator[bytes, None]:
        try:
            async with self._session.open(request, silence_s=silence_s) as response:
                async for chunk in response.content.iter_any():
                    yield chunk
        except Rejected as error:
            raise _why_not(request, error) from error


def _request(query: LogQuery, source: LogSource) -> Request:
    request = request_for("get", POD, query.namespace, source.pod, subresource="log")
    return request.asking(timestamps="true", container=source.container, previous="true" if query.previous else "")


def _newest(query: LogQuery) -> dict[str, str]:
    limits = {}
    if query.tail is not None:
        limits["tailLines"] = str(query.tail)
    if query.since is not None:
        limits["sinceSeconds"] = str(max(1, int(query.since.total_seconds())))
    return limits


def _seconds(at: datetime) -> str:
    """A time as `sinceTime` takes it: whole seconds, so that lines come again and are told apart by their own time."""
    return (at - timedelta(microseconds=at.microsecond)).isoformat().replace("+00:00", "Z")


def _why_not(request: Request, error: Rejected) -> BotError:
    said = str(error)
    if "previous terminated container" in said:
        return NotFound(f"{request.target} has no container before its last restart.", hint="Leave out --previous.")
    if "choose one of" in said:
        names = said.partition("choose one of: [")[2].partition("]")[0]
        return BadArguments(f"{request.target} has several containers: {names}.", hint="Name one with -c.")
    if "waiting to start" in said or "ContainerCreating" in said:
        return NotFound(f"{request.target} has written nothing yet: its container has not started.")
    if "is not valid for pod" in said:
        return NotFound(f"{request.target} has no container of this name.")
    return error


def _merged(sources: Sequence[LogSource], outcomes: Sequence[LogRead | BotError]) -> LogRead:
    reads = [outcome for outcome in outcomes if isinstance(outcome, LogRead)]
    outcome_of = zip(sources, outcomes, strict=True)
    failures = [(source, outcome) for source, outcome in outcome_of if isinstance(outcome, BotError)]
    if failures and not reads:
        raise failures[0][1]
    return LogRead(
        lines=tuple(line for _, line in merge(*(_timed(read.lines) for read in reads), key=itemgetter(0))),
        is_cut=any(read.is_cut for read in reads),
        failures=tuple((source, str(error)) for source, error in failures),
    )


def _timed(lines: Sequence[LogLine]) -> Iterator[tuple[datetime, LogLine]]:
    """Give each line a time that never runs back, so that the lines of one container keep their order."""
    time = datetime.min.replace(tzinfo=UTC)
    for line in lines:
        time = max(time, line.at or time)
        yield time, line
