"""Instances' folders under one root, with quotas kept beside them: what the helper would read from CephFS."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")

TOTAL_BYTES = 2 * 1024**4
"""What the practice file system claims to hold."""


@dataclass
class Folders:
    """Real folders with real files; `pretended_bytes` adds usage that nobody wants to write to disk."""

    root: Path
    prefix: str = "odoo_data_"
    quotas: dict[str, int] = field(default_factory=dict)
    pretended_bytes: dict[str, int] = field(default_factory=dict)
    is_full: bool = False
    """Whether writing a backup fails, as on a file system without space."""

    @property
    def backups(self) -> Path:
        """Where backups lie: beside the instances, as on the platform."""
        return self.root.with_name("odoo_backups")

    def folder_of(self, name: str) -> Path:
        """The instance's folder."""
        return self.root / f"{self.prefix}{name}"

    def forget_quota(self, folder: Path) -> None:
        """A folder that took another's place has a quota of its own: none."""
        self.quotas.pop(folder.name.removeprefix(self.prefix), None)

    def add(self, name: str, *, quota_bytes: int, used_bytes: int) -> None:
        """Make an instance's folder."""
        self.folder_of(name).mkdir(parents=True, exist_ok=True)
        self.quotas[name] = quota_bytes
        self.pretended_bytes[name] = used_bytes

    def names(self) -> list[str]:
        """Every instance that has a folder; links and files are none."""
        found = (path for path in self.root.glob(f"{self.prefix}*") if path.is_dir() and not path.is_symlink())
        names = (path.name.removeprefix(self.prefix) for path in found)
        return sorted(name for name in names if NAME.fullmatch(name))

    def manifests(self) -> list[tuple[str, str, int, str, str]]:
        """Of each finished backup: instance, id, bytes, sha256, at."""
        found = [(path.parent.name, path.stem, json.loads(path.read_text())) for path in self.backups.glob("*/*.json")]
        return [(name, identity, told["bytes"], told["sha256"], told["at"]) for name, identity, told in found]

    def info(self, name: str) -> dict[str, int | str]:
        """What the helper tells of one. Raises FileNotFoundError."""
        if name not in self.names():
            raise FileNotFoundError(name)
        files = [path for path in self.folder_of(name).rglob("*") if path.is_file()]
        used = sum(path.stat().st_size for path in files) + self.pretended_bytes.get(name, 0)
        return {
            "name": name,
            "max_bytes": self.quotas.get(name, 0),
            "max_files": 0,
            "rbytes": used,
            "rfiles": len(files),
        }

    def used_bytes(self) -> int:
        """Of all instances together."""
        return sum(int(self.info(name)["rbytes"]) for name in self.names())

    def as_json(self) -> str:
        """For a look from outside."""
        return json.dumps([self.info(name) for name in self.names()])
