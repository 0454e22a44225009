"""Leader election over a Lease: at most one process leads a term, and each term has a higher epoch than all before.

Guarantees, as long as clocks run at about the same speed (their settings do not matter):
- A term is over, its work cancelled and awaited, before another process may take the lease: the leader gives up
  RENEW_WITHIN_S after the start of its last renewal that worked, others wait LEASE_S from when they saw it.
- Whoever still works past that (a task that does not end when cancelled) is fenced by the epoch: writes of an older
  epoch are refused where they are stored.
- On exit the lease is released, so that another takes over at once; after a kill it takes LEASE_S.
What it does not promise: that somebody leads at each moment.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.errors import BotError, Conflict, NotFound
from bot.model.kube.lease import Lease
from bot.model.plan import Json
from bot.model.refs import ObjectRef
from bot.model.resources import LEASE
from bot.ports import Cluster

log = logging.getLogger(__name__)

LEASE_S = 10.0
"""How long a leader that is not heard of keeps the lease: with two looks, another leads within 14 s of its death."""
RENEW_WITHIN_S = 6.0
"""A leader that could not renew for so long gives up; the rest of LEASE_S is left for its work to end."""
RETRY_S = 1.5
"""Between two looks at the lease, and between two renewals."""
REQUEST_S = 2.0
"""How long one request may take, so that several fit into RENEW_WITHIN_S."""

Term = Callable[[int], Awaitable[None]]
"""What a leader does, given its epoch; cancelled when the term ends."""


class Lost(Exception):
    """The lease is somebody else's, or may soon be."""


@dataclass
class Observed:
    """The last version of the lease that we saw, and when we saw it first, by our own clock."""

    version: str = ""
    at: float = 0.0


class Election:
    """One candidate. `identity` must differ between processes, also between two runs of one pod."""

    def __init__(
        self, cluster: Cluster, *, namespace: str, name: str, identity: str, now: Callable[[], datetime]
    ) -> None:
        """Stand for the lease *name*; nothing is asked of the server yet."""
        self._cluster = cluster
        self._ref = ObjectRef("lease", name, namespace)
        self._identity = identity
        self._now = now
        self._observed = Observed()
        self.leads = False
        """Whether this process leads now."""
        self.leader = ""
        """Who held the lease when we last looked."""

    async def run(self, term: Term) -> None:
        """Lead whenever we can, until cancelled or until a term ends by itself; what *term* raises is raised."""
        while True:
            epoch = await self._acquire()
            log.info("%s leads, epoch %d", self._identity, epoch)
            if await self._lead(term, epoch):
                return

    async def _acquire(self) -> int:
        while True:
            try:
                async with asyncio.timeout(REQUEST_S):
                    epoch = await self._try_to_acquire()
            except (BotError, TimeoutError) as error:
                log.info("the lease could not be had: %s", error)
                epoch = 0
            if epoch:
                return epoch
            await asyncio.sleep(RETRY_S * random.uniform(0.8, 1.2))  # noqa: S311  # jitter, not a secret

    async def _try_to_acquire(self) -> int:
        """Take the lease when it is free, released or abandoned; give the epoch, 0 when it is not."""
        try:
            lease = await self._cluster.get(Lease, self._ref.name, self._ref.namespace)
        except NotFound:
            await self._create()
            return 1
        self.leader = lease.spec.holder_identity or ""
        if self.leader not in ("", self._identity) and not self._abandoned(lease):
            return 0
        epoch = lease.spec.lease_transitions + 1
        await self._write(lease.metadata.resource_version, self._claim() | {"leaseTransitions": epoch})
        return epoch

    def _abandoned(self, lease: Lease) -> bool:
        """Say whether nobody renewed it for as long as it lasts, by our clock: clocks of others are not trusted."""
        now = asyncio.get_running_loop().time()
        if lease.metadata.resource_version != self._observed.version:
            self._observed = Observed(lease.metadata.resource_version, now)
            return False
        return now - self._observed.at > max(LEASE_S, lease.spec.lease_duration_seconds or 0)

    async def _lead(self, term: Term, epoch: int) -> bool:
        """Run one term; say whether it ended by itself."""
        self.leads, self.leader = True, self._identity
        work = asyncio.ensure_future(term(epoch))
        renewal = asyncio.ensure_future(self._keep())
        try:
            await asyncio.wait((work, renewal), return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                log.warning("%s no longer leads epoch %d: %s", self._identity, epoch, renewal.exception())
            return work.done()
        finally:
            self.leads = False
            work.cancel()
            renewal.cancel()
            outcome, kept = await asyncio.gather(work, renewal, return_exceptions=True)
            if not isinstance(kept, Lost):
                await self._release()
            for fault in (outcome, kept):
                if isinstance(fault, Exception) and not isinstance(fault, Lost):
                    raise fault

    async def _keep(self) -> None:
        """Renew for ever. Raises Lost when another holds the lease, or when it cannot be renewed in time."""
        clock = asyncio.get_running_loop()
        renewed_at = clock.time()
        while True:
            await asyncio.sleep(RETRY_S)
            began = clock.time()
            try:
                async with asyncio.timeout_at(min(began + REQUEST_S, renewed_at + RENEW_WITHIN_S)):
                    await self._renew()
                renewed_at = began
            except (BotError, TimeoutError) as error:
                if clock.time() + RETRY_S >= renewed_at + RENEW_WITHIN_S:
                    raise Lost(f"it could not be renewed: {error}") from error

    async def _renew(self) -> None:
        try:
            await self._write(self._observed.version, {"renewTime": self._micros()})
        except Conflict:
            lease = await self._cluster.get(Lease, self._ref.name, self._ref.namespace)
            if lease.spec.holder_identity != self._identity:
                raise Lost(f"{lease.spec.holder_identity or 'nobody'} holds it") from None
            await self._write(lease.metadata.resource_version, {"renewTime": self._micros()})

    async def _release(self) -> None:
        """Give the lease back, if it still is as we wrote it; nothing depends on it."""
        try:
            async with asyncio.timeout(REQUEST_S):
                await self._write(self._observed.version, {"holderIdentity": "", "renewTime": self._micros()})
        except (BotError, TimeoutError) as error:
            log.info("the lease could not be released: %s", error)

    async def _create(self) -> None:
        spec = self._claim() | {"leaseTransitions": 1}
        body = {"metadata": {"name": self._ref.name, "namespace": self._ref.namespace}, "spec": spec}
        self._saw(await self._cluster.create(LEASE, body, namespace=self._ref.namespace))

    async def _write(self, version: str, spec: dict[str, Json]) -> None:
        body = {"metadata": {"resourceVersion": version}, "spec": spec}
        self._saw(await self._cluster.merge_patch(self._ref, body))

    def _saw(self, lease: dict[str, Json]) -> None:
        version = lease["metadata"]["resourceVersion"]
        self._observed = Observed(version, asyncio.get_running_loop().time())

    def _claim(self) -> dict[str, Json]:
        now = self._micros()
        return {
            "holderIdentity": self._identity,
            "leaseDurationSeconds": int(LEASE_S),
            "acquireTime": now,
            "renewTime": now,
        }

    def _micros(self) -> str:
        """Now as the API's MicroTime, which takes six digits and no fewer."""
        return self._now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
