"""One kind over the whole cluster where the bot may watch that, else namespace by namespace: as far as RBAC lets it.

Guarantees to the sink: those of bot.k8s.reflector, with `on_synced` once each namespace was read.
"""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime
from typing import Generic, TypeVar

from bot.k8s.access_review import review_self
from bot.k8s.freshness import Freshness
from bot.k8s.kinds import RESOURCE_OF
from bot.k8s.reflection import Sink
from bot.k8s.reflector import Reflector
from bot.k8s.session import Session
from bot.model.kube.meta import KubeObject
from bot.model.view import Stream

K = TypeVar("K", bound=KubeObject)

WHOLE_CLUSTER = ("",)
NAMESPACES_AT_MOST = 50
"""Each takes a socket and a watch of the API server's; who serves more namespaces can be given a ClusterRole."""
STAGGER_S = 5.0
"""The starts are spread over so long, for an API server that has just come up."""


class Part(Generic[K]):
    """A sink for one namespace: hands on to the whole's."""

    def __init__(self, sink: Sink[K], unread: set[str], namespace: str) -> None:
        """Take part with those whose *unread* it shares."""
        self._sink = sink
        self._unread = unread
        self._namespace = namespace

    def on_object(self, obj: K, live: bool, /) -> bool:
        """Hand on."""
        return self._sink.on_object(obj, live)

    def on_deleted(self, uid: str, last: K | None, /) -> None:
        """Hand on."""
        self._sink.on_deleted(uid, last)

    def on_synced(self) -> None:
        """Hand on once every part was read."""
        self._unread.discard(self._namespace)
        if not self._unread:
            self._sink.on_synced()


class Spread(Generic[K]):
    """The reflectors of one kind. `freshness` has one entry for each; empty until it is known what may be watched."""

    def __init__(
        self, session: Session, kind: type[K], sink: Sink[K], namespaces: Sequence[str], *, stagger_s: float = STAGGER_S
    ) -> None:
        """Prepare; `run` begins. *namespaces*: those to fall back to."""
        self._session = session
        self._kind = kind
        self._sink = sink
        self._namespaces = tuple(namespaces[:NAMESPACES_AT_MOST])
        self._stagger_s = stagger_s
        self._views: dict[str, Freshness] = {}
        self._unread: set[str] = set()

    @property
    def freshness(self) -> list[Freshness]:
        """How each part is seen."""
        return list(self._views.values())

    async def run(self) -> None:
        """Reflect until cancelled."""
        parts = await self._parts()
        self._unread = set(parts)
        reflectors = {
            part: Reflector(self._session, self._kind, Part(self._sink, self._unread, part), namespace=part)
            for part in parts
        }
        self._views = {part: reflector.freshness for part, reflector in reflectors.items()}
        async with asyncio.TaskGroup() as tasks:
            for reflector in reflectors.values():
                tasks.create_task(self._begun_in_time(reflector, len(reflectors)))

    async def _begun_in_time(self, reflector: Reflector[K], of: int) -> None:
        if of > 1:
            await asyncio.sleep(self._stagger_s * random.random())  # noqa: S311  # jitter, not a secret
        await reflector.run()

    async def _parts(self) -> Sequence[str]:
        """What to watch. A server that cannot be asked is taken for one that allows all: the watch will tell."""
        resource = RESOURCE_OF[self._kind]
        if not self._namespaces or not resource.namespaced:
            return WHOLE_CLUSTER
        answer = await review_self(self._session, verb="watch", resource=resource.plural, group=resource.group)
        return self._namespaces if answer.is_known and not answer.allowed else WHOLE_CLUSTER

    @property
    def forbidden(self) -> str:
        """Which rule the bot lacks for every part that was not read yet; empty while one of them may be read."""
        rules = [self._views[part].forbidden for part in self._unread if part in self._views]
        return rules[0] if rules and all(rules) else ""

    def hides(self, namespace: str) -> bool:
        """Whether what is in *namespace* may not be seen now."""
        view = self._views.get(namespace) or self._views.get("")
        return view is None or bool(view.forbidden)

    def streams(self, now: datetime) -> tuple[Stream, ...]:
        """How each part is followed."""
        return tuple(stream for one in self.freshness for stream in one.streams(now))

    @property
    def complaint(self) -> str:
        """What is wrong with the view, in a sentence; empty while it can be trusted."""
        return next(filter(None, (one.complaint for one in self.freshness)), "")
