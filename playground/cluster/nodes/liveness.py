"""Liveness probes by command: a container that fails its own too often is killed. Probes of other kinds always pass."""

from dataclasses import dataclass

from playground.cluster.kobject import Object
from playground.cluster.nodes.container import Container
from playground.cluster.nodes.container_run import Happened
from playground.cluster.nodes.shell import Exit, Machine, Say, run

KILLED = 137
"""128 + SIGKILL: what does not answer does not end when it is asked to."""
UNKNOWN_PROGRAM = 127
"""Real images hold programs that the practice shell does not know: such a probe passes."""


@dataclass
class Liveness:
    """The probe of one container."""

    command: list[str]
    delay_s: float
    period_s: float
    threshold: int
    life: str = ""
    """Id of the container that it asks: each life begins anew."""
    failures: int = 0
    due_s: float = 0.0
    """After its start."""

    def look(self, container: Container, machine: Machine) -> float | None:
        """Ask when it is time; say in how many seconds it is time again, or that its state changed by 0."""
        if container.run is None or not container.is_running:
            return None
        if container.run.container_id != self.life:
            self.life, self.failures, self.due_s = container.run.container_id, 0, self.delay_s
        lived_s = container.clock.elapsed_s(container.run.started)
        if lived_s < self.due_s:
            return self.due_s - lived_s
        self.due_s = lived_s + self.period_s
        wrong = _complaint(self.command, machine)
        self.failures = 0 if wrong is None else self.failures + 1
        if wrong is not None:
            container.happened.append(Happened("Warning", "Unhealthy", f"Liveness probe failed: {wrong}"))
        if self.failures < self.threshold:
            return self.period_s
        told = f"Container {container.spec['name']} failed liveness probe, will be restarted"
        container.happened.append(Happened("Normal", "Killing", told))
        container.kill(KILLED)
        return 0.0


def liveness_of(spec: Object) -> Liveness | None:
    """The probe that a container's spec asks for; None where it has none that can fail."""
    probe = spec.get("livenessProbe") or {}
    command = (probe.get("exec") or {}).get("command")
    if not command:
        return None
    delay_s, period_s = float(probe.get("initialDelaySeconds", 0)), float(probe.get("periodSeconds", 10))
    return Liveness(command, delay_s, period_s, probe.get("failureThreshold", 3))


def _complaint(command: list[str], machine: Machine) -> str | None:
    """What the command said when it failed; None when it did not."""
    said = ""
    for step in run(command, machine):
        if isinstance(step, Say):
            said += step.text
        if isinstance(step, Exit):
            return said if step.code not in (0, UNKNOWN_PROGRAM) else None
    return None
