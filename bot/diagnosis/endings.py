"""How a process ended, in words: exit codes as shells and kernels use them, and signals by their names."""

SIGNALS = {
    1: "SIGHUP",
    2: "SIGINT",
    3: "SIGQUIT",
    4: "SIGILL: an instruction that this processor does not know",
    6: "SIGABRT: it gave up by itself, for example on a failed assertion",
    7: "SIGBUS: it touched memory that is not there",
    8: "SIGFPE: a division by zero",
    9: "SIGKILL: killed from outside, by a liveness probe past its grace period, the node or a person",
    11: "SIGSEGV: it touched memory that is not its own",
    13: "SIGPIPE: it wrote to somebody who was gone",
    15: "SIGTERM: it was asked to stop",
    31: "SIGSYS: a system call that is forbidden to it",
}

CODES = {
    0: "it ended without an error, but is meant to run on",
    1: "its own error",
    2: "its own error, often wrong arguments",
    125: "the container could not be run",
    126: "the command is there but cannot be executed",
    127: "the command was not found in the image",
    128: "the container could not be started",
    255: "its own error, out of the usual range",
}
OF_SIGNALS = 128
"""Shells and runtimes add it to the number of the signal that ended a process."""


def ending(exit_code: int | None, signal: int, reason: str) -> str:
    """`exit 137, SIGKILL: killed from outside …`; empty where nothing is known."""
    if exit_code is None:
        return ""
    if reason == "OOMKilled":
        return f"exit {exit_code}: the kernel ended it for using more memory than its limit"
    if reason == "DeadlineExceeded":
        return f"exit {exit_code}: it ran longer than it may"
    number = signal or (exit_code - OF_SIGNALS if OF_SIGNALS < exit_code < OF_SIGNALS + 64 else 0)
    words = SIGNALS.get(number, f"signal {number}") if number else CODES.get(exit_code, "its own error")
    return f"exit {exit_code}, {words}" if number else f"exit {exit_code}: {words}"
