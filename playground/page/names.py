"""What ids are called, for one reader: people, channels and groups by id, and the reader's own clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a reader sees, and who and where the reader is."""

    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    me: str = ""
    my_groups: frozenset[str] = frozenset()
    zone: tzinfo = UTC
    now: datetime = _EPOCH

    def at(self, epoch: float) -> datetime:
        """Give the moment *epoch* on the reader's clock."""
        return datetime.fromtimestamp(epoch, self.zone)
