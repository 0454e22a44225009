"""What `describe` tells of containers, of a pod or of a template: state, resources, probes, mounts. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.commands.look.columns.column import NONE, since
from bot.model.kube.pods import Container, ContainerStatus, Probe, Volume
from bot.model.pod_trouble import exit_text
from bot.model.redaction import redact
from bot.model.reply import Part, Table


def container_row(container: Container, status: ContainerStatus | None, now: datetime) -> tuple[str, ...]:
    """Name, state, how it last ended, restarts, image."""
    if status is None:
        return (container.name, "not started", "", "0", container.image)
    last = status.last_state.terminated
    told = exit_text(last).replace("`", "") if last else ""
    return (container.name, state_text(status, now), told, str(status.restart_count), container.image)


def state_text(status: ContainerStatus, now: datetime) -> str:
    """`Running for 5d`, `Waiting: CrashLoopBackOff`, `Terminated: Error, exit 1`."""
    state = status.state
    if state.running is not None:
        return f"Running for {since(state.running.started_at, now)}"
    if state.waiting is not None:
        return f"Waiting: {state.waiting.reason}"
    return f"Terminated: {exit_text(state.terminated).replace('`', '')}" if state.terminated else "Waiting"


def resources(containers: Sequence[Container]) -> list[Part]:
    """What each asks for, and may have."""
    rows = tuple(
        (one.name, _amounts(one.resources.requests), _amounts(one.resources.limits))
        for one in containers
        if one.resources.requests or one.resources.limits
    )
    return [Table(("CONTAINER", "REQUESTS", "LIMITS"), rows)] if rows else []


def _amounts(amounts: Mapping[str, str]) -> str:
    return ", ".join(f"{resource} {amount}" for resource, amount in sorted(amounts.items())) or NONE


def probes(containers: Sequence[Container]) -> list[Part]:
    """How each is looked at."""
    rows = tuple(
        (one.name, kind, probe_text(probe))
        for one in containers
        for kind, probe in (
            ("startup", one.startup_probe),
            ("liveness", one.liveness_probe),
            ("readiness", one.readiness_probe),
        )
        if probe is not None
    )
    return [Table(("CONTAINER", "PROBE", "HOW"), rows)] if rows else []


def probe_text(probe: Probe) -> str:
    """kubectl's: `http-get http://:8080/health delay=60s timeout=1s period=10s #success=1 #failure=3`."""
    how = "unknown"
    if probe.http_get is not None:
        get = probe.http_get
        how = f"http-get {get.scheme.lower()}://:{get.port}{get.path}"
    elif probe.tcp_socket is not None:
        how = f"tcp-socket :{probe.tcp_socket.port}"
    elif probe.exec is not None:
        how = f"exec [{' '.join(probe.exec.command)}]"
    return (
        f"{redact(how)} delay={probe.initial_delay_seconds}s timeout={probe.timeout_seconds}s "
        f"period={probe.period_seconds}s #success={probe.success_threshold} #failure={probe.failure_threshold}"
    )


def mounts(containers: Sequence[Container], volumes: Sequence[Volume]) -> list[Part]:
    """What each finds where."""
    sources = {volume.name: volume_text(volume) for volume in volumes}
    rows = tuple(
        (one.name, mount.mount_path, sources.get(mount.name, mount.name), "ro" if mount.read_only else "rw")
        for one in containers
        for mount in one.volume_mounts
    )
    return [Table(("CONTAINER", "MOUNT", "FROM", "MODE"), rows)] if rows else []


def volume_text(volume: Volume) -> str:
    """`configmap/saasodoo-config`, `pvc/data-postgres-0`, `/mnt/cephfs/…`."""
    if volume.config_map is not None:
        return f"configmap/{volume.config_map.name}"
    if volume.secret is not None:
        return f"secret/{volume.secret.secret_name}"
    if volume.persistent_volume_claim is not None:
        return f"pvc/{volume.persistent_volume_claim.claim_name}"
    if volume.host_path is not None:
        return volume.host_path.path
    return "emptyDir" if volume.empty_dir is not None else volume.name
