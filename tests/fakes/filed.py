"""The versioned cluster in a file, so that it outlives a process that is killed."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import msgspec

from tests.fakes.versioned import Deployment, VersionedCluster


@dataclass
class FiledCluster(VersionedCluster):
    """Every accepted write is in the file before it is answered."""

    file: Path = field(default_factory=Path)

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read the cluster as the last process left it."""
        stored = msgspec.json.decode(file.read_bytes())
        deployments = msgspec.convert(stored["deployments"], dict[str, Deployment])
        effects = Counter({(mark, name): count for mark, name, count in stored["effects"]})
        return cls(deployments=deployments, effects=effects, file=file)

    def save(self) -> None:
        """Write it down."""
        effects = [(mark, name, count) for (mark, name), count in self.effects.items()]
        self.file.write_bytes(msgspec.json.encode({"deployments": self.deployments, "effects": effects}))

    def accept(self, name: str, replicas: int, mark: str) -> None:
        """As the versioned cluster's; in the file before it is answered."""
        super().accept(name, replicas, mark)
        self.save()
