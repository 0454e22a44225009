"""Deployments, ReplicaSets, StatefulSets, DaemonSets and the revisions of the latter two."""

from typing import Any

from bot.model.kube.meta import Condition, KubeObject, KubeStruct, LabelSelector
from bot.model.kube.pods import PodTemplate
from bot.model.kube.storage import PersistentVolumeClaim


class RollingUpdate(KubeStruct):
    max_surge: int | str | None = None
    max_unavailable: int | str | None = None
    partition: int | None = None


class UpdateStrategy(KubeStruct):
    type: str = ""
    rolling_update: RollingUpdate | None = None


class DeploymentSpec(KubeStruct):
    replicas: int = 1
    selector: LabelSelector = LabelSelector()
    template: PodTemplate = PodTemplate()
    strategy: UpdateStrategy = UpdateStrategy()
    paused: bool = False
    progress_deadline_seconds: int = 600
    revision_history_limit: int = 10
    min_ready_seconds: int = 0


class DeploymentStatus(KubeStruct):
    observed_generation: int = 0
    replicas: int = 0
    updated_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    unavailable_replicas: int = 0
    conditions: tuple[Condition, ...] = ()


class Deployment(KubeObject):
    spec: DeploymentSpec = DeploymentSpec()
    status: DeploymentStatus = DeploymentStatus()


class ReplicaSetSpec(KubeStruct):
    replicas: int = 0
    selector: LabelSelector = LabelSelector()
    template: PodTemplate = PodTemplate()


class ReplicaSetStatus(KubeStruct):
    replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    observed_generation: int = 0


class ReplicaSet(KubeObject):
    spec: ReplicaSetSpec = ReplicaSetSpec()
    status: ReplicaSetStatus = ReplicaSetStatus()


class StatefulSetSpec(KubeStruct):
    replicas: int = 1
    selector: LabelSelector = LabelSelector()
    template: PodTemplate = PodTemplate()
    update_strategy: UpdateStrategy = UpdateStrategy()
    service_name: str = ""
    volume_claim_templates: tuple[PersistentVolumeClaim, ...] = ()


class StatefulSetStatus(KubeStruct):
    observed_generation: int = 0
    replicas: int = 0
    ready_replicas: int = 0
    current_replicas: int = 0
    updated_replicas: int = 0
    available_replicas: int = 0
    current_revision: str = ""
    update_revision: str = ""


class StatefulSet(KubeObject):
    spec: StatefulSetSpec = StatefulSetSpec()
    status: StatefulSetStatus = StatefulSetStatus()


class DaemonSetSpec(KubeStruct):
    selector: LabelSelector = LabelSelector()
    template: PodTemplate = PodTemplate()
    update_strategy: UpdateStrategy = UpdateStrategy()


class DaemonSetStatus(KubeStruct):
    observed_generation: int = 0
    desired_number_scheduled: int = 0
    current_number_scheduled: int = 0
    updated_number_scheduled: int = 0
    number_ready: int = 0
    number_available: int = 0
    number_unavailable: int = 0
    number_misscheduled: int = 0


class DaemonSet(KubeObject):
    spec: DaemonSetSpec = DaemonSetSpec()
    status: DaemonSetStatus = DaemonSetStatus()


class ControllerRevision(KubeObject):
    """One revision of a StatefulSet or DaemonSet."""

    revision: int = 0
    data: dict[str, Any] = {}
    """The patch that brings the template back."""
