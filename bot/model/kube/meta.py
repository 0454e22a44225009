"""What all Kubernetes objects share."""

from datetime import datetime

import msgspec


class KubeStruct(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """A part of an object: unknown fields are skipped, missing ones take their default."""


class OwnerReference(KubeStruct):
    kind: str
    name: str
    uid: str
    controller: bool = False


class Metadata(KubeStruct):
    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int = 0
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    owner_references: tuple[OwnerReference, ...] = ()

    @property
    def controller(self) -> OwnerReference | None:
        """The one owner that manages this object."""
        return next((owner for owner in self.owner_references if owner.controller), None)


class LabelSelector(KubeStruct):
    match_labels: dict[str, str] = {}

    @property
    def text(self) -> str:
        """The selector as the API's query parameter: `app=x,tier=y`."""
        return ",".join(f"{key}={value}" for key, value in sorted(self.match_labels.items()))


class Condition(KubeStruct):
    type: str
    status: str
    reason: str = ""
    message: str = ""
    last_transition_time: datetime | None = None
