"""Who leads, when, and with which epoch."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, cast

import msgspec
import pytest

from bot.errors import Conflict, NotFound, Unreachable
from bot.k8s import lease as module
from bot.k8s.lease import Election
from bot.model.kube.lease import Lease
from bot.ports import Cluster
from tests.k8s.virtual_time import run_virtually


class LeaseServer:
    """One lease, with compare-and-swap."""

    def __init__(self) -> None:
        self.lease: dict[str, Any] = {}
        self.version = 0

    def write(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.version += 1
        spec = {**self.lease.get("spec", {}), **body["spec"]}
        self.lease = {"metadata": {"name": "bot", "resourceVersion": str(self.version)}, "spec": spec}
        return self.lease


@dataclass
class Line:
    """One candidate's connection to the server, which can be cut."""

    server: LeaseServer
    cut: bool = False
    hangs: bool = False
    writes: int = 0

    async def get(self, kind: type[Lease], name: str, namespace: str) -> Lease:
        await self._cross()
        if not self.server.lease:
            raise NotFound("no lease")
        return msgspec.convert(self.server.lease, kind)

    async def create(self, resource: object, body: Mapping[str, Any], *, namespace: str) -> dict[str, Any]:
        await self._cross()
        if self.server.lease:
            raise Conflict("exists")
        return self.server.write(body)

    async def merge_patch(self, ref: object, body: Mapping[str, Any]) -> dict[str, Any]:
        await self._cross()
        if body["metadata"]["resourceVersion"] != str(self.server.version):
            raise Conflict("changed meanwhile")
        self.writes += 1
        return self.server.write(body)

    async def _cross(self) -> None:
        await asyncio.sleep(0.01)
        if self.hangs:
            await asyncio.sleep(3600)
        if self.cut:
            raise Unreachable("cut")


@dataclass
class Candidate:
    """An election whose terms are noted: (epoch, from, to)."""

    server: LeaseServer
    name: str
    stops_in_s: float = 0.0
    terms: list[list[float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.line = Line(self.server)
        self.election = Election(
            cast(Cluster, self.line), namespace="ops", name="bot", identity=self.name, now=virtual_now
        )

    async def term(self, epoch: int) -> None:
        clock = asyncio.get_running_loop()
        self.terms.append([epoch, clock.time(), float("inf")])
        try:
            await asyncio.sleep(1e9)
        finally:
            await asyncio.sleep(self.stops_in_s)
            self.terms[-1][2] = clock.time()

    def stand(self) -> asyncio.Task[None]:
        return asyncio.ensure_future(self.election.run(self.term))


def virtual_now() -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=asyncio.get_running_loop().time())


def story(tell: Callable[[LeaseServer], Awaitable[None]]) -> Callable[[], None]:
    """Make a test of a coroutine that runs in virtual time."""

    def test() -> None:
        async def main() -> None:
            await tell(LeaseServer())

        run_virtually(main())

    test.__name__ = tell.__name__
    return test


async def end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def overlaps(*candidates: Candidate) -> list[tuple[list[float], list[float]]]:
    terms = sorted((term for candidate in candidates for term in candidate.terms), key=lambda term: term[1])
    return [(first, then) for first, then in pairwise(terms) if then[1] < first[2]]


@story
async def test_of_two_candidates_one_leads(server: LeaseServer) -> None:
    a, b = Candidate(server, "a"), Candidate(server, "b")
    tasks = a.stand(), b.stand()
    await asyncio.sleep(600)
    assert len(a.terms) + len(b.terms) == 1
    assert a.election.leads is not b.election.leads
    assert a.election.leader == b.election.leader
    await end(*tasks)


@story
async def test_a_leader_that_exits_releases_and_is_followed_within_seconds(server: LeaseServer) -> None:
    a, b = Candidate(server, "a"), Candidate(server, "b")
    first = a.stand()
    await asyncio.sleep(5)
    second = b.stand()
    await asyncio.sleep(60)
    await end(first)
    left = asyncio.get_running_loop().time()
    await asyncio.sleep(5)
    epoch, since, _ = b.terms[0]
    assert epoch == 2
    assert since - left < 3
    await end(second)


@story
async def test_a_leader_that_is_killed_is_followed_when_its_lease_ran_out(server: LeaseServer) -> None:
    a, b = Candidate(server, "a"), Candidate(server, "b")
    first = a.stand()
    await asyncio.sleep(5)
    second = b.stand()
    await asyncio.sleep(60)
    a.line.cut = True
    await end(first)
    killed = asyncio.get_running_loop().time()
    await asyncio.sleep(60)
    assert module.LEASE_S - module.RETRY_S < b.terms[0][1] - killed < 15
    await end(second)


@pytest.mark.parametrize("fault", ["cut", "hangs"])
@pytest.mark.parametrize("stops_in_s", [0.0, 4.0])
def test_a_leader_that_cannot_reach_the_server_is_done_before_another_starts(fault: str, stops_in_s: float) -> None:
    async def tell() -> None:
        server = LeaseServer()
        a, b = Candidate(server, "a", stops_in_s), Candidate(server, "b", stops_in_s)
        first = a.stand()
        await asyncio.sleep(1)
        second = b.stand()
        await asyncio.sleep(61.3)
        setattr(a.line, fault, True)
        await asyncio.sleep(60)
        assert [term[0] for term in b.terms] == [2]
        assert overlaps(a, b) == []
        await end(first, second)

    run_virtually(tell())


@story
async def test_a_flapping_line_never_makes_two_leaders_and_epochs_only_grow(server: LeaseServer) -> None:
    candidates = [Candidate(server, name) for name in "abc"]
    tasks = [candidate.stand() for candidate in candidates]
    for step in range(300):
        candidates[step % 3].line.cut = step % 7 < 4
        candidates[(step + 1) % 3].line.hangs = step % 11 < 2
        await asyncio.sleep(3.7)
    await end(*tasks)
    terms = sorted((term for candidate in candidates for term in candidate.terms), key=lambda term: term[1])
    assert len(terms) > 3
    assert overlaps(*candidates) == []
    assert [term[0] for term in terms] == sorted({term[0] for term in terms})


@story
async def test_a_lease_taken_by_force_ends_the_term(server: LeaseServer) -> None:
    a = Candidate(server, "a")
    task = a.stand()
    await asyncio.sleep(5)
    server.write({"spec": {"holderIdentity": "intruder", "leaseTransitions": 9}})
    await asyncio.sleep(5)
    assert not a.election.leads
    await asyncio.sleep(60)
    assert [term[0] for term in a.terms] == [1, 10]
    await end(task)


@story
async def test_what_a_term_raises_is_raised_after_the_lease_is_released(server: LeaseServer) -> None:
    election = Candidate(server, "a").election

    async def failing(epoch: int) -> None:
        await asyncio.sleep(5)
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        await election.run(failing)
    assert server.lease["spec"]["holderIdentity"] == ""


@story
async def test_a_term_that_ends_by_itself_ends_the_election(server: LeaseServer) -> None:
    epochs: list[int] = []

    async def short(epoch: int) -> None:
        epochs.append(epoch)

    await Candidate(server, "a").election.run(short)
    assert epochs == [1]
    assert server.lease["spec"]["holderIdentity"] == ""


@story
async def test_a_renewal_whose_answer_was_lost_does_not_end_the_term(server: LeaseServer) -> None:
    a = Candidate(server, "a")
    task = a.stand()
    await asyncio.sleep(5)
    server.write({"spec": {}})  # our own renewal arrived, its answer did not
    await asyncio.sleep(60)
    assert [term[0] for term in a.terms] == [1]
    assert a.election.leads
    await end(task)


@story
async def test_another_clock_on_the_other_side_does_not_matter(server: LeaseServer) -> None:
    a, b = Candidate(server, "a"), Candidate(server, "b")
    b.election._now = lambda: datetime(2031, 1, 1, tzinfo=UTC)
    tasks = a.stand(), b.stand()
    await asyncio.sleep(300)
    assert len(a.terms) + len(b.terms) == 1
    await end(*tasks)
