"""Follows all objects of one kind, for ever: reads them, watches, resumes where it broke, reads anew where it must.

Guarantees to the sink, for each object by its uid:
- Order: its states are told in the order of their versions, an older one never after a newer one.
- Eventually consistent: when nothing changes any more, the last state told is the object's state.
- At least once: after a break, states may be told again, as not live; a sink that compares tells nobody twice.
- Deletion: whoever said that an object's end matters hears of it, with its last state, or without when it was deleted
  while the server's history was lost.
- Complete: `on_synced` comes after everything that existed when the reading began, and after the deletions until then.
Not promised: every state in between. After a break that the server's history covers (75 s or more) none is missed;
after a longer one, what came and went, or changed and changed back, in between is not heard of.
"""

import asyncio
import logging
import random
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.errors import BadArguments, BotError, Denied, Throttled
from bot.k8s.freshness import Freshness
from bot.k8s.kinds import RESOURCE_OF
from bot.k8s.reflection import Again, Gone, Reflection, Sink
from bot.k8s.refusals import Expired, Unauthenticated
from bot.k8s.request import request_for
from bot.k8s.session import BROKEN, Session
from bot.k8s.splitter import LineTooLong
from bot.k8s.watching import Limits, Watching
from bot.model.kube.meta import KubeObject

log = logging.getLogger(__name__)

K = TypeVar("K", bound=KubeObject)


@dataclass(frozen=True)
class Pace:
    """How long to wait after what, in seconds; tests run at another pace."""

    first: float = 0.8
    longest: float = 30.0
    """The pause doubles from `first` to here with each fault in a row: client-go's figures."""
    forbidden: float = 30.0
    """Before asking again what is not allowed: somebody has to change a role first."""
    breath: float = 0.1
    """After a watch that ended as it should."""
    instant: float = 1.0
    """A stream that ends sooner, with nothing said, counts as a fault."""
    thrash: float = 60.0
    """When history is lost so soon after everything was read, reading takes longer than the server remembers."""


@dataclass(frozen=True)
class Setback:
    """Why a connection ended, and how long the server wants to be left alone at least."""

    reason: str
    pause_s: float = 0.0


UNFINISHED_AT_MOST = 3
"""Initial states that never became complete before the server is taken for one that cannot stream them."""
THRASHES_AT_MOST = 2
"""Losses of history right after reading before reading goes on beside a watch."""


class Reflector(Generic[K]):
    """One kind in one namespace, or in all. `freshness` tells how it is doing."""

    def __init__(
        self,
        session: Session,
        kind: type[K],
        sink: Sink[K],
        *,
        namespace: str = "",
        pace: Pace = Pace(),  # a constant
        limits: Limits = Limits(),  # noqa: B008  # a constant
    ) -> None:
        """Prepare; `run` begins."""
        request = request_for("list", RESOURCE_OF[kind], namespace)
        self.freshness = Freshness(request.target, asyncio.get_running_loop().time)
        self._pace = pace
        self._known = Reflection(sink, self.freshness)
        self._watching = Watching(session, kind, self._known, request, limits)
        self._can_stream_everything = True
        self._unfinished = 0
        self._thrashes = 0

    async def run(self) -> None:
        """Reflect until cancelled; whatever goes wrong is waited out, and told by `freshness`."""
        faults = 0
        while True:
            heard = self.freshness.events
            setback = await self._until_setback()
            if setback is None:
                faults, reason = 0, "ended"
                pause_s = self._pace.breath * random.random()  # noqa: S311  # jitter, not a secret
            else:
                faults, reason = (1 if self.freshness.events > heard else faults + 1), setback.reason
                pause_s = max(setback.pause_s, self._backoff(faults))
                self.freshness.trouble = reason
            self.freshness.reconnects[reason] += 1
            await asyncio.sleep(pause_s)

    async def _until_setback(self) -> Setback | None:
        """Live through one connection; None when it ended as it should."""
        began, heard = self.freshness.clock(), self.freshness.events
        try:
            await self._connection()
        except (BotError, Again, Gone, LineTooLong, *BROKEN) as error:
            return self._setback(error)
        except Exception:  # the outermost frame: a reflector never ends by a bug
            log.exception("reflecting %s failed", self.freshness.name)
            return Setback("a bug of ours", self._pace.longest)
        finally:
            self._known.interrupt()
        if self.freshness.clock() - began < self._pace.instant and self.freshness.events == heard:
            return Setback("ended at once")
        return None

    async def _connection(self) -> None:
        if self._known.version:
            await self._watching.resume()
        elif self._thrashes >= THRASHES_AT_MOST:
            await self._watching.list_beside_watch()
        elif self._can_stream_everything:
            await self._stream_everything()
        else:
            await self._watching.list_and_watch()

    async def _stream_everything(self) -> None:
        """Stream; learn from how that ends whether this server can. One that is away says nothing about it."""
        has_begun = True
        try:
            await self._watching.stream_everything()
        except BotError as refusal:
            has_begun = False
            self._can_stream_everything &= not isinstance(refusal, BadArguments)
            raise
        finally:
            if has_begun:
                self._unfinished = self._unfinished + 1 if self._known.syncing else 0
                self._can_stream_everything &= self._unfinished < UNFINISHED_AT_MOST

    def _setback(self, error: BaseException) -> Setback:
        match error:
            case Gone() | Expired():
                return self._history_lost()
            case Throttled():
                return Setback("asked to wait", error.retry_after_s)
            case Again():
                return Setback(str(error), error.after_s)
            case Unauthenticated():
                return Setback("the credentials are not accepted")
            case Denied():
                self.freshness.forbidden = str(error)
                return Setback("not allowed", self._pace.forbidden)
            case BadArguments():
                return Setback("refused as asked")
            case TimeoutError():
                return Setback("silent")
            case BotError():
                return Setback("not reached")
            case _:
                return Setback("connection lost")

    def _history_lost(self) -> Setback:
        synced_at = self.freshness.synced_at
        if synced_at is not None and self.freshness.clock() - synced_at < self._pace.thrash:
            self._thrashes += 1
        self._known.version = ""
        return Setback("history lost")

    def _backoff(self, faults: int) -> float:
        """Pause longer with each fault in a row, jittered so that not all come back at once."""
        pause_s = min(self._pace.longest, self._pace.first * 2.0 ** min(faults - 1, 16))
        return pause_s * random.uniform(0.5, 1)  # noqa: S311  # jitter, not a secret
