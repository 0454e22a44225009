"""A request to the helper → its reply: the same grammar, the same refusals, as node/cephq.py on a real node."""

import re
import shlex
from typing import Any

from playground.storage.folders import NAME, TOTAL_BYTES, Folders

DIGITS = re.compile(r"[0-9]{1,18}")
COLUMNS = ["name", "max_bytes", "max_files", "rbytes", "rfiles"]
BACKUP = ["instance", "id", "bytes", "sha256", "at"]

Reply = dict[str, Any]


def reply_to(line: str, folders: Folders) -> Reply:
    """Answer one request."""
    try:
        words = shlex.split(line) or ["df"]
    except ValueError as error:
        return {"error": "badrequest", "detail": str(error)}
    match words:
        case ["df"]:
            free = 0 if folders.is_full else TOTAL_BYTES - folders.used_bytes()
            return {"total": TOTAL_BYTES, "avail": free, "mount": "/mnt/cephfs", "fstype": "fuse.ceph-fuse"}
        case ["list"]:
            rows = [[folders.info(name)[column] for column in COLUMNS] for name in folders.names()]
            return {"cols": COLUMNS, "rows": rows}
        case ["backups"]:
            return {"cols": BACKUP, "rows": folders.manifests()}
        case ["get", name]:
            return _known(name, folders) or folders.info(name)
        case ["set", name, size, *flags] if DIGITS.fullmatch(size) and flags in ([], ["noshrink"]):
            return _known(name, folders) or _set(name, int(size), folders, is_shrinking=not flags)
        case _:
            return {"error": "badrequest"}


def _known(name: str, folders: Folders) -> Reply | None:
    """The refusal of a name that is none, or that nobody has."""
    if not NAME.fullmatch(name):
        return {"error": "badname"}
    return None if name in folders.names() else {"error": "ENOENT", "detail": "No such file or directory"}


def _set(name: str, size_bytes: int, folders: Folders, *, is_shrinking: bool) -> Reply:
    before = folders.info(name)
    if not is_shrinking and 0 < size_bytes < int(before["rbytes"]):
        return {"error": "below-usage", "before": before}
    folders.quotas[name] = size_bytes
    return {"before": before, "after": folders.info(name)}
