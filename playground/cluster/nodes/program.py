"""What a container will do once it runs: its log by time, its end, and when it is ready.

Decided by the image's tag (1.8.3-crash), by annotations of the pod under practice.chatops.saas.io/, by a command that
the small shell can act out, or else: a server that runs for ever.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from playground.cluster.kobject import Object, annotations_of
from playground.cluster.nodes.shell import FOREVER_S, Exit, Machine, Say, Step, Wait, run

ANNOTATION = "practice.chatops.saas.io/"
HEARTBEAT_S = 30.0
"""A server without lines of its own says this often that it is alive."""
KEPT_LINES = 10_000
"""Older lines are gone, as after a kubelet's log rotation."""
_BEHAVIOURS = ("crash", "oom", "slow", "unready", "notready", "flaky")
_CRASH_LOG = (
    "starting {name} {image}",
    "loading configuration from environment",
    "Traceback (most recent call last):",
    '  File "/app/main.py", line 41, in <module>',
    "    settings = load_settings()",
    '  File "/app/settings.py", line 17, in load_settings',
    "    return Settings(broker_url=os.environ['BROKER_URL'])",
    "KeyError: 'BROKER_URL'",
)


@dataclass(frozen=True)
class Ending:
    """How a container stops by itself."""

    after_s: float
    code: int
    oom: bool = False


@dataclass(frozen=True)
class Line:
    """One line of a log, and how long after the start it is written."""

    at_s: float
    text: str
    error: bool = False


@dataclass(frozen=True)
class Heartbeat:
    """What a server says for ever; `{n}` in a line is the beat's number."""

    every_s: float
    lines: tuple[str, ...]

    def text(self, number: int) -> str:
        """Beat *number*."""
        return self.lines[number % len(self.lines)].replace("{n}", str(number))


@dataclass
class Program:
    """Steps are worked out lazily; lines already known are kept."""

    steps: Iterator[Step]
    heartbeat: Heartbeat | None = None
    """Goes on when the steps are through."""
    ready_after_s: float = 0.0
    stops_in_s: float = 1.0
    oom: bool = False
    finite: bool = True
    """Whether it may end by itself: what never does needs no timer."""
    _lines: deque[Line] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))
    _at_s: float = 0.0
    _open: str = ""
    _ending: Ending | None = None
    _beats: int = 0

    def lines(self, until_s: float) -> list[Line]:
        """Return the log up to a moment after the start."""
        self._advance(until_s)
        return [line for line in self._lines if line.at_s <= until_s]

    def ending(self, until_s: float) -> Ending | None:
        """Return how the program ended, if it did before that moment."""
        self._advance(until_s)
        return self._ending if self._ending and self._ending.after_s <= until_s else None

    def ends_at_s(self) -> float | None:
        """Return when the program ends, as far as its present wait tells; None when it never will.

        A program that talks for ever is only asked again at its next line.
        """
        if self._ending is not None:
            return self._ending.after_s
        if not self.finite:
            return None
        return self._at_s if self._at_s < FOREVER_S else None

    def next_at_s(self, after_s: float) -> float | None:
        """Return when the next line or the end comes; None when nothing will."""
        self._advance(after_s)
        coming = [line.at_s for line in self._lines if line.at_s > after_s]
        if coming:
            return min(coming)
        if self._ending:
            return self._ending.after_s if self._ending.after_s > after_s else None
        return self._at_s if self._at_s < FOREVER_S else None

    def _advance(self, until_s: float) -> None:
        while self._ending is None and self._at_s <= until_s:
            step = next(self.steps, None)
            match step:
                case Say():
                    self._say(step)
                case Wait():
                    self._at_s += step.seconds
                case Exit():
                    self._ending = Ending(self._at_s, step.code, self.oom)
                case None if self.heartbeat:
                    self._beat(self.heartbeat, until_s)
                case None:
                    self._ending = Ending(self._at_s, 0)

    def _beat(self, heart: Heartbeat, until_s: float) -> None:
        """Say the next beat; of a pod that is months old only those that are kept are worked out at all."""
        behind = int((until_s - self._at_s) / heart.every_s) - KEPT_LINES
        if behind > 0:
            self._beats += behind
            self._at_s += behind * heart.every_s
        self._at_s += heart.every_s
        self._say(Say(heart.text(self._beats) + "\n"))
        self._beats += 1

    def _say(self, step: Say) -> None:
        *whole, self._open = (self._open + step.text).split("\n")
        self._lines += [Line(self._at_s, text, step.error) for text in whole]


def program_for(pod: Object, container: Object, machine: Machine) -> Program:
    """Decide what *container* of *pod* does."""
    behaviour = behaviour_of(pod, container)
    ready_s = _number(pod, "start-seconds", _probe_delay(container))
    stops_s = _number(pod, "stop-seconds", 1.0)
    match behaviour:
        case "crash":
            code = int(_number(pod, "exit-code", 1))
            return Program(_crash(pod, container, code), None, ready_s, stops_s)
        case "oom":
            return Program(
                iter([*_starting(container), Say("loading 400000 rows\n"), Wait(2.0), Exit(137)]),
                None,
                ready_s,
                stops_s,
                oom=True,
            )
        case "slow":
            return Program(_server(pod, container), _heartbeat(pod), max(ready_s, 20.0), stops_s, finite=False)
        case "unready" | "notready":
            return Program(_server(pod, container), _heartbeat(pod), FOREVER_S, stops_s, finite=False)
        case "flaky":
            return Program(
                chain(_starting(container), [Wait(45.0), Say("worker lost its broker\n", error=True), Exit(1)]),
                None,
                ready_s,
                stops_s,
            )
    command = [*(container.get("command") or ()), *(container.get("args") or ())]
    if container.get("command"):
        return Program(run(command, machine), None, ready_s, stops_s)
    return Program(_server(pod, container), _heartbeat(pod), ready_s, stops_s, finite=False)


def behaviour_of(pod: Object, container: Object) -> str:
    """Return the word by which annotation, environment or image tag asks for trouble; "" for none."""
    asked = annotations_of(pod).get(f"{ANNOTATION}behaviour", "")
    for entry in container.get("env") or ():
        if entry["name"] == "PRACTICE_BEHAVIOUR":
            asked = entry.get("value", asked)
    if asked:
        return asked
    tag = container["image"].rsplit("/", 1)[-1].partition(":")[2]
    return next((word for word in re.split(r"[-._]", tag) if word in _BEHAVIOURS), "")


def _number(pod: Object, name: str, default: float) -> float:
    try:
        return float(annotations_of(pod).get(ANNOTATION + name, default))
    except ValueError:
        return default


def _probe_delay(container: Object) -> float:
    probe = container.get("startupProbe") or container.get("readinessProbe")
    return float(probe.get("initialDelaySeconds", 0)) + 0.5 if probe else 0.0


def _starting(container: Object) -> list[Step]:
    return [Say(f"starting {container['name']} {container['image']}\n"), Wait(0.2)]


def _crash(pod: Object, container: Object, code: int) -> Iterator[Step]:
    own = annotations_of(pod).get(f"{ANNOTATION}crash-log")
    lines = (
        own.splitlines()
        if own
        else [line.format(name=container["name"], image=container["image"]) for line in _CRASH_LOG]
    )
    yield Say(lines[0] + "\n")
    yield Wait(0.8)
    for line in lines[1:]:
        yield Say(line + "\n", error=True)
    yield Wait(0.2)
    yield Exit(code)


def _server(pod: Object, container: Object) -> Iterator[Step]:
    """Say the lines of the `log` annotation at the start."""
    own = annotations_of(pod).get(f"{ANNOTATION}log")
    opening = own.splitlines() if own else [f"starting {container['name']} {container['image']}", "ready"]
    for line in opening:
        yield Say(line + "\n")
        yield Wait(0.1)


def _heartbeat(pod: Object) -> Heartbeat:
    """The lines of the `heartbeat` annotation, in turn."""
    lines = (annotations_of(pod).get(f"{ANNOTATION}heartbeat") or "alive").splitlines()
    return Heartbeat(max(_number(pod, "heartbeat-seconds", HEARTBEAT_S), 0.1), tuple(lines))
