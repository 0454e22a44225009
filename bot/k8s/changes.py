"""A tick whenever an object, what is under it, or a list may have changed: for whoever reads again anyway.

Guarantees: after a change there is a tick, at the latest when a lost watch is back; ticks are coalesced while nobody
waits for one; there may be ticks without a change. What changed is not told, so nothing can be missed in between.
"""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import partial

import msgspec

from bot.errors import BotError
from bot.k8s.request import Request, request_for
from bot.k8s.session import BROKEN, Session
from bot.model.kube.meta import KubeStruct, LabelSelector
from bot.model.refs import ObjectRef
from bot.model.resources import BY_NAME, POD, REPLICA_SET

log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 15.0
"""Between attempts to watch; a rollout is looked at from time to time anyway."""
SETTLE_S = 0.05
"""The changes of one step of a rollout come in bursts: one tick for all of them."""
Aim = Callable[[], Awaitable[Request]]
"""Says what to watch, as it is now."""

SELECTING = frozenset(("deployment", "statefulset", "daemonset", "replicaset", "job"))
"""Kinds whose `spec.selector` says which pods are theirs."""
WATCH_S = "3000"
"""How long one watch may live."""


class Selection(KubeStruct):
    selector: LabelSelector = LabelSelector()


class Selecting(KubeStruct):
    """Any object with a selector over pods."""

    spec: Selection = Selection()


async def changes(session: Session, refs: Sequence[ObjectRef]) -> AsyncGenerator[None, None]:
    """Yield a tick at once and after each possible change; close it to end the watches. Never raises."""
    aims = [partial(_aimed, session, ref, kind) for ref in refs for kind in _parts(ref)]
    async with aclosing(_ticks(session, aims)) as ticks:
        async for tick in ticks:
            yield tick


async def list_changes(session: Session, listing: Request) -> AsyncGenerator[None, None]:
    """The same for what *listing* lists."""

    async def aim() -> Request:
        return listing.watching(watch="true", timeoutSeconds=WATCH_S)

    async with aclosing(_ticks(session, [aim])) as ticks:
        async for tick in ticks:
            yield tick


async def _ticks(session: Session, aims: Sequence[Aim]) -> AsyncGenerator[None, None]:
    changed = asyncio.Event()
    changed.set()
    watches = [asyncio.create_task(_follow(session, aim, changed)) for aim in aims]
    try:
        while True:
            await changed.wait()
            await asyncio.sleep(SETTLE_S)
            changed.clear()
            yield
    finally:
        for watch in watches:
            watch.cancel()
        await asyncio.gather(*watches, return_exceptions=True)


def _parts(ref: ObjectRef) -> tuple[str, ...]:
    if ref.kind == "deployment":
        return (ref.kind, REPLICA_SET.singular, POD.singular)
    return (ref.kind, POD.singular) if ref.kind in SELECTING else (ref.kind,)


async def _follow(session: Session, aim: Aim, changed: asyncio.Event) -> None:
    """Watch one kind of object until cancelled."""
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            if await _watch(session, await aim(), changed):
                pause_s = FIRST_PAUSE_S
        except (BotError, *BROKEN, msgspec.DecodeError) as error:
            log.debug("watching for changes: %s", error)
        changed.set()
        await asyncio.sleep(pause_s * random.uniform(0.5, 1))  # noqa: S311  # jitter, not a secret
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


async def _aimed(session: Session, ref: ObjectRef, kind: str) -> Request:
    """Say what to watch: the object by its name, what belongs to it by its selector as it is now."""
    resource = BY_NAME[kind]
    request = request_for("watch", resource, ref.namespace).asking(watch="true", timeoutSeconds=WATCH_S)
    if kind == ref.kind:
        return request.asking(fieldSelector=f"metadata.name={ref.name}")
    answer = await session.send(request_for("get", BY_NAME[ref.kind], ref.namespace, ref.name))
    selector = msgspec.json.decode(answer.body, type=Selecting).spec.selector.text
    return request.asking(labelSelector=selector)


async def _watch(session: Session, request: Request, changed: asyncio.Event) -> bool:
    """Tick for whatever the server says until it ends the watch; say whether it said anything."""
    heard = False
    async with session.open(request) as response:
        async for _ in response.content.iter_any():
            heard = True
            changed.set()
    return heard
