"""What the helper on a storage node answers, decoded and put into our words."""

import re
from datetime import datetime
from difflib import get_close_matches
from typing import TypeVar

import msgspec

from bot.ceph.link import NotReached
from bot.errors import BadArguments, BotError, Denied, NotFound, Rejected, Unreachable
from bot.model.backup import ID, Backup
from bot.model.sizes import shown

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
"""What an instance may be called; the helper holds to the same."""

T = TypeVar("T")


class Usage(msgspec.Struct, frozen=True):
    """Reply to `get NAME`."""

    name: str
    max_bytes: int
    max_files: int
    rbytes: int
    rfiles: int


class Usages(msgspec.Struct, frozen=True):
    """Reply to `list`: rows of name, max_bytes, max_files, rbytes, rfiles."""

    rows: list[tuple[str, int, int, int, int]]


class Change(msgspec.Struct, frozen=True):
    """Reply to `set NAME BYTES`."""

    before: Usage
    after: Usage


class Space(msgspec.Struct, frozen=True):
    """Reply to `df`."""

    total: int
    avail: int
    mount: str
    fstype: str


class Backups(msgspec.Struct, frozen=True):
    """Reply to `backups`: rows of instance, id, bytes, sha256, at."""

    rows: list[tuple[str, str, int, str, str]]


class Failure(msgspec.Struct, frozen=True):
    """Any refusal."""

    error: str
    detail: str = ""
    before: Usage | None = None


def decode(answer: bytes, kind: type[T], *, node: str, instance: str = "") -> T:
    """The helper's *answer* as *kind*. Raises what `failure_error` says; Rejected when it is no helper's answer."""
    try:
        failure = msgspec.json.decode(answer, type=Failure)
    except msgspec.DecodeError:
        pass
    else:
        raise failure_error(failure, node=node, instance=instance)
    try:
        return msgspec.json.decode(answer, type=kind)
    except msgspec.DecodeError as error:
        raise Rejected(
            f"Storage node {node} does not answer as the helper does.",
            hint="Check the forced command in its authorized_keys: docs/storage.md.",
        ) from error


def failure_error(failure: Failure, *, node: str, instance: str) -> BotError:
    """A helper's refusal in our words."""
    match failure.error:
        case "notmounted":
            return NotReached(
                f"The shared file system is not mounted on storage node {node}.", hint="Mount it there, then try again."
            )
        case "hung":
            return Unreachable(
                f"The file system hangs on storage node {node}.", hint="`storage status` shows every node."
            )
        case "busy":
            return Unreachable(
                f"Storage node {node} has too many requests hanging on its mount.",
                hint="`storage status` shows every node.",
            )
        case "ENOENT":
            return NotFound(f"There is no folder for instance “{instance}”. Nothing was changed.")
        case "EACCES" | "EPERM":
            return Denied(
                f"The key of storage node {node} may not set quotas. Nothing was changed.",
                hint="Its Ceph client needs the p flag: `ceph fs authorize … rwp`.",
            )
        case "below-usage":
            used = shown(failure.before.rbytes) if failure.before else "more"
            return Rejected(
                f"{instance} uses {used}, which is more than that. Nothing was changed.",
                hint="With --shrink it is set all the same, and every write fails until data is deleted.",
            )
        case "badname" | "badrequest":
            return BadArguments(f"Storage node {node} refuses “{instance[:80]}”. Nothing was changed.")
        case code:
            return Rejected(f"Storage node {node} answers {code[:40]}. Nothing was changed.")


def near(name: str, known: list[str]) -> list[str]:
    """Instances whose names are close to *name*, the closest first."""
    return get_close_matches(name, known, n=3, cutoff=0.6)


def backups_of(answer: Backups) -> list[Backup]:
    """The newest first; what somebody has put there under another kind of name, or with no date, is none of ours."""
    found = [
        Backup(instance, identity, size_bytes, sha256, made)
        for instance, identity, size_bytes, sha256, at in answer.rows
        if NAME.fullmatch(instance) and ID.fullmatch(identity) and (made := moment(at))
    ]
    return sorted(found, key=lambda backup: backup.at, reverse=True)


def moment(text: str) -> datetime | None:
    """A time with its zone; None for anything else."""
    try:
        made = datetime.fromisoformat(text)
    except ValueError:
        return None
    return made if made.tzinfo else None
