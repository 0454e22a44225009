"""What is known of one kind of object, and what a watch's events and a list's items do to it. No I/O.

Only what matters is kept: the version to go on from, and the uids whose end the sink wants to hear of. Objects are
handed on and forgotten.
"""

import logging
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from bot.k8s.freshness import Freshness
from bot.k8s.status import Status
from bot.k8s.watch_events import INITIAL_EVENTS_END, Added, Bookmark, Deleted, Error, Modified
from bot.model.kube.meta import KubeObject, Metadata

log = logging.getLogger(__name__)

K = TypeVar("K", bound=KubeObject)
Taken = TypeVar("Taken", bound=KubeObject, contravariant=True)


class Sink(Protocol[Taken]):
    """Who is told. Called synchronously and in order; must not block, and what it raises is logged and passed over."""

    def on_object(self, obj: Taken, live: bool, /) -> bool:
        """Take an object as it is now; *live* when it has just changed. Say whether its deletion matters."""

    def on_deleted(self, uid: str, last: Taken | None, /) -> None:
        """Take that an object is gone: with its last state, or without when that was found out afterwards."""

    def on_synced(self) -> None:
        """Take that all that exists was told, and all that is gone too."""


class Gone(Exception):
    """The server no longer has the version that we would go on from: everything must be read again."""


class Again(Exception):
    """The stream must be opened again, from where we are."""

    def __init__(self, why: str, after_s: float = 0.0) -> None:
        """Say why, and how long the server wants to be left alone."""
        super().__init__(why)
        self.after_s = after_s


class Reflection(Generic[K]):
    """The state of one reflector."""

    def __init__(self, sink: Sink[K], freshness: Freshness) -> None:
        """Know nothing yet."""
        self._sink = sink
        self.freshness = freshness
        self.version = ""
        """Where to go on from; empty: everything must be read."""
        self.syncing = False
        self._generation = 0
        self._tracked: dict[str, int] = {}
        self._overtaken: dict[str, int] | None = None
        """While a list and a watch run side by side: what the watch told of, with its version."""

    def begin(self) -> None:
        """Begin to read everything."""
        self._generation += 1
        self.version = ""
        self.syncing = True
        self._overtaken = None
        self.freshness.begun()

    def begin_beside_watch(self, version: str) -> None:
        """Begin to read everything, while a watch from *version* is told of at the same time."""
        self.begin()
        self.version = version
        self.syncing = False
        self._overtaken = {}

    def interrupt(self) -> None:
        """Take that the connection ended: what was half read beside a watch must be read again."""
        if self._overtaken is not None:
            self.version = ""
            self._overtaken = None

    def item(self, obj: K) -> None:
        """Take an item of the list, unless the watch has told something newer of it."""
        if self._overtaken is not None:
            newer = self._overtaken.get(obj.metadata.uid)
            if newer is not None and newer >= _number(obj.metadata.resource_version):
                return
        self._take(obj, live=False)

    def finish(self, version: str) -> None:
        """Take that everything was read as of *version*: what was tracked and was not there is gone."""
        for uid in [uid for uid, generation in self._tracked.items() if generation != self._generation]:
            self._drop(uid, None)
        if self._overtaken is None:
            self.version = version
        self._overtaken = None
        self.syncing = False
        self.freshness.completed(len(self._tracked))
        self._guarded(self._sink.on_synced)

    def apply(self, event: object) -> None:
        """Take one event of the watch. Raises Gone and Again."""
        match event:
            case Added(object=obj) | Modified(object=obj):
                self._take(obj, live=not self.syncing)
                self.follow(obj.metadata)
            case Deleted(object=obj):
                self._drop(obj.metadata.uid, obj)
                self.follow(obj.metadata)
            case Bookmark(object=mark):
                self._bookmark(mark.metadata)
            case Error(object=status):
                raise refusal(status)

    def follow(self, metadata: Metadata) -> None:
        """Move on to the version of an event; the initial ones of a WatchList come in no order and do not count."""
        if self.syncing:
            return
        self.freshness.changes += 1
        self.version = metadata.resource_version
        if self._overtaken is not None:
            self._overtaken[metadata.uid] = _number(metadata.resource_version)

    def _bookmark(self, metadata: Metadata) -> None:
        if not self.syncing:
            self.version = metadata.resource_version
        elif INITIAL_EVENTS_END in metadata.annotations:
            self.finish(metadata.resource_version)

    def _take(self, obj: K, *, live: bool) -> None:
        uid = obj.metadata.uid
        try:
            matters = self._sink.on_object(obj, live)
        except Exception as error:  # noqa: BLE001  # as in _guarded
            self._fault(error)
            return
        if matters:
            self._tracked[uid] = self._generation
        elif self._tracked:
            self._tracked.pop(uid, None)

    def _drop(self, uid: str, last: K | None) -> None:
        self._tracked.pop(uid, None)
        self._guarded(lambda: self._sink.on_deleted(uid, last))

    def _guarded(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except Exception as error:  # noqa: BLE001  # a bug in a detector must neither stop the watch nor repeat for ever
            self._fault(error)

    def _fault(self, error: Exception) -> None:
        self.freshness.faults_of_sink += 1
        log.error("a sink of %s failed", self.freshness.name, exc_info=error)


def refusal(status: Status) -> Gone | Again:
    """Say what an ERROR event asks for: it may come without code or reason."""
    too_large = any(cause.reason == "ResourceVersionTooLarge" for cause in status.causes)
    if status.code == 410 or status.reason in {"Expired", "Gone"} or too_large:
        return Gone(status.said)
    return Again(f"error {status.code} in the stream", after_s=status.about.retry_after_seconds)


def _number(version: str) -> int:
    """Order versions: they are integers in fact, and by promise from Kubernetes 1.35 on."""
    return int(version) if version.isdecimal() else 0
