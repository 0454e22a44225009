"""ConfigMaps and Secrets."""

import binascii

from bot.model.kube.meta import KubeObject


class ConfigMap(KubeObject):
    data: dict[str, str] = {}
    binary_data: dict[str, str] = {}
    """Key → value in base64."""
    immutable: bool = False

    @property
    def binary_sizes(self) -> dict[str, int]:
        """Key → length of its binary value in bytes."""
        return {key: len(binascii.a2b_base64(value)) for key, value in self.binary_data.items()}


class Secret(KubeObject):
    """A Secret whose repr names its keys only, so that no log line can carry a value."""

    type: str = ""
    data: dict[str, str] = {}
    """Key → value in base64."""
    immutable: bool = False

    def __repr__(self) -> str:
        return f"Secret({self.metadata.namespace}/{self.metadata.name}, keys={sorted(self.data)})"

    @property
    def sizes(self) -> dict[str, int]:
        """Key → length of its value in bytes."""
        return {key: len(binascii.a2b_base64(value)) for key, value in self.data.items()}
