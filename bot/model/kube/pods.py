"""Pods and their containers."""

from datetime import datetime

import msgspec

from bot.model.kube.meta import Condition, KubeObject, KubeStruct, Metadata
from bot.model.kube.volumes import Volume


class KeySelector(KubeStruct):
    """A key of a ConfigMap or Secret."""

    name: str = ""
    key: str = ""
    optional: bool = False


class FieldSelector(KubeStruct):
    field_path: str = ""
    resource: str = ""


class EnvVarSource(KubeStruct):
    """At most one of these is set."""

    config_map_key_ref: KeySelector | None = None
    secret_key_ref: KeySelector | None = None
    field_ref: FieldSelector | None = None
    resource_field_ref: FieldSelector | None = None


class EnvVar(KubeStruct):
    name: str
    value: str = ""
    value_from: EnvVarSource | None = None


class EnvFrom(KubeStruct):
    """All keys of a ConfigMap or Secret as environment."""

    prefix: str = ""
    config_map_ref: KeySelector | None = None
    secret_ref: KeySelector | None = None


class VolumeMount(KubeStruct):
    name: str
    mount_path: str = ""
    sub_path: str = ""
    read_only: bool = False


class HttpGet(KubeStruct):
    path: str = ""
    port: int | str = 0
    scheme: str = "HTTP"
    host: str = ""


class TcpSocket(KubeStruct):
    port: int | str = 0
    host: str = ""


class Grpc(KubeStruct):
    port: int = 0
    service: str = ""


class Exec(KubeStruct):
    command: tuple[str, ...] = ()


class Probe(KubeStruct):
    http_get: HttpGet | None = None
    tcp_socket: TcpSocket | None = None
    exec: Exec | None = None
    grpc: Grpc | None = None
    initial_delay_seconds: int = 0
    timeout_seconds: int = 1
    period_seconds: int = 10
    success_threshold: int = 1
    failure_threshold: int = 3


class ContainerPort(KubeStruct):
    container_port: int
    host_port: int = 0
    name: str = ""
    protocol: str = "TCP"


class ResourceRequirements(KubeStruct):
    requests: dict[str, str] = {}
    limits: dict[str, str] = {}


class SeccompProfile(KubeStruct):
    type: str = ""
    localhost_profile: str = ""


class Capabilities(KubeStruct):
    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


class SecurityContext(KubeStruct):
    """Of a pod or, before that, of a container."""

    run_as_user: int | None = None
    run_as_group: int | None = None
    privileged: bool = False
    capabilities: Capabilities = Capabilities()
    seccomp_profile: SeccompProfile | None = None


class ContainerOutline(KubeStruct):
    name: str
    image: str = ""
    restart_policy: str = ""
    """ "Always" on an init container makes it a sidecar."""


class Container(ContainerOutline):
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: tuple[EnvVar, ...] = ()
    env_from: tuple[EnvFrom, ...] = ()
    ports: tuple[ContainerPort, ...] = ()
    resources: ResourceRequirements = ResourceRequirements()
    volume_mounts: tuple[VolumeMount, ...] = ()
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None
    security_context: SecurityContext = SecurityContext()


class LocalReference(KubeStruct):
    name: str = ""


class Toleration(KubeStruct):
    key: str = ""
    operator: str = ""
    value: str = ""
    effect: str = ""
    toleration_seconds: int | None = None


class ReadinessGate(KubeStruct):
    condition_type: str


class PodOutline(KubeStruct):
    containers: tuple[ContainerOutline, ...] = ()
    init_containers: tuple[ContainerOutline, ...] = ()
    node_name: str = ""
    restart_policy: str = "Always"


class PodSpec(PodOutline):
    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    volumes: tuple[Volume, ...] = ()
    node_selector: dict[str, str] = {}
    tolerations: tuple[Toleration, ...] = ()
    readiness_gates: tuple[ReadinessGate, ...] = ()
    image_pull_secrets: tuple[LocalReference, ...] = ()
    service_account_name: str = ""
    security_context: SecurityContext = SecurityContext()
    host_network: bool = False
    host_pid: bool = msgspec.field(default=False, name="hostPID")
    host_ipc: bool = msgspec.field(default=False, name="hostIPC")
    runtime_class_name: str = ""
    priority: int = 0
    priority_class_name: str = ""
    termination_grace_period_seconds: int = 30


class Running(KubeStruct):
    started_at: datetime | None = None


class Waiting(KubeStruct):
    reason: str = ""
    message: str = ""


class Terminated(KubeStruct):
    exit_code: int = 0
    signal: int = 0
    reason: str = ""
    message: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    container_id: str = msgspec.field(default="", name="containerID")


class ContainerState(KubeStruct):
    """At most one of these is set."""

    running: Running | None = None
    waiting: Waiting | None = None
    terminated: Terminated | None = None


class ContainerStatus(KubeStruct):
    name: str
    ready: bool = False
    restart_count: int = 0
    started: bool = False
    image: str = ""
    image_id: str = msgspec.field(default="", name="imageID")
    container_id: str = msgspec.field(default="", name="containerID")
    state: ContainerState = ContainerState()
    last_state: ContainerState = ContainerState()


class PodStatus(KubeStruct):
    phase: str = ""
    reason: str = ""
    message: str = ""
    pod_ip: str = msgspec.field(default="", name="podIP")
    host_ip: str = msgspec.field(default="", name="hostIP")
    qos_class: str = ""
    nominated_node_name: str = ""
    start_time: datetime | None = None
    conditions: tuple[Condition, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()


DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
"""Annotation that names the container that `logs` and `exec` mean."""


class WatchedPod(KubeObject):
    """What the watchers need of each pod, of which there may be thousands a second; every Pod is one."""

    spec: PodOutline = PodOutline()
    status: PodStatus = PodStatus()


class Pod(WatchedPod):
    spec: PodSpec = PodSpec()

    @property
    def default_container(self) -> str:
        """The container that `logs` and `exec` mean when none is named."""
        names = [container.name for container in self.spec.containers]
        named = self.metadata.annotations.get(DEFAULT_CONTAINER, "")
        return named if named in names else next(iter(names), "")


class PodTemplate(KubeStruct):
    metadata: Metadata = Metadata()
    spec: PodSpec = PodSpec()
