"""Liveness and readiness probes: who fails the one too often is killed, who fails the other gets no traffic.

By command, in the practice shell; by HTTP and TCP of what runs a script, which listens nowhere. The servers that the
practice platform acts out pass, as does a command that only real images have; gRPC and startup probes pass too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from playground.cluster.kobject import Object
from playground.cluster.nodes.container import Container
from playground.cluster.nodes.container_run import Happened
from playground.cluster.nodes.shell import Exit, Machine, Say, run

KILLED = 137
"""128 + SIGKILL: what does not answer does not end when it is asked to."""
UNKNOWN_PROGRAM = 127
"""Real images hold programs that the practice shell does not know: such a probe passes."""

Complaint = Callable[[Machine, str], str | None]
"""What is wrong, asked in that machine at that address; None when nothing is."""


class Asks(Enum):
    """What a probe is for, as events name it."""

    LIVENESS = "Liveness"
    READINESS = "Readiness"


@dataclass
class Probe:
    """One probe of one container."""

    asks: Asks
    complaint: Complaint
    delay_s: float
    period_s: float
    failures_at_most: int
    passes_wanted: int
    life: str = ""
    """Id of the container that it asks: each life begins anew."""
    failures: int = 0
    passes: int = 0
    due_s: float = 0.0
    """After its start."""

    def look(self, container: Container, machine: Machine, address: str) -> float | None:
        """Ask when it is time; say in how many seconds it is time again, or that its state changed by 0."""
        if container.run is None or not container.is_running:
            return None
        if container.run.container_id != self.life:
            self._begin(container, container.run.container_id)
        lived_s = container.clock.elapsed_s(container.run.started)
        if lived_s < self.due_s:
            return self.due_s - lived_s
        self.due_s = lived_s + self.period_s
        wrong = self.complaint(machine, address)
        self.failures, self.passes = (0, self.passes + 1) if wrong is None else (self.failures + 1, 0)
        if wrong is not None:
            container.happened.append(Happened("Warning", "Unhealthy", f"{self.asks.value} probe failed: {wrong}"))
        return self._judge(container)

    def _begin(self, container: Container, life: str) -> None:
        self.life, self.failures, self.passes, self.due_s = life, 0, 0, self.delay_s
        if self.asks is Asks.READINESS:
            container.answers = False

    def _judge(self, container: Container) -> float:
        """What follows from so many failures or passes in a row."""
        if self.asks is Asks.READINESS:
            if self.passes >= self.passes_wanted or self.failures >= self.failures_at_most:
                container.answers = self.failures == 0
            return self.period_s
        if self.failures < self.failures_at_most:
            return self.period_s
        told = f"Container {container.spec['name']} failed liveness probe, will be restarted"
        container.happened.append(Happened("Normal", "Killing", told))
        container.kill(KILLED)
        return 0.0


def probes_of(spec: Object) -> list[Probe]:
    """Those of a container's probes that can fail here."""
    found = ((Asks.LIVENESS, spec.get("livenessProbe")), (Asks.READINESS, spec.get("readinessProbe")))
    return [
        Probe(
            asks,
            complaint,
            float(probe.get("initialDelaySeconds", 0)),
            float(probe.get("periodSeconds", 10)),
            probe.get("failureThreshold", 3),
            probe.get("successThreshold", 1),
        )
        for asks, probe in found
        if probe and (complaint := _complaint(probe, spec))
    ]


def _complaint(probe: Object, spec: Object) -> Complaint | None:
    if command := (probe.get("exec") or {}).get("command"):
        return lambda machine, address: _said(command, machine)
    if not spec.get("command"):
        return None  # a server, which answers
    if http := probe.get("httpGet"):
        return _refused_http(http, _port(http, spec))
    if tcp := probe.get("tcpSocket"):
        return _refused(tcp.get("host"), _port(tcp, spec))
    return None


def _said(command: list[str], machine: Machine) -> str | None:
    """What the command said when it failed; None when it did not."""
    said = ""
    for step in run(command, machine):
        if isinstance(step, Say):
            said += step.text
        if isinstance(step, Exit):
            return said if step.code not in (0, UNKNOWN_PROGRAM) else None
    return None


def _refused(host: str | None, port: int) -> Complaint:
    return lambda machine, address: f"dial tcp {host or address}:{port}: connect: connection refused"


def _refused_http(http: Object, port: int) -> Complaint:
    dialled, scheme = _refused(http.get("host"), port), str(http.get("scheme", "HTTP")).lower()

    def complaint(machine: Machine, address: str) -> str:
        asked = f"{scheme}://{http.get('host') or address}:{port}{http.get('path', '/')}"
        return f'Get "{asked}": {dialled(machine, address)}'

    return complaint


def _port(at: Object, spec: Object) -> int:
    """A port by number, or by its name in the container."""
    named = {port.get("name"): int(port["containerPort"]) for port in spec.get("ports") or ()}
    return named.get(at["port"], 0) if isinstance(at["port"], str) else int(at["port"])
