"""What all Kubernetes objects share."""

from datetime import datetime
from typing import dataclass_transform

import msgspec

from bot.model.redaction import redact


@dataclass_transform(frozen_default=True, kw_only_default=True)
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
    deletion_grace_period_seconds: int | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    owner_references: tuple[OwnerReference, ...] = ()
    finalizers: tuple[str, ...] = ()

    @property
    def controller(self) -> OwnerReference | None:
        """The one owner that manages this object."""
        return next((owner for owner in self.owner_references if owner.controller), None)


class KubeObject(KubeStruct):
    """An object that the API can be asked for."""

    metadata: Metadata


class ObjectReference(KubeStruct):
    """Another object, as `involvedObject`, `targetRef` and CronJob's `active` name it."""

    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    field_path: str = ""


class LabelRequirement(KubeStruct):
    key: str
    operator: str
    """In, NotIn, Exists or DoesNotExist."""
    values: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The requirement as the API's query parameter: `tier in (api,web)`, `!canary`."""
        match self.operator:
            case "Exists":
                return self.key
            case "DoesNotExist":
                return f"!{self.key}"
            case _:
                return f"{self.key} {self.operator.lower()} ({','.join(sorted(self.values))})"


class LabelSelector(KubeStruct):
    match_labels: dict[str, str] = {}
    match_expressions: tuple[LabelRequirement, ...] = ()

    @property
    def text(self) -> str:
        """The selector as the API's query parameter and kubectl's column: `app=x,tier in (api,web)`, by key."""
        wanted = [(key, f"{key}={value}") for key, value in self.match_labels.items()]
        wanted += [(requirement.key, requirement.text) for requirement in self.match_expressions]
        return ",".join(text for _, text in sorted(wanted))


class Condition(KubeStruct):
    type: str
    status: str
    reason: str = ""
    message: str = ""
    last_transition_time: datetime | None = None

    @property
    def said(self) -> str:
        """Its message as it may be shown."""
        return redact(self.message)
