"""A very small shell: enough of sh for containers' commands and for exec, acted out without any process.

A script becomes steps (say, wait, exit) that are only worked out as far as somebody looks.
"""

import fnmatch
import shlex
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from itertools import count

FOREVER_S = 10.0 * 365 * 86400
_SHELLS = {"sh", "bash", "ash", "/bin/sh", "/bin/bash", "/bin/ash"}


@dataclass(frozen=True)
class Say:
    text: str
    error: bool = False


@dataclass(frozen=True)
class Wait:
    seconds: float


@dataclass(frozen=True)
class Exit:
    code: int


Step = Say | Wait | Exit


@dataclass
class Machine:
    """What commands can see of the container that they run in."""

    hostname: str
    environment: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    disks: tuple[tuple[str, str, str, str, str, str], ...] = (
        ("overlay", "41152812", "18223104", "20808816", "47%", "/"),
        ("tmpfs", "65536", "0", "65536", "0%", "/dev"),
    )
    stdin: str = ""


def run(argv: list[str], machine: Machine) -> Iterator[Step]:
    """Act out a command; the last step is an Exit."""
    code = yield from _command(argv, machine)
    yield Exit(code)


Script = Generator[Step, None, int]
Command = Callable[[list[str], Machine], Script]


def _script(text: str, machine: Machine) -> Script:
    code = 0
    for connector, words in _split(text):
        if (connector == "&&" and code != 0) or (connector == "||" and code == 0):
            continue
        if words[:1] == ["exit"]:
            code = int(words[1]) if len(words) > 1 and words[1].isdigit() else code
            yield Exit(code)
            return code
        code = yield from _redirected(words, machine)
    return code


def _split(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield commands with the connector before each."""
    lexer = shlex.shlex(text.replace("\n", " ; "), posix=True, punctuation_chars=";&|<>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    connector, words = ";", list[str]()
    try:
        tokens = list(lexer)
    except ValueError:
        yield ";", ["sh-syntax-error"]
        return
    for token in tokens:
        if token in {";", "&&", "||", "&", "|"}:
            if words:
                yield connector, words
            connector, words = token, []
        else:
            words.append(token)
    if words:
        yield connector, words


def _redirected(words: list[str], machine: Machine) -> Script:
    to_error = ">&2" in "".join(words[-3:])
    words = _without_error_redirect(words)
    path = ""
    append = ">>" in words
    for sign in (">>", ">"):
        if sign in words and words.index(sign) + 1 < len(words):
            place = words.index(sign)
            path, words = words[place + 1], words[:place]
    said: list[str] = []
    steps = _command(_expanded(words, machine), machine)
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            code = int(end.value)
            break
        if isinstance(step, Say) and path:
            said.append(step.text)
        elif isinstance(step, Say) and to_error:
            yield Say(step.text, error=True)
        else:
            yield step
    if path and path != "/dev/null":
        before = machine.files.get(path, "") if append else ""
        machine.files[path] = before + "".join(said)
    return code


def _without_error_redirect(words: list[str]) -> list[str]:
    joined = " ".join(words)
    if joined.endswith((">& 2", "1 >& 2")):
        cut = words.index(">&")
        return words[: cut - 1] if cut and words[cut - 1] == "1" else words[:cut]
    return words


def _expanded(words: list[str], machine: Machine) -> list[str]:
    result = []
    for word in words:
        for name, value in sorted(machine.environment.items(), key=lambda entry: -len(entry[0])):
            word = word.replace(f"${{{name}}}", value).replace(f"${name}", value)
        result.append(word)
    return result


def _command(argv: list[str], machine: Machine) -> Script:
    if not argv:
        return 0
    name, arguments = argv[0], argv[1:]
    if name in _SHELLS:
        if arguments[:1] and arguments[0].startswith("-") and arguments[0].endswith("c"):
            return (yield from _shell(arguments[1] if len(arguments) > 1 else "", machine))
        return (yield from _script(machine.stdin, machine))
    known = _COMMANDS.get(name.removeprefix("/usr").removeprefix("/bin/"))
    if known is None:
        yield Say(f"sh: {name}: not found\n", error=True)
        return 127
    return (yield from known(arguments, machine))


def _shell(text: str, machine: Machine) -> Script:
    head, loop, body = text.partition("while true; do")
    if not loop:
        head, loop, body = text.partition("while :; do")
    if not loop:
        return (yield from _script(text, machine))
    code = yield from _script(head, machine)
    body = body.rsplit("done", 1)[0]
    for _ in count():
        waited = False
        for step in _script(body, machine):
            yield step
            if isinstance(step, Exit):
                return step.code
            waited = waited or isinstance(step, Wait)
        if not waited:
            yield Wait(1.0)
    return code


def _echo(arguments: list[str], machine: Machine) -> Script:
    del machine
    newline = "\n"
    while arguments[:1] and arguments[0] in {"-n", "-e", "-ne", "-en"}:
        newline = "" if "n" in arguments[0] else newline
        arguments = arguments[1:]
    yield Say(" ".join(arguments) + newline)
    return 0


def _cat(arguments: list[str], machine: Machine) -> Script:
    if not arguments:
        yield Say(machine.stdin)
    code = 0
    for path in arguments:
        if path in machine.files:
            yield Say(machine.files[path])
        else:
            yield Say(f"cat: can't open '{path}': No such file or directory\n", error=True)
            code = 1
    return code


def _ls(arguments: list[str], machine: Machine) -> Script:
    paths = [argument for argument in arguments if not argument.startswith("-")] or ["/"]
    code = 0
    for path in paths:
        folder = path.rstrip("/") + "/"
        found = {name[len(folder) :].split("/")[0] for name in machine.files if name.startswith(folder)}
        if path in machine.files or any(fnmatch.fnmatch(name, path) for name in machine.files):
            yield Say(f"{path}\n")
        elif found:
            yield Say("".join(f"{name}\n" for name in sorted(found)))
        else:
            yield Say(f"ls: {path}: No such file or directory\n", error=True)
            code = 1
    return code


def _df(arguments: list[str], machine: Machine) -> Script:
    del arguments
    yield Say("Filesystem           1K-blocks      Used Available Use% Mounted on\n")
    for source, size, used, free, share, path in machine.disks:
        yield Say(f"{source:<20} {size:>9} {used:>9} {free:>9} {share:>4} {path}\n")
    return 0


def _env(arguments: list[str], machine: Machine) -> Script:
    del arguments
    yield Say("".join(f"{name}={value}\n" for name, value in machine.environment.items()))
    return 0


def _sleep(arguments: list[str], machine: Machine) -> Script:
    del machine
    text = arguments[0] if arguments else "0"
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400}.get(text[-1:], 1)
    number = text.rstrip("smhd")
    yield Wait(FOREVER_S if text in {"infinity", "inf"} else float(number or 0) * unit)
    return 0


def _test(arguments: list[str], machine: Machine) -> Script:
    yield from ()
    words = [word for word in arguments if word != "]"]
    match words:
        case ["-f" | "-e" | "-r", path]:
            return 0 if path in machine.files else 1
        case [left, "=" | "==", right]:
            return 0 if left == right else 1
    return 1


def _remove(arguments: list[str], machine: Machine) -> Script:
    yield from ()
    for path in arguments:
        machine.files.pop(path, None)
    return 0


def _touch(arguments: list[str], machine: Machine) -> Script:
    yield from ()
    for path in arguments:
        machine.files.setdefault(path, "")
    return 0


def _prints(text: Callable[[Machine], str], code: int = 0) -> Command:
    def command(arguments: list[str], machine: Machine) -> Script:
        del arguments
        if said := text(machine):
            yield Say(said)
        return code

    return command


_COMMANDS: dict[str, Command] = {
    "echo": _echo, "printf": _echo, "cat": _cat, "ls": _ls, "df": _df, "env": _env, "printenv": _env, "sleep": _sleep,
    "test": _test, "[": _test, "rm": _remove, "touch": _touch, "true": _prints(lambda machine: ""),
    "false": _prints(lambda machine: "", 1), "hostname": _prints(lambda machine: f"{machine.hostname}\n"),
    "whoami": _prints(lambda machine: "root\n"), "pwd": _prints(lambda machine: "/\n"),
    "id": _prints(lambda machine: "uid=0(root) gid=0(root) groups=0(root)\n"),
    "uname": _prints(lambda machine: "Linux\n"), "trap": _prints(lambda machine: ""),
    "set": _prints(lambda machine: ""), "cd": _prints(lambda machine: ""), "mkdir": _prints(lambda machine: ""),
    "wait": _prints(lambda machine: ""), "sync": _prints(lambda machine: ""),
}  # fmt: skip
