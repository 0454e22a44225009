"""Which backups may go: by age and by number, never an instance's newest, never one that is being restored. Pure."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from bot.model.backup import Backup

ALWAYS_KEPT = 1
"""Of each instance, whatever is asked for: the newest is what a restore would need."""


def superfluous(
    backups: Sequence[Backup], now: datetime, *, keep: int, older_than: timedelta | None, in_use: Collection[str]
) -> list[Backup]:
    """What may be deleted, the oldest first: beyond the newest *keep* of its instance and, where given, that old."""
    found = []
    for own in _by_instance(backups):
        for place, backup in enumerate(own):
            is_old = older_than is None or now - backup.at > older_than
            if place >= max(keep, ALWAYS_KEPT) and is_old and backup.id not in in_use:
                found.append(backup)
    return sorted(found, key=lambda backup: (backup.at, backup.id))


def _by_instance(backups: Sequence[Backup]) -> list[list[Backup]]:
    """The backups of each instance, its newest first."""
    of: dict[str, list[Backup]] = defaultdict(list)
    for backup in sorted(backups, key=lambda backup: (backup.at, backup.id), reverse=True):
        of[backup.instance].append(backup)
    return list(of.values())
