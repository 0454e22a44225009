"""Persistent volumes and the claims on them."""

from bot.model.kube.meta import Condition, KubeObject, KubeStruct, ObjectReference
from bot.model.kube.pods import ResourceRequirements
from bot.model.kube.volumes import HostPath


class PersistentVolumeClaimSpec(KubeStruct):
    access_modes: tuple[str, ...] = ()
    resources: ResourceRequirements = ResourceRequirements()
    storage_class_name: str = ""
    volume_name: str = ""
    volume_mode: str = ""


class PersistentVolumeClaimStatus(KubeStruct):
    phase: str = ""
    """Pending, Bound or Lost."""
    capacity: dict[str, str] = {}
    access_modes: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()


class PersistentVolumeClaim(KubeObject):
    spec: PersistentVolumeClaimSpec = PersistentVolumeClaimSpec()
    status: PersistentVolumeClaimStatus = PersistentVolumeClaimStatus()


class PersistentVolumeSpec(KubeStruct):
    capacity: dict[str, str] = {}
    access_modes: tuple[str, ...] = ()
    persistent_volume_reclaim_policy: str = ""
    storage_class_name: str = ""
    volume_mode: str = ""
    claim_ref: ObjectReference | None = None
    host_path: HostPath | None = None


class PersistentVolumeStatus(KubeStruct):
    phase: str = ""
    """Available, Bound, Released or Failed."""
    reason: str = ""
    message: str = ""


class PersistentVolume(KubeObject):
    spec: PersistentVolumeSpec = PersistentVolumeSpec()
    status: PersistentVolumeStatus = PersistentVolumeStatus()
