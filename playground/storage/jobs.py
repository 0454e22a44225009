"""What the bot's Jobs do to the practice storage: the same folders, files and refusals as their scripts on a node.

Each is a program for a practice container: it says what the script says, takes a moment, and really packs or unpacks.
"""

import errno
import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from playground.cluster.nodes.shell import Exit, Say, Step, Wait
from playground.storage.folders import Folders

Acting = Callable[[Mapping[str, str]], Iterator[Step]]

MOMENT_S = 2.0
"""What packing a small folder takes here, so that people see it happen."""


def jobs_of(folders: Folders) -> dict[str, Acting]:
    """Label `app` of a pod → what it does."""
    return {"backup": partial(_pack, folders), "restore": partial(_unpack, folders), "prune": partial(_delete, folders)}


def _pack(folders: Folders, environment: Mapping[str, str]) -> Iterator[Step]:
    instance, identity = environment["INSTANCE"], environment["ID"]
    folder = folders.backups / instance
    manifest = folder / f"{identity}.json"
    if manifest.exists():
        yield from (_phase("packed"), Exit(0))
        return
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"{identity}.tar.gz"
    part = archive.with_suffix(".gz.part")
    yield from (_phase("packing"), Wait(MOMENT_S))
    try:
        _archive(folders, instance, part)
    except OSError as error:
        part.unlink(missing_ok=True)
        yield from (Say(f"gzip: write error: {error.strerror}\n", error=True), Exit(1))
        return
    yield from (_phase("verifying"), Wait(MOMENT_S))
    told = {
        "instance": instance,
        "id": identity,
        "bytes": part.stat().st_size,
        "sha256": _checksum(part),
        "at": environment["AT"],
        "operation": environment["OPERATION"],
    }
    part.rename(archive)
    manifest.write_text(json.dumps(told) + "\n")
    yield from (_phase("packed"), Say(json.dumps(told) + "\n"), Exit(0))


def _archive(folders: Folders, instance: str, part: Path) -> None:
    if folders.is_full:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with tarfile.open(part, "w:gz") as tar:
        tar.add(folders.folder_of(instance), arcname=".")


def _unpack(folders: Folders, environment: Mapping[str, str]) -> Iterator[Step]:
    live = folders.root / environment["FOLDER"]
    side = live.with_name(f"{live.name}.restoring-{environment['OPERATION'].partition('-')[0]}")
    kept = live.with_name(f"{live.name}.replaced-{environment['STAMP']}")
    archive = folders.backups / environment["SOURCE"] / f"{environment['ID']}.tar.gz"
    if kept.exists():
        yield from (_phase("swapped"), Exit(0))
        return
    yield from (_phase("unpacking"), Wait(MOMENT_S))
    if refusal := _unusable(archive, environment):
        yield from (_phase("checking"), Say(f"{refusal}\n", error=True), Exit(1))
        return
    shutil.rmtree(side, ignore_errors=True)
    with tarfile.open(archive) as tar:
        tar.extractall(side, filter="data")
    yield from (_phase("checking"), Wait(MOMENT_S))
    yield _phase("swapping")
    live.rename(kept)
    side.rename(live)
    folders.forget_quota(live)
    yield from (_phase("swapped"), Exit(0))


def _delete(folders: Folders, environment: Mapping[str, str]) -> Iterator[Step]:
    yield from (_phase("deleting"), Wait(MOMENT_S))
    for one in environment["DOOMED"].split():
        for suffix in (".json", ".tar.gz"):
            (folders.backups / f"{one}{suffix}").unlink(missing_ok=True)
    yield from (_phase("deleted"), Exit(0))


def _unusable(archive: Path, environment: Mapping[str, str]) -> str:
    identity = environment["ID"]
    if not archive.exists():
        return f"The archive of {identity} is gone."
    if _checksum(archive) != environment["SHA256"]:
        return f"The checksum of {identity} is not the one that was approved: damaged, or another archive."
    return ""


def _checksum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _phase(name: str) -> Say:
    return Say(json.dumps({"phase": name}) + "\n")
