"""A stage for followed logs: a cluster that is changed under them, containers that speak, and a screen."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.errors import BotError
from bot.model.logs import LogLine, LogQuery, LogRead, LogSource
from bot.model.plan import Json
from bot.model.refs import ObjectRef
from bot.model.reply import Reply
from bot.model.resources import Resource
from bot.spec import Live
from tests.commands.asking import context, parsed
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import NOW, ago, pod
from tests.fakes.screen import FakeScreen

Said = LogLine | BotError | None


@dataclass
class SpokenLogs:
    """bot.ports.Logs whose lines are said by the test; None ends the log of a container, an error breaks it."""

    spoken: "defaultdict[LogSource, asyncio.Queue[Said]]" = field(default_factory=lambda: defaultdict(asyncio.Queue))
    asked: list[LogQuery] = field(default_factory=list)
    open: set[LogSource] = field(default_factory=set)

    async def read(self, query: LogQuery) -> LogRead:
        raise AssertionError("a followed log is not read")

    async def follow(self, query: LogQuery) -> AsyncGenerator[LogLine, None]:
        self.asked.append(query)
        [source] = query.sources
        self.open.add(source)
        try:
            while (said := await self.spoken[source].get()) is not None:
                if isinstance(said, BotError):
                    raise said
                yield said
        finally:
            self.open.discard(source)


@dataclass
class MovingCluster(FakeCluster):
    """A cluster that says so when a test has changed it."""

    changed: "asyncio.Queue[None]" = field(default_factory=asyncio.Queue)

    async def changes(self, refs: Sequence[ObjectRef]) -> AsyncGenerator[None, None]:
        while True:
            await self.changed.get()
            yield

    async def list_changes(
        self, resource: Resource, namespace: str = "", *, selector: str = "", fields: str = ""
    ) -> AsyncGenerator[None, None]:
        while True:
            await self.changed.get()
            yield


@dataclass
class Stage:
    """One followed log."""

    cluster: MovingCluster = field(default_factory=MovingCluster)
    logs: SpokenLogs = field(default_factory=SpokenLogs)
    screen: FakeScreen = field(default_factory=FakeScreen)

    @asynccontextmanager
    async def follow(self, line: str) -> "AsyncIterator[asyncio.Task[Reply]]":
        """Follow while the block runs; gives what will remain of it."""
        understood = parsed(line)
        assert isinstance(understood.command, Live)
        following = understood.command.follow(understood.args, context(self.cluster, self.logs), self.screen)
        task = asyncio.ensure_future(following)
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def add(self, *items: dict[str, Json]) -> None:
        """Let these be as they are now."""
        self.cluster.add(*items)
        self.cluster.changed.put_nowait(None)

    def remove(self, kind: str, name: str) -> None:
        """Let it be gone."""
        del self.cluster.objects[(kind, "saasodoo", name)]
        self.cluster.changed.put_nowait(None)

    def say(self, name: str, text: str, *, second: int = 0) -> None:
        """Let the container of a pod write a line."""
        source = LogSource(name, "app")
        self.logs.spoken[source].put_nowait(LogLine(source, at(second), text))

    def fall_silent(self, name: str, why: BotError | None = None) -> None:
        """Let the log of the container of a pod end."""
        self.logs.spoken[LogSource(name, "app")].put_nowait(why)

    async def until(self, look: Callable[[], object]) -> None:
        """Wait until *look* sees something."""
        async with asyncio.timeout(120):
            while not look():  # noqa: ASYNC110 - what is told sets no event
                await asyncio.sleep(0)

    async def told(self, *lines: str) -> None:
        """Wait until exactly *lines* were told."""
        try:
            await self.until(lambda: len(self.screen.told) >= len(lines))
        finally:
            assert self.screen.told == list(lines)


def at(second: int) -> datetime:
    """A moment of the log."""
    return NOW + timedelta(seconds=second)


def running(name: str, owner: str = "web-r12", *, restarts: int = 0) -> dict[str, Json]:
    """A pod of web whose container runs."""
    status = {"name": "app", "ready": True, "restartCount": restarts, "state": {"running": {"startedAt": ago(hours=1)}}}
    return pod(name, owner=owner, app="web", containerStatuses=[status])


def crashed(name: str, *, restarts: int = 0) -> dict[str, Json]:
    """The same, waiting to be started again."""
    status = {
        "name": "app",
        "restartCount": restarts,
        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"exitCode": 1}},
    }
    return pod(name, owner="web-r12", app="web", ready=False, containerStatuses=[status])


def starting(name: str) -> dict[str, Json]:
    """The same, before its first start."""
    status = {"name": "app", "state": {"waiting": {"reason": "ContainerCreating"}}}
    return pod(name, owner="web-r12", app="web", ready=False, containerStatuses=[status])


def finished(name: str) -> dict[str, Json]:
    """The same, ended for good."""
    ended = {"name": "app", "state": {"terminated": {"exitCode": 0}}}
    return pod(name, owner="web-r12", app="web", ready=False, phase="Succeeded", containerStatuses=[ended])
