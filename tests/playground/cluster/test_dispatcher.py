"""The queue that drives the controllers."""

from collections.abc import Iterator

import pytest

from playground.cluster.controllers.dispatcher import Dispatcher
from playground.cluster.errors import bad_request
from playground.cluster.kobject import Key
from playground.cluster.objects.lifecycle import Ids
from playground.cluster.resources import CONFIGMAPS, Catalogue, Resource
from playground.cluster.state import ClusterState
from playground.cluster.store import Change, Store
from tests.playground.cluster.conftest import START, TurnedClock, quiet


class Counting:
    """Notes when it is called, and fails as often as it is told to."""

    def __init__(self, clock: TurnedClock, failures: int = 0) -> None:
        self.clock = clock
        self.failures = failures
        self.called: list[float] = []

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is CONFIGMAPS:
            yield "default", change.object["metadata"]["name"]

    def reconcile(self, key: Key) -> float | None:
        self.called.append((self.clock.now() - START).total_seconds())
        if len(self.called) <= self.failures:
            raise bad_request("not yet")
        return None


@pytest.fixture
def state(clock: TurnedClock) -> ClusterState:
    return ClusterState(Store(), clock, Ids(1), Catalogue())


def run(state: ClusterState, controller: Counting) -> Dispatcher:
    dispatcher = Dispatcher(state)
    dispatcher.add(controller)
    dispatcher.start()
    return dispatcher


async def test_many_changes_are_worked_on_once(state: ClusterState, clock: TurnedClock) -> None:
    controller = Counting(clock)
    run(state, controller)
    made = state.create(CONFIGMAPS, {"metadata": {"name": "one", "namespace": "default"}})
    for number in range(5):
        made = state.update(CONFIGMAPS, {**made, "data": {"n": str(number)}})
    await quiet()
    assert controller.called == [0.0]


async def test_a_key_that_fails_is_tried_again_ever_later(state: ClusterState, clock: TurnedClock) -> None:
    controller = Counting(clock, failures=8)
    run(state, controller)
    state.create(CONFIGMAPS, {"metadata": {"name": "one", "namespace": "default"}})
    await clock.turn(300)
    assert controller.called == [0, 1, 3, 7, 15, 31, 63, 123, 183]


async def test_nothing_is_done_after_the_stop(state: ClusterState, clock: TurnedClock) -> None:
    controller = Counting(clock, failures=1)
    dispatcher = run(state, controller)
    state.create(CONFIGMAPS, {"metadata": {"name": "one", "namespace": "default"}})
    await quiet()
    dispatcher.stop()
    await clock.turn(10)
    assert controller.called == [0.0]
