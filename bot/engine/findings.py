"""Findings: what watchers say of the objects that are not well, by uid. Of all others nothing is kept."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from bot.model.kube.meta import KubeObject
from bot.model.refs import ObjectRef
from bot.model.symptom import Cure, Fault, Finding, Symptom
from bot.model.view import Stream
from bot.ports import Clock
from bot.spec import AnyWatcher

W = TypeVar("W", bound=KubeObject)

Place = tuple[str, str, str]

EXPLAINED = frozenset({Fault.ROLLOUT_STALLED})
"""What the fault of a pod may explain, which is read at the same time: it waits until everything was read."""


class Sight(Protocol):
    """How one kind is seen (bot.k8s.spread)."""

    @property
    def forbidden(self) -> str:
        """Why what was not read yet may not be read; empty while it may, or when all was read."""

    def hides(self, namespace: str) -> bool:
        """Whether what is in *namespace* (empty: in none) may not be seen now."""

    @property
    def complaint(self) -> str:
        """What is wrong with the view, in a sentence; empty while it can be trusted."""

    def streams(self, now: datetime) -> tuple[Stream, ...]:
        """How it is followed, and since when."""


def place_of(ref: ObjectRef) -> Place:
    """Kind, namespace and name."""
    return (ref.kind, ref.namespace, ref.name)


class Findings:
    """What is wrong now, over all kinds. `changed` is set when that may differ from what was read last."""

    def __init__(self, watchers: Sequence[AnyWatcher], clock: Clock, *, settle: timedelta) -> None:
        """Know nothing yet; *settle*: how long something must run again before it is taken for well."""
        self.clock = clock
        self.settle = settle
        self.changed = asyncio.Event()
        self.gone: set[Place] = set()
        """Owners that were deleted while something was wrong with them."""
        self._by_uid: dict[str, tuple[Finding, ...]] = {}
        kinds = dict.fromkeys(watcher.kind for watcher in watchers)
        self._unread = set(kinds)
        self._tellers = {fault: {one.kind for one in watchers if fault in one.tells} for fault in Fault}
        self.sights: Mapping[type[KubeObject], Sight] = {}
        """How each kind is seen, where somebody can tell."""
        self.sinks: dict[type[KubeObject], KindSink[Any]] = {
            kind: KindSink(self, kind, [one for one in watchers if one.kind is kind]) for kind in kinds
        }

    @property
    def is_whole(self) -> bool:
        """Whether every kind that may be seen was read: before that, nothing that is missing is known to be well."""
        return all((sight := self.sights.get(kind)) is not None and bool(sight.forbidden) for kind in self._unread)

    @property
    def complaints(self) -> tuple[str, ...]:
        """What is wrong with the view of each kind."""
        return tuple(sight.complaint for sight in self.sights.values() if sight.complaint)

    def streams(self, now: datetime) -> tuple[Stream, ...]:
        """How each kind is followed."""
        return tuple(stream for sight in self.sights.values() for stream in sight.streams(now))

    def may_open(self, fault: Fault) -> bool:
        """Whether nothing that explains *fault* can still turn up unread."""
        return fault not in EXPLAINED or self.is_whole

    def may_end(self, fault: Fault, namespace: str = "") -> bool:
        """Whether an incident of *fault* in *namespace* that nothing shows is over, and not only out of sight."""
        told_by = [self.sights[kind] for kind in self._tellers[fault] if kind in self.sights]
        return self.is_whole and not any(sight.hides(namespace) for sight in told_by)

    def __iter__(self) -> Iterator[Finding]:
        """Every finding."""
        for found in self._by_uid.values():
            yield from found

    def items(self) -> Iterator[tuple[str, tuple[Finding, ...]]]:
        """Uid and findings of every object that has any."""
        return iter(self._by_uid.items())

    @property
    def cures(self) -> Iterator[Cure]:
        """What has gone well since."""
        return (one for one in self if isinstance(one, Cure))

    def __len__(self) -> int:
        """How many objects have findings."""
        return len(self._by_uid)

    def keep(self, uid: str, found: tuple[Finding, ...]) -> bool:
        """Take what is found on one object now; say whether there is anything to remember."""
        now = self.clock.now()
        found = tuple(one for one in found if not self._is_over(one, now))
        if found:
            if self._by_uid.get(uid) != found:
                self._by_uid[uid] = found
                self.gone -= {place_of(one.owner) for one in found}
                self.changed.set()
        elif self._by_uid.pop(uid, None) is not None:
            self.changed.set()
        return bool(found)

    def drop(self, uid: str) -> None:
        """Take that an object is gone. A failed job is remembered for a while: its end by TTL is no recovery."""
        found = self._by_uid.pop(uid, ())
        now = self.clock.now()
        jobs = [msgspec.structs.replace(one, steady_since=now) for one in found if _is_failed_job(one)]
        if jobs:
            self._by_uid[uid] = tuple(jobs)
        self.gone |= {place_of(one.owner) for one in found if _is_own(one)}
        if found:
            self.changed.set()

    def read(self, kind: type[KubeObject]) -> None:
        """Take that all objects of *kind* were told."""
        self._unread.discard(kind)
        self.changed.set()

    def forget_what_is_over(self) -> None:
        """Let go of objects that have run for long enough again."""
        now = self.clock.now()
        over = [uid for uid, found in self._by_uid.items() if all(self._is_over(one, now) for one in found)]
        for uid in over:
            del self._by_uid[uid]

    def _is_over(self, one: Finding, now: datetime) -> bool:
        return isinstance(one, Symptom) and one.steady_since is not None and now >= one.steady_since + self.settle


class KindSink(Generic[W]):
    """What the reflector of one kind tells (bot.k8s.reflection.Sink)."""

    def __init__(self, findings: Findings, kind: type[W], watchers: Sequence[AnyWatcher]) -> None:
        """Ask *watchers* about each object."""
        self._findings = findings
        self._kind = kind
        self._watchers = watchers

    def on_object(self, obj: W, live: bool, /) -> bool:
        """Take an object as it is now."""
        del live
        return self._findings.keep(obj.metadata.uid, self._found(obj))

    def on_deleted(self, uid: str, last: W | None, /) -> None:
        """Take that an object is gone; its last state may say what was never seen: a job of TTL 0 that failed."""
        if last is not None and (found := self._found(last)):
            self._findings.keep(uid, found)
        self._findings.drop(uid)

    def on_synced(self) -> None:
        """Take that all that exists was told."""
        self._findings.read(self._kind)

    def _found(self, obj: W) -> tuple[Finding, ...]:
        now = self._findings.clock.now()
        return tuple(one for watcher in self._watchers for one in watcher.symptoms(obj, now))


def _is_failed_job(one: Finding) -> bool:
    return isinstance(one, Symptom) and one.fault is Fault.JOB_FAILED


def _is_own(one: Finding) -> bool:
    """Whether the finding is about the owner itself."""
    return isinstance(one, Symptom) and place_of(one.subject) == place_of(one.owner)
