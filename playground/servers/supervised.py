"""A server process that never outlives the one who started it, even when that one is killed.

A small `sh` stands between the two. Its standard input is a pipe from us: when we close it, or die in any way, the
pipe ends, the shell stops the server and removes its folder. (PR_SET_PDEATHSIG would not do: it is lost in `unshare`.)
"""

import asyncio
import contextlib
import secrets
import shlex
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Command = Sequence[str | Path]

# A unix socket's path may have 107 bytes on Linux, 103 on macOS; the servers' own socket names take up to 20 of them.
LONGEST_FOLDER = 80

# Arguments: stop signal, folder, what to do first, command of the server.
# PIPE is ignored because nobody may be left who would read why the server failed.
# The stop signal is repeated because a server that has only just been started still ignores it.
SUPERVISOR = """
signal=$1 folder=$2 first=$3; shift 3
trap '' HUP INT PIPE TERM
exec 3<&0 </dev/null
mkdir -m 700 "$folder" || exit 1
eval "$first" >"$folder/log" 2>&1 && {
  { trap - HUP INT PIPE TERM; exec "$@"; } >>"$folder/log" 2>&1 3<&- &
  server=$!
  {
    read -r _ <&3
    tries=0
    while kill -s "$signal" "$server"; do
      sleep 0.1; tries=$((tries + 1)); [ $tries -lt 80 ] || signal=KILL
    done
  } >/dev/null 2>&1 &
  watch=$!
  exec 3<&-
  wait "$server"
}
status=$?
[ -z "${watch:-}" ] || kill -s KILL "$watch" 2>/dev/null
[ $status = 0 ] || tail -n 3 "$folder/log" >&2
rm -rf "$folder"
exit $status
"""


class CannotStart(RuntimeError):
    """A server did not start; the text says which and why, for people."""


@dataclass(frozen=True)
class Server:
    """What to run: `first` prepares the folder, which the shell creates; `command` serves until the signal `stop`."""

    name: str
    folder: Path
    command: Command
    stop: signal.Signals
    first: Sequence[Command] = ()
    environment: Mapping[str, str] | None = None
    """None: ours."""


def new_folder(prefix: str, parent: Path | None = None) -> Path:
    """Name a folder that does not exist yet, by default for temporary files, short enough to hold a unix socket."""
    parent = parent or Path(tempfile.gettempdir())
    if len(str(parent / prefix)) + 9 > LONGEST_FOLDER:
        parent = Path("/tmp")  # noqa: S108 - the name is unguessable and mkdir refuses one that exists
    return parent / f"{prefix}-{secrets.token_hex(4)}"


@contextlib.asynccontextmanager
async def supervised(
    server: Server, *, ready: Callable[[], Awaitable[bool]], timeout_s: float = 30
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run *server* while the block runs. Raises CannotStart when it ends or is not `ready` in time."""
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", SUPERVISOR, "supervisor",
        server.stop.name.removeprefix("SIG"), server.folder, in_shell(*server.first), *server.command,
        stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, start_new_session=True,
        env=server.environment,
    )  # fmt: skip
    try:
        await until_ready(server, process, ready, timeout_s)
        yield process
    finally:
        await stopped(process)


async def until_ready(
    server: Server, process: asyncio.subprocess.Process, ready: Callable[[], Awaitable[bool]], timeout_s: float
) -> None:
    """Return when the server answers; raise CannotStart when its process ends before that, or after *timeout_s*."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            while process.returncode is None:
                if await ready():
                    return
                await asyncio.sleep(0.01)
    if process.returncode is None:
        raise CannotStart(f"{server.name} does not answer within {timeout_s:g} s.")
    assert process.stderr is not None  # noqa: S101 - piped above
    reason = (await process.stderr.read()).decode(errors="replace").strip()
    raise CannotStart(f"{server.name} does not start: {reason or f'it ended with status {process.returncode}'}")


async def stopped(process: asyncio.subprocess.Process) -> None:
    """Close the pipe and wait until server and folder are gone, also while this task is being cancelled."""
    assert process.stdin is not None  # noqa: S101 - piped above
    process.stdin.close()
    ended = asyncio.ensure_future(process.wait())
    while not ended.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(ended)


def in_shell(*commands: Command) -> str:
    """Write *commands* as one line for sh that stops at the first failure."""
    return " && ".join(shlex.join(map(str, command)) for command in commands) or ":"
