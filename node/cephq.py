#!/usr/bin/python3 -IS
"""The helper on a storage node: the only thing that the bot's ssh key may run there.

authorized_keys:  restrict,command="/usr/local/sbin/cephq ROOT PREFIX [BACKUPS]" ssh-ed25519 AAAA…
for example       ROOT /mnt/cephfs/odoo_instances, PREFIX odoo_data_, BACKUPS /mnt/cephfs/odoo_backups

request (SSH_ORIGINAL_COMMAND)       reply: one JSON object
df                                   {total, avail, mount, fstype}, in bytes
list                                 {cols, rows}: name, max_bytes, max_files, rbytes, rfiles
get NAME                             the same of one
set NAME BYTES [noshrink]            {before, after}
backups                              {cols, rows}: instance, id, bytes, sha256, at
anything that fails                  {error, detail}; exit status 1

No shell, and no path from the caller: NAME is one component, opened O_NOFOLLOW under ROOT, and the attribute is set on
that descriptor, so that neither `..`, a symlink nor a rename race leaves ROOT. Standard library only; Python 3.9.

A hung CephFS leaves whoever touches it in D state, which no signal ends. So the work is done in a child: the parent
answers "hung" after LIMIT_S, and at most SLOTS children can ever be stuck; then it answers "busy".
"""

import errno
import fcntl
import json
import os
import re
import select
import shlex
import sys
import time
from typing import Any, Dict, Iterator, List, Tuple  # noqa: UP035 - a node's Python may be 3.9

LIMIT_S = 8
SLOTS = 8
CEPH = ("ceph", "fuse.ceph-fuse", "fuse.ceph")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}\Z")
BYTES = re.compile(r"[0-9]{1,18}\Z")
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # a pipe of that name is not waited for
NO_MANIFEST = (OSError, ValueError, KeyError, TypeError, RecursionError)
USAGE = ["name", "max_bytes", "max_files", "rbytes", "rfiles"]
BACKUP = ["instance", "id", "bytes", "sha256", "at"]
MANIFEST_BYTES = 4096

Reply = Dict[str, Any]  # noqa: UP006


def limits(folder: int) -> Tuple[int, int]:  # noqa: UP006
    """Both limits in one call; no attribute and 0 both mean: none."""
    try:
        text = os.getxattr(folder, "ceph.quota").decode()
    except OSError as error:
        if error.errno != errno.ENODATA:
            raise
        text = ""
    found = dict(pair.split("=") for pair in text.split())
    return int(found.get("max_bytes", 0)), int(found.get("max_files", 0))


def usage(folder: int, name: str) -> Reply:
    """Limits and use of one instance."""
    max_bytes, max_files = limits(folder)
    used = int(os.getxattr(folder, "ceph.dir.rbytes"))
    files = int(os.getxattr(folder, "ceph.dir.rfiles"))
    return dict(zip(USAGE, (name, max_bytes, max_files, used, files)))  # noqa: B905 - strict= is 3.10


def mounted_at(path: str) -> Tuple[str, str]:  # noqa: UP006
    """Mount point and file system of *path*. Unlike statvfs, this file never blocks on a hung mount."""
    best = ("", "")
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        for line in mounts:
            _, point, kind = line.split()[:3]
            point = point.encode().decode("unicode_escape")
            if (path == point or path.startswith(point.rstrip("/") + "/")) and len(point) >= len(best[0]):
                best = (point, kind)
    return best


def every(root: int, prefix: str) -> Iterator[List[Any]]:  # noqa: UP006
    """The usage of each instance; what is a symlink, a file, or gone since, is passed over."""
    for entry in sorted(os.listdir(root)):
        if not entry.startswith(prefix) or not NAME.match(entry[len(prefix) :]):
            continue
        try:
            folder = os.open(entry, FOLDER, dir_fd=root)
        except OSError:
            continue
        try:
            yield list(usage(folder, entry[len(prefix) :]).values())
        finally:
            os.close(folder)


def change(folder: int, name: str, size: str, flags: List[str]) -> Reply:  # noqa: UP006
    """Set the limit, unless it is below use and that is not wanted."""
    before, wanted = usage(folder, name), int(size)
    if flags == ["noshrink"] and 0 < wanted < before["rbytes"]:
        return {"error": "below-usage", "before": before}
    os.setxattr(folder, "ceph.quota.max_bytes", size.encode())
    return {"before": before, "after": usage(folder, name)}


def manifests(root: str) -> Iterator[List[Any]]:  # noqa: UP006
    """Of each finished backup what its Job wrote down, with the size that the archive really has."""
    top = os.open(root, FOLDER)
    for instance in sorted(filter(NAME.match, os.listdir(top))):
        try:
            folder = os.open(instance, FOLDER, dir_fd=top)
        except OSError:
            continue
        for entry in sorted(os.listdir(folder)):
            if entry.endswith(".json"):
                try:
                    yield manifest(folder, instance, entry[: -len(".json")])
                except NO_MANIFEST:
                    continue
        os.close(folder)


def manifest(folder: int, instance: str, identity: str) -> List[Any]:  # noqa: UP006
    """One row. Raises one of NO_MANIFEST on a file that is no manifest, or has no archive."""
    with open(os.open(identity + ".json", FILE, dir_fd=folder), encoding="utf-8") as file:
        told = json.loads(file.read(MANIFEST_BYTES))
    size = os.stat(identity + ".tar.gz", dir_fd=folder, follow_symlinks=False).st_size
    return [instance, identity, size, str(told["sha256"]), str(told["at"])]


def answer(request: List[str], root: str, prefix: str, backups: str) -> Reply:  # noqa: UP006
    """Do one request. Raises OSError."""
    point, kind = mounted_at(root)
    if kind not in CEPH:
        return {"error": "notmounted", "detail": f"{root} is on {kind or '?'} at {point}"}
    top = os.open(root, FOLDER)
    if request == ["df"]:
        space = os.fstatvfs(top)
        free, total = space.f_bavail * space.f_frsize, space.f_blocks * space.f_frsize
        return {"total": total, "avail": free, "mount": point, "fstype": kind}
    if request == ["list"]:
        return {"cols": USAGE, "rows": list(every(top, prefix))}
    if request == ["backups"] and backups:
        return {"cols": BACKUP, "rows": list(manifests(backups))}
    if len(request) < 2 or request[0] not in ("get", "set"):
        return {"error": "badrequest"}
    if not NAME.match(request[1]):
        return {"error": "badname"}
    return about_one(os.open(prefix + request[1], FOLDER, dir_fd=top), request)


def about_one(folder: int, request: List[str]) -> Reply:  # noqa: UP006
    """`get NAME` or `set NAME BYTES [noshrink]`."""
    verb, name, *more = request
    if verb == "get" and not more:
        return usage(folder, name)
    if verb == "set" and more and BYTES.match(more[0]) and more[1:] in ([], ["noshrink"]):
        return change(folder, name, more[0], more[1:])
    return {"error": "badrequest"}


def guarded_answer() -> Reply:
    """The answer, or what went wrong, in any case."""
    root, prefix, *backups = sys.argv[1:4]
    try:
        request = shlex.split(os.environ.get("SSH_ORIGINAL_COMMAND", "")) or ["df"]
        return answer(request, root, prefix, "".join(backups))
    except OSError as error:
        return {"error": errno.errorcode.get(error.errno or 0, str(error.errno)), "detail": error.strerror}
    except ValueError as error:
        return {"error": "badrequest", "detail": str(error)}


def locks_of(user: int) -> str:
    """Where the slots of *user* lie: root's where nobody else can make or hold a file."""
    return os.environ.get("CEPHQ_LOCKS") or ("/run/lock" if user else "/run")


def take_slot() -> bool:
    """Lock a free slot; the child inherits the lock and keeps it for as long as it is stuck."""
    for number in range(SLOTS):
        path = f"{locks_of(os.getuid())}/cephq.{os.getuid()}.{number}"
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:
            return True
    return False


def work(to: int) -> None:
    """The child: detached from the session, or sshd would keep the channel open until a stuck child ends."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    left = json.dumps(guarded_answer()).encode()
    while left:
        left = left[os.write(to, left) :]
    os._exit(0)


def wait_for(child: int) -> bytes:
    """Everything that the child has to say, or that it hangs."""
    parts: List[bytes] = []  # noqa: UP006
    poll = select.poll()
    poll.register(child, select.POLLIN | select.POLLHUP)
    end_s = time.monotonic() + LIMIT_S
    while poll.poll(max(0, end_s - time.monotonic()) * 1000):
        part = os.read(child, 65536)
        if not part:
            return b"".join(parts)
        parts.append(part)
    return json.dumps({"error": "hung", "detail": f"no answer from the mount in {LIMIT_S} s"}).encode()


def main() -> None:
    """Answer one request and end without waiting for anybody."""
    reply = b'{"error": "busy"}'
    if take_slot():
        read_end, write_end = os.pipe()
        if os.fork() == 0:
            os.close(read_end)
            work(write_end)
        os.close(write_end)
        reply = wait_for(read_end)
    sys.stdout.buffer.write(reply + b"\n")
    sys.stdout.flush()
    os._exit(1 if reply.startswith(b'{"error"') else 0)


if __name__ == "__main__":
    main()
