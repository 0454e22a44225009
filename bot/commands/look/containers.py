"""What `describe` tells of containers, of a pod or of a template: state, resources, probes, mounts. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.commands.look.columns.column import NONE, since
from bot.model.kube.pods import Container, ContainerStatus, Probe, VolumeMount
from bot.model.kube.volumes import EmptyDir, NamedSource, Projection, Volume
from bot.model.pod_trouble import exit_text
from bot.model.redaction import redact, redact_words
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
    return (
        f"{redact(_asked(probe))} delay={probe.initial_delay_seconds}s timeout={probe.timeout_seconds}s "
        f"period={probe.period_seconds}s #success={probe.success_threshold} #failure={probe.failure_threshold}"
    )


def _asked(probe: Probe) -> str:
    if (get := probe.http_get) is not None:
        return f"http-get {get.scheme.lower()}://{get.host}:{get.port}{get.path}"
    if (tcp := probe.tcp_socket) is not None:
        return f"tcp-socket {tcp.host}:{tcp.port}"
    if (grpc := probe.grpc) is not None:
        return f"grpc <pod>:{grpc.port} {grpc.service}"
    return f"exec [{' '.join(redact_words(probe.exec.command))}]" if probe.exec is not None else "unknown"


def mounts(containers: Sequence[Container], volumes: Sequence[Volume]) -> list[Part]:
    """What each finds where."""
    sources = {volume.name: volume_text(volume) for volume in volumes}
    rows = tuple(
        (one.name, mount.mount_path, _part_of(sources.get(mount.name, mount.name), mount), _mode(mount))
        for one in containers
        for mount in one.volume_mounts
    )
    return [Table(("CONTAINER", "MOUNT", "FROM", "MODE"), rows)] if rows else []


def _part_of(source: str, mount: VolumeMount) -> str:
    return f"{source}, path {mount.sub_path}" if mount.sub_path else source


def _mode(mount: VolumeMount) -> str:
    return "ro" if mount.read_only else "rw"


def volume_text(volume: Volume) -> str:
    """`configmap/saasodoo-config`, `pvc/data-postgres-0`, `/mnt/cephfs/…`."""
    if volume.config_map is not None:
        return _named("configmap", volume.config_map)
    if volume.secret is not None:
        return _named("secret", volume.secret)
    if volume.persistent_volume_claim is not None:
        return f"pvc/{volume.persistent_volume_claim.claim_name}"
    if volume.host_path is not None:
        return volume.host_path.path
    if volume.projected is not None:
        return " + ".join(map(_projected, volume.projected.sources)) or volume.name
    return _elsewhere(volume)


def _elsewhere(volume: Volume) -> str:
    """What is no object of the cluster."""
    if volume.empty_dir is not None:
        return _empty_dir(volume.empty_dir)
    if volume.downward_api is not None:
        return "downward API"
    if volume.nfs is not None:
        return f"nfs {volume.nfs.server}:{volume.nfs.path}"
    return f"csi {volume.csi.driver}" if volume.csi is not None else volume.name


def _named(kind: str, source: NamedSource) -> str:
    """A projection of a secret calls it `name`, a volume `secretName`."""
    return f"{kind}/{source.secret_name or source.name}{' (optional)' if source.optional else ''}"


def _projected(source: Projection) -> str:
    if source.config_map is not None:
        return _named("configmap", source.config_map)
    if source.secret is not None:
        return _named("secret", source.secret)
    return "token" if source.service_account_token is not None else "downward API"


def _empty_dir(source: EmptyDir) -> str:
    """`emptyDir`, `emptyDir (Memory, at most 64Mi)`."""
    limits = (source.medium, f"at most {source.size_limit}" if source.size_limit else "")
    told = ", ".join(filter(None, limits))
    return f"emptyDir ({told})" if told else "emptyDir"
