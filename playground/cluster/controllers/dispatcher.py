"""Runs the controllers: each change of the store names keys to look at, and each key is looked at soon, once.

Guarantees, as a workqueue's: a key is never worked on twice at a time, keys that change while they wait are worked on
once, and a key that failed is tried again. What a controller reads is the state now, never an event.
"""

import asyncio
import logging
from collections.abc import Iterable
from typing import Protocol

from playground.cluster.clock import Timer
from playground.cluster.errors import ApiError
from playground.cluster.kobject import Key
from playground.cluster.resources import Resource
from playground.cluster.state import ClusterState
from playground.cluster.store import Change

LOG = logging.getLogger(__name__)
SLICE_S = 0.005
"""Real seconds of work between two chances for the server to answer requests."""
FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 60.0
"""A key that keeps failing is tried again after ever longer waits."""


class Controller(Protocol):
    def concerns(self, resource: Resource, change: Change) -> Iterable[Key]:
        """Name the keys that a change gives reason to look at."""
        ...

    def reconcile(self, key: Key) -> float | None:
        """Bring one object closer to what it should be; return in how many seconds to look again, if by itself."""
        ...


class Dispatcher:
    def __init__(self, state: ClusterState) -> None:
        self._state = state
        self._controllers: list[Controller] = []
        self._due: dict[tuple[Controller, Key], None] = {}
        self._timers: dict[tuple[Controller, Key], Timer] = {}
        self._failures: dict[tuple[Controller, Key], int] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._handle: asyncio.Handle | None = None

    def add(self, controller: Controller) -> None:
        self._controllers.append(controller)

    def start(self) -> None:
        """Begin; objects that are in the store already are looked at as if they had just come."""
        self._loop = asyncio.get_running_loop()
        self._state.store.listen(self._on_change)
        for resource in self._state.store.resources():
            for obj in self._state.store.items(resource):
                self._on_change(resource, Change("ADDED", obj, None, self._state.store.revision))

    def stop(self) -> None:
        self._loop = None
        if self._handle is not None:
            self._handle.cancel()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._due.clear()

    def look_at(self, controller: Controller, key: Key) -> None:
        """Have a key worked on soon."""
        self._due[controller, key] = None
        if self._handle is None and self._loop is not None:
            self._handle = self._loop.call_soon(self._work)

    def work_all(self) -> None:
        """Work until nothing is left to look at now: how a world's past is built."""
        while self._due:
            self._work_next()

    def _work_next(self) -> None:
        controller, key = next(iter(self._due))
        del self._due[controller, key]
        self._work_on(controller, key)

    def _on_change(self, resource: Resource, change: Change) -> None:
        if self._loop is None:
            return
        for controller in self._controllers:
            for key in controller.concerns(resource, change):
                self.look_at(controller, key)

    def _work(self) -> None:
        self._handle = None
        if self._loop is None:
            return
        ends = self._loop.time() + SLICE_S
        while self._due and self._loop.time() < ends:
            self._work_next()
        if self._due and self._handle is None:
            self._handle = self._loop.call_soon(self._work)

    def _work_on(self, controller: Controller, key: Key) -> None:
        timer = self._timers.pop((controller, key), None)
        if timer is not None:
            timer.cancel()
        try:
            again_s = controller.reconcile(key)
            self._failures.pop((controller, key), None)
        except ApiError as error:
            LOG.debug("%s on %s: %s", type(controller).__name__, key, error.message)
            again_s = self._retry_s(controller, key)
        except Exception:
            LOG.exception("%s failed on %s", type(controller).__name__, key)
            again_s = self._retry_s(controller, key)
        if again_s is not None:
            self._later(controller, key, again_s)

    def _retry_s(self, controller: Controller, key: Key) -> float:
        failures = self._failures.get((controller, key), 0)
        self._failures[controller, key] = failures + 1
        return min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0**failures)

    def _later(self, controller: Controller, key: Key, delay_s: float) -> None:
        def ring() -> None:
            self._timers.pop((controller, key), None)
            self.look_at(controller, key)

        self._timers[controller, key] = self._state.clock.later(max(delay_s, 0.001), ring)
