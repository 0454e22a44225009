"""The Lease with which replicas agree on one leader."""

from bot.model.kube.meta import KubeObject, KubeStruct


class LeaseSpec(KubeStruct):
    holder_identity: str | None = None
    """Empty or absent: released."""
    lease_duration_seconds: int | None = None
    lease_transitions: int = 0
    """How often the holder changed: grows with each new leader, so it fences the ones before."""


class Lease(KubeObject):
    spec: LeaseSpec = LeaseSpec()
