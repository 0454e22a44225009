"""logs --follow: new lines as they are written, of pods that come and go and of containers that start again.

Guarantees: the lines of one container keep their order and come once; a pod that joins is told from its first line, as
far as it is still there at the next look, which follows each drawing of the card.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.commands.look.logs_args import SEARCHED, LogsArgs, line, query
from bot.commands.look.logs_text import text
from bot.commands.workloads.log_lives import Life, lives, may_write, news
from bot.commands.workloads.log_sources import (
    MOST_PODS,
    Meant,
    meant_now,
    pods_meant,
    reader,
    source_of,
    why_ended,
)
from bot.errors import BotError, NotFound, UpstreamError
from bot.model.counting import counted
from bot.model.kube.pods import Pod
from bot.model.logs import LogLine, LogSource
from bot.model.refs import ObjectRef
from bot.model.reply import Button, Buttons, Reply, Text
from bot.model.resources import POD
from bot.ports import ClusterReader, Logs
from bot.ports_live import Screen
from bot.spec import Context, access

READS = (
    access("", ["pods"], ["watch"]),
    access("apps", ["deployments", "statefulsets", "daemonsets", "replicasets"], ["watch"]),
    access("batch", ["jobs"], ["watch"]),
)
"""What hearing of new pods reads on the bot's own account."""

NAMED = 3
"""Pods that the card names."""
LOOK_ANYWAY_S = 30.0
"""A change that no watch told of is found by then."""


async def follow(args: LogsArgs, ctx: Context, screen: Screen) -> Reply:
    """Tell the newest lines, then each new one, until no more can come. Raises as `logs` without --follow."""
    namespace = args.namespace or ctx.namespace
    following = Following(args, namespace, ctx.on.cluster, reader(ctx.on.logs), screen)
    try:
        return await following.run()
    finally:
        await following.close()


@dataclass
class Following:
    """One live log: a stream for the present life of each container that is meant."""

    args: LogsArgs
    namespace: str
    cluster: ClusterReader
    logs: Logs
    screen: Screen
    streams: dict[LogSource, asyncio.Task[None]] = field(default_factory=dict)
    begun: set[Life] = field(default_factory=set)
    last_at: dict[LogSource, datetime] = field(default_factory=dict)
    """When the newest line was written that was heard of it."""
    failure: BotError | None = None
    count: int = 0
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when another look may find something else."""
    ticking: asyncio.Task[None] | None = None

    async def run(self) -> Reply:
        """Follow to the end. Raises what keeps everything from being read."""
        args = self.args
        known: Sequence[Pod] = await pods_meant(self.cluster, args.target, args.selector, self.namespace)
        for pod in known:
            source_of(pod, args.container)  # raises for a container that one of them does not have
        self.ticking = asyncio.create_task(self._stir_on_changes())
        self._show(known)
        self._begin(known, tail=SEARCHED if args.grep else max(1, args.tail // len(known)))  # together --tail
        seen = Meant(known)
        while self.streams or not self._is_over(seen):
            await self._until_stirred()
            seen = await self._look(seen)
            known = seen.pods or known
            self._begin(seen.pods, tail=SEARCHED)
            if self.failure is not None and not self.streams and not self.count:
                raise self.failure
            await self.screen.turn()
        return self._ended(await why_ended(self.cluster, known, self.namespace))

    async def close(self) -> None:
        """Let go of everything."""
        tasks = [*self.streams.values(), *([self.ticking] if self.ticking else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _is_over(self, seen: Meant) -> bool:
        return seen.is_settled and not any(may_write(pod, self.args.container) for pod in seen.pods)

    async def _stir_on_changes(self) -> None:
        async with aclosing(_changes(self.cluster, self.args, self.namespace)) as ticks:
            async for _ in ticks:
                self.stirred.set()

    async def _until_stirred(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_ANYWAY_S):
                await self.stirred.wait()
        self.stirred.clear()

    async def _look(self, seen: Meant) -> Meant:
        """Who is meant now, and tell what is new of that; as it was while the cluster cannot be asked."""
        try:
            now = await meant_now(self.cluster, self.args.target, self.args.selector, self.namespace)
        except UpstreamError:
            return seen
        said = news(seen.pods, now.pods, self.args.container)
        for sentence in said:
            self.screen.tell(f"── {sentence}")
        if said:
            self._show(now.pods)
        return now

    def _begin(self, pods: Sequence[Pod], *, tail: int) -> None:
        """Follow every life that is not followed yet, one of a container at a time."""
        for life in lives(pods, self.args.container):
            if life not in self.begun and life.source not in self.streams and len(self.streams) < MOST_PODS:
                self.begun.add(life)
                self.streams[life.source] = asyncio.create_task(self._stream(life, tail))

    async def _stream(self, life: Life, tail: int) -> None:
        source, after = life.source, self.last_at.get(life.source)
        wanted = replace(query(self.args, [source], self.namespace), tail=tail)
        try:
            async with aclosing(self.logs.follow(wanted)) as lines:
                async for one in lines:
                    if after is None or one.at is None or one.at > after:
                        self._tell(one)
        except NotFound:  # gone, or not started after all: if it is there at the next look, it is tried again
            self.begun.discard(life)
        except BotError as error:
            self.failure = error
            self.screen.tell(f"── {source.pod} is not followed: {error}")
        finally:
            del self.streams[source]
            self.stirred.set()

    def _tell(self, one: LogLine) -> None:
        if one.at is not None:
            self.last_at[one.source] = one.at
        if self.args.grep.lower() in one.text.lower():
            self.count += 1
            self.screen.tell(text([one], several=not self.args.target.startswith("pod/")))

    def _show(self, pods: Sequence[Pod]) -> None:
        words = f"New lines of {self.args.whose}{self.args.limits} are in the thread"
        self.screen.show(Reply(words, (Text(_whose(pods)),)))

    def _ended(self, why: str) -> Reply:
        again = Button("Follow again", line(self.args, self.namespace, follow=True))
        words = Text(counted(self.count, "line") + self.args.limits)
        return Reply(f"The log of {self.args.whose} has ended: {why}", (words, Buttons((again,))))


def _changes(cluster: ClusterReader, args: LogsArgs, namespace: str) -> AsyncGenerator[None, None]:
    if args.selector:
        return cluster.list_changes(POD, namespace, selector=args.selector)
    kind, _, name = args.target.partition("/")
    return cluster.changes([ObjectRef(kind, name, namespace)])


def _whose(pods: Sequence[Pod]) -> str:
    if not pods:
        return "Of no pod at the moment; the next one is followed"
    shown = ", ".join(f"`{pod.metadata.name}`" for pod in pods[:NAMED])
    more = f" and {len(pods) - NAMED} more" if len(pods) > NAMED else ""
    limit = f"; {MOST_PODS} at a time" if len(pods) > MOST_PODS else ""
    return f"Of {shown}{more}{limit}"
