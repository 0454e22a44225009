"""kubectl get pvc, pv."""

from collections.abc import Sequence
from datetime import datetime

from bot.commands.look.columns.column import Column, View, age_of, name
from bot.model.kube.storage import PersistentVolume, PersistentVolumeClaim
from bot.model.resources import PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM

MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
NO_CLASS = "<unset>"
"""VOLUMEATTRIBUTESCLASS, which the platform does not use."""


def access_modes(modes: Sequence[str]) -> str:
    """`RWO,RWX`, in kubectl's order."""
    return ",".join(short for mode, short in MODES.items() if mode in modes)


def claim_status(claim: PersistentVolumeClaim) -> str:
    """`Bound`, `Pending`, `Lost`, `Terminating`."""
    return "Terminating" if claim.metadata.deletion_timestamp else claim.status.phase


def volume_status(volume: PersistentVolume) -> str:
    """`Bound`, `Available`, `Released`, `Failed`, `Terminating`."""
    return "Terminating" if volume.metadata.deletion_timestamp else volume.status.phase


def _capacity(claim: PersistentVolumeClaim, now: datetime) -> str:
    return claim.status.capacity.get("storage", "0") if claim.spec.volume_name else ""


def _modes(claim: PersistentVolumeClaim, now: datetime) -> str:
    return access_modes(claim.status.access_modes) if claim.spec.volume_name else ""


def _claim(volume: PersistentVolume, now: datetime) -> str:
    claim = volume.spec.claim_ref
    return f"{claim.namespace}/{claim.name}" if claim else ""


CLAIMS = View[PersistentVolumeClaim](
    PERSISTENT_VOLUME_CLAIM,
    PersistentVolumeClaim,
    (
        Column("NAME", name),
        Column("STATUS", lambda it, now: claim_status(it)),
        Column("VOLUME", lambda it, now: it.spec.volume_name),
        Column("CAPACITY", _capacity),
        Column("ACCESS MODES", _modes),
        Column("STORAGECLASS", lambda it, now: it.spec.storage_class_name),
        Column("VOLUMEATTRIBUTESCLASS", lambda it, now: NO_CLASS),
        Column("AGE", age_of),
        Column("VOLUMEMODE", lambda it, now: it.spec.volume_mode or NO_CLASS, wide=True),
    ),
    is_unhealthy=lambda it: it.status.phase != "Bound",
    state=claim_status,
)

VOLUMES = View[PersistentVolume](
    PERSISTENT_VOLUME,
    PersistentVolume,
    (
        Column("NAME", name),
        Column("CAPACITY", lambda it, now: it.spec.capacity.get("storage", "0")),
        Column("ACCESS MODES", lambda it, now: access_modes(it.spec.access_modes)),
        Column("RECLAIM POLICY", lambda it, now: it.spec.persistent_volume_reclaim_policy),
        Column("STATUS", lambda it, now: volume_status(it)),
        Column("CLAIM", _claim),
        Column("STORAGECLASS", lambda it, now: it.spec.storage_class_name),
        Column("VOLUMEATTRIBUTESCLASS", lambda it, now: NO_CLASS),
        Column("REASON", lambda it, now: it.status.reason),
        Column("AGE", age_of),
        Column("VOLUMEMODE", lambda it, now: it.spec.volume_mode or NO_CLASS, wide=True),
    ),
    is_unhealthy=lambda it: it.status.phase in ("Released", "Failed"),
    state=volume_status,
)

VIEWS = (CLAIMS, VOLUMES)
