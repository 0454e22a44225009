"""One container's way through its states: waiting, running, terminated, backing off, and round again.

The transitions are those of a kubelet: the first restart is immediate, CrashLoopBackOff shows from the second crash
on and doubles, ErrImagePull and ImagePullBackOff alternate.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from playground.cluster.clock import Clock, stamp
from playground.cluster.kobject import Object
from playground.cluster.nodes.container_run import Happened, Phase, Restart, Run
from playground.cluster.nodes.images import Unpullable, pull
from playground.cluster.nodes.program import Program

FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 10.0, 300.0
HEALTHY_AFTER_S = 600.0
"""A container that ran this long starts its back-off anew."""
PULL_S = 0.6
"""How long pulling an image takes in the practice cluster."""


@dataclass
class Container:
    """The kubelet's view of one container."""

    spec: Object
    restart: Restart
    start: Callable[[], Program]
    check: Callable[[], str]
    """Returns why the container cannot be configured; "" when it can."""
    new_id: Callable[[], str]
    told_pod: str
    """The pod as back-off messages name it."""
    clock: Clock
    phase: Phase = Phase.WAITING
    since: datetime | None = None
    waiting: tuple[str, str] = ("ContainerCreating", "")
    run: Run | None = None
    previous: Run | None = None
    restarts: int = 0
    backoff_s: float = 0.0
    pulled: bool = False
    answers: bool = True
    """What its readiness probe found, where it has one that can fail."""
    happened: list[Happened] = field(default_factory=list)

    # outside

    def begin(self) -> None:
        """Let the container start: its pod's turn has come."""
        if self.phase is Phase.WAITING:
            self._enter(Phase.PULLING)
            if not self.pulled:
                self._tell("Normal", "Pulling", f'Pulling image "{self.spec["image"]}"')

    def step(self) -> None:
        """Go through every transition that is due."""
        while self._due_in_s() is not None and (self._due_in_s() or 0.0) <= 0:
            self._next()

    def due_in_s(self) -> float | None:
        """Return when to step again; None when only something outside can change the state."""
        return self._due_in_s()

    def kill(self, code: int, reason: str = "Error") -> None:
        """End the running process from outside."""
        if self.run is not None and self.phase is Phase.RUNNING:
            self._end(code, reason)

    @property
    def is_running(self) -> bool:
        return self.phase is Phase.RUNNING

    @property
    def is_ready(self) -> bool:
        if self.run is None or self.phase is not Phase.RUNNING or not self.answers:
            return False
        return self.clock.elapsed_s(self.run.started) >= self.run.program.ready_after_s

    @property
    def is_done(self) -> bool:
        """Tell whether it has ended and will not be started again."""
        return self.phase is Phase.TERMINATED and not self._restarts_after(self.run)

    def status(self) -> Object:
        run = self.run
        state: Object = {"waiting": {"reason": self.waiting[0]}}
        if self.waiting[1]:
            state["waiting"]["message"] = self.waiting[1]
        if run is not None and self.phase is Phase.RUNNING:
            state = {"running": {"startedAt": stamp(run.started)}}
        elif run is not None and self.phase is Phase.TERMINATED:
            state = run.terminated()
        last = self.previous if self.phase in {Phase.RUNNING, Phase.TERMINATED} else run
        image_id = f"{self.spec['image']}@sha256:practice" if self.pulled else ""
        status: Object = {
            "name": self.spec["name"], "image": self.spec["image"], "imageID": image_id, "ready": self.is_ready,
            "started": self.phase is Phase.RUNNING, "restartCount": self.restarts, "state": state,
            "lastState": last.terminated() if last is not None else {},
        }  # fmt: skip
        if self.pulled:
            status["resources"] = self.spec.get("resources") or {}
        if run is not None:
            status["containerID"] = run.container_id
        return status

    # inside

    def _due_in_s(self) -> float | None:
        match self.phase:
            case Phase.WAITING:
                return None
            case Phase.PULLING:
                return self._left_s(0.05 if self.pulled else PULL_S)
            case Phase.CONFIG_ERROR:
                return self._left_s(5.0)
            case Phase.PULL_BACKOFF:
                flips = self.waiting[0] == "ErrImagePull"
                return self._left_s(1.0 if flips else self.backoff_s)
            case Phase.CRASH_BACKOFF:
                return self._left_s(self.backoff_s)
            case Phase.TERMINATED:
                return self._left_s(0.5) if self._restarts_after(self.run) else None
            case Phase.RUNNING:
                return self._running_due_in_s()

    def _running_due_in_s(self) -> float | None:
        if self.run is None:
            return None
        program, lived_s = self.run.program, self.clock.elapsed_s(self.run.started)
        moments = []
        if program.ending(lived_s) is not None:
            return 0.0
        if lived_s < program.ready_after_s < 1e8:
            moments.append(program.ready_after_s - lived_s)
        end_s = program.ends_at_s()
        if end_s is not None:
            moments.append(max(0.0, end_s - lived_s))
        return min(moments, default=None)

    def _left_s(self, length_s: float) -> float:
        return length_s - self.clock.elapsed_s(self.since) if self.since is not None else 0.0

    def _next(self) -> None:
        match self.phase:
            case Phase.PULLING | Phase.CONFIG_ERROR:
                self._try_start()
            case Phase.PULL_BACKOFF:
                self._pull_again()
            case Phase.CRASH_BACKOFF:
                self.restarts += 1
                self._try_start()
            case Phase.TERMINATED:
                self._restart()
            case Phase.RUNNING:
                self._maybe_end()
            case Phase.WAITING:
                pass

    def _try_start(self) -> None:
        try:
            pull(self.spec["image"], self.spec.get("imagePullPolicy", "IfNotPresent"))
        except Unpullable as failed:
            self._pull_failed(failed)
            return
        wrong = self.check()
        if wrong:
            self.waiting = ("CreateContainerConfigError", wrong)
            self._tell("Warning", "Failed", f"Error: {wrong}")
            self._enter(Phase.CONFIG_ERROR)
            return
        self._started()

    def _started(self) -> None:
        name, image = self.spec["name"], self.spec["image"]
        told = (
            f'Successfully pulled image "{image}"'
            if not self.pulled
            else f'Container image "{image}" already present on machine'
        )
        self._tell("Normal", "Pulled", told)
        self._tell("Normal", "Created", f"Created container: {name}")
        self._tell("Normal", "Started", f"Started container {name}")
        self.pulled = True
        self.previous = self.run
        self.run = Run(self.start(), self.new_id(), self.clock.now())
        self._enter(Phase.RUNNING)

    def _maybe_end(self) -> None:
        if self.run is None:
            return
        ending = self.run.program.ending(self.clock.elapsed_s(self.run.started))
        if ending is not None:
            self._end(ending.code, "OOMKilled" if ending.oom else "Completed" if ending.code == 0 else "Error")

    def _end(self, code: int, reason: str) -> None:
        run = self.run
        if run is None:
            return
        self.run = Run(run.program, run.container_id, run.started, self.clock.now(), code, reason)
        self._enter(Phase.TERMINATED)

    def _restart(self) -> None:
        run = self.run
        if run is None or run.ended is None:
            return
        if (run.ended - run.started).total_seconds() >= HEALTHY_AFTER_S:
            self.backoff_s = 0.0
        if self.restarts == 0 and self.backoff_s == 0.0:
            self.restarts += 1
            self.backoff_s = FIRST_BACKOFF_S / 2
            self._try_start()
            return
        self.backoff_s = min(LONGEST_BACKOFF_S, max(self.backoff_s * 2, FIRST_BACKOFF_S))
        told = f"restarting failed container={self.spec['name']} pod={self.told_pod}"
        self.waiting = ("CrashLoopBackOff", f"back-off {_go_duration(self.backoff_s)} {told}")
        told = f"restarting failed container {self.spec['name']} in pod {self.told_pod}"
        self._tell("Warning", "BackOff", f"Back-off {told}")
        self._enter(Phase.CRASH_BACKOFF)

    def _pull_failed(self, failed: Unpullable) -> None:
        image = self.spec["image"]
        self._tell("Warning", "Failed", f'Failed to pull image "{image}": {failed.message}')
        self._tell("Warning", "Failed", f"Error: {failed.reason}")
        self.waiting = (failed.reason, failed.message)
        self.backoff_s = min(LONGEST_BACKOFF_S, max(self.backoff_s * 2, FIRST_BACKOFF_S))
        self._enter(Phase.PULL_BACKOFF)

    def _pull_again(self) -> None:
        image = self.spec["image"]
        if self.waiting[0] == "ErrImagePull":
            self.waiting = ("ImagePullBackOff", f'Back-off pulling image "{image}": ErrImagePull: {self.waiting[1]}')
            self._tell("Normal", "BackOff", f'Back-off pulling image "{image}"')
            self._tell("Warning", "Failed", "Error: ImagePullBackOff")
            self._enter(Phase.PULL_BACKOFF)
        else:
            self._tell("Normal", "Pulling", f'Pulling image "{image}"')
            self._try_start()

    def _restarts_after(self, run: Run | None) -> bool:
        match self.restart:
            case Restart.ALWAYS:
                return True
            case Restart.ON_FAILURE:
                return run is not None and run.code != 0
            case Restart.NEVER:
                return False

    def _enter(self, phase: Phase) -> None:
        self.phase, self.since = phase, self.clock.now()

    def _tell(self, type_: str, reason: str, message: str) -> None:
        self.happened.append(Happened(type_, reason, message))


def _go_duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
