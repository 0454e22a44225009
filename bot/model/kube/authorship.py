"""Who wrote an object's fields, and when: all that is read of a Secret whose content is nobody's business."""

from datetime import datetime
from typing import Any

from bot.model.kube.meta import KubeStruct

CONTENT = frozenset({"f:data", "f:binaryData", "f:stringData"})
"""Of a ConfigMap or Secret; its labels and annotations change nothing that a program reads."""


class Manager(KubeStruct):
    """One entry of `managedFields`."""

    manager: str = ""
    time: datetime | None = None
    fields_v1: dict[str, Any] = {}


class AuthoredMetadata(KubeStruct):
    creation_timestamp: datetime | None = None
    managed_fields: tuple[Manager, ...] = ()


class Authorship(KubeStruct):
    """An object of any kind without its content."""

    metadata: AuthoredMetadata = AuthoredMetadata()

    @property
    def content(self) -> Manager | None:
        """Who wrote the content last; None where the server does not know."""
        writers = [one for one in self.metadata.managed_fields if one.time and CONTENT & one.fields_v1.keys()]
        return max(writers, key=lambda one: one.time.timestamp() if one.time else 0.0, default=None)
