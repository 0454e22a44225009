"""Pods and their containers."""

from datetime import datetime

from bot.model.kube.meta import Condition, KubeStruct, Metadata


class EnvVar(KubeStruct):
    name: str
    value: str = ""


class ContainerPort(KubeStruct):
    container_port: int
    name: str = ""
    protocol: str = "TCP"


class ResourceRequirements(KubeStruct):
    requests: dict[str, str] = {}
    limits: dict[str, str] = {}


class Container(KubeStruct):
    name: str
    image: str = ""
    env: tuple[EnvVar, ...] = ()
    ports: tuple[ContainerPort, ...] = ()
    resources: ResourceRequirements = ResourceRequirements()
    restart_policy: str = ""
    """ "Always" on an init container makes it a sidecar."""


class PodSpec(KubeStruct):
    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    node_name: str = ""
    service_account_name: str = ""
    restart_policy: str = "Always"


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
    container_id: str = ""


class ContainerState(KubeStruct):
    """At most one of these is set."""

    running: Running | None = None
    waiting: Waiting | None = None
    terminated: Terminated | None = None


class ContainerStatus(KubeStruct):
    name: str
    ready: bool = False
    restart_count: int = 0
    image: str = ""
    state: ContainerState = ContainerState()
    last_state: ContainerState = ContainerState()


class PodStatus(KubeStruct):
    phase: str = ""
    reason: str = ""
    message: str = ""
    pod_ip: str = ""
    start_time: datetime | None = None
    conditions: tuple[Condition, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()


class Pod(KubeStruct):
    metadata: Metadata
    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()


class PodTemplate(KubeStruct):
    metadata: Metadata = Metadata()
    spec: PodSpec = PodSpec()
