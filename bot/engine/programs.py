"""Programs: lines of the policy file that say which words `exec` runs without asking anybody. Pure.

Deny when unsure: word by word, the program by its very name; no shell reads a line, so each word stands for itself.
A pattern is for programs alone that tell of files and never what is in them; it never stands for an option.
"""

import re
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

PATTERN_SIGNS = "*?["
"""What makes a word a pattern, as in a shell."""
TELL_OF_FILES = frozenset(("df", "du", "ls", "stat"))
"""Whatever path they are given, they read no content."""
RUN_OTHERS = frozenset(
    (
        *("ash", "bash", "busybox", "dash", "fish", "ksh", "sh", "tclsh", "toybox", "zsh"),
        *("awk", "gdb", "lua", "node", "perl", "php", "psql", "python", "python3", "ruby"),
        *("chroot", "doas", "env", "expect", "find", "ionice", "nice", "nohup", "nsenter", "script"),
        *("setpriv", "setsid", "ssh", "stdbuf", "strace", "su", "sudo", "tar", "time", "timeout"),
        *("unshare", "vi", "vim", "watch", "xargs"),
    )
)
"""What they are told to run is an argument, or an applet: their name says nothing of what happens."""
SHOW_SECRETS = frozenset(("env", "export", "printenv", "set"))
"""The environment is where passwords are."""
SECRET_FILES = re.compile(r"/proc/.*/environ|/run/secrets(/|$)|/etc/g?shadow")
"""A program's environment, and where kubelet and Docker mount secrets: tokens of service accounts among them."""
VERSION = re.compile(r"[-.\d]+$")
"""`python3.11`, `bash-5.2`: what such a program does is told by the name before it."""
READS_NAMES = re.compile(r"--f|--exclude-f|-[^-]*X")
"""Options of du, as short as it takes them, for a file with names: it quotes in its errors what it reads there."""


def check_program(line: str) -> str:
    """Give *line* as it may stand in the file. Raises ValueError with why not."""
    words = line.split()
    if not words:
        raise ValueError("an empty line names no program")
    program, name = words[0], PurePosixPath(words[0]).name
    if _is_pattern(program):
        raise ValueError(f"“{line}”: a program is named, not matched")
    if name in SHOW_SECRETS:
        raise ValueError(f"“{line}” prints the environment, where passwords are: it needs somebody's approval")
    if {name, VERSION.sub("", name)} & RUN_OTHERS:
        raise ValueError(f"“{line}”: {name} runs other programs: it needs somebody's approval")
    if shown := next(filter(SECRET_FILES.search, words[1:]), ""):
        raise ValueError(f"“{line}”: {shown} is where passwords are: it needs somebody's approval")
    if any(map(_is_pattern, words)):
        _check_pattern(line, program, words)
    return line


def _check_pattern(line: str, program: str, words: list[str]) -> None:
    """Raises ValueError where something may be read whose name nobody wrote into the file."""
    if program not in TELL_OF_FILES:
        allowed = ", ".join(sorted(TELL_OF_FILES))
        raise ValueError(f"“{line}”: patterns are for {allowed} alone, which read no content")
    if program == "du" and any(map(READS_NAMES.match, words)):
        raise ValueError(f"“{line}”: du quotes what it reads from a file of names: a pattern may not stand beside that")


def is_program(line: str, words: tuple[str, ...]) -> bool:
    """Whether *words* are what *line* lets through."""
    expected = line.split()
    return len(expected) == len(words) and all(map(_fits, expected, words))


def _fits(expected: str, word: str) -> bool:
    return word == expected or (_is_pattern(expected) and _is_plain(word) and fnmatchcase(word, expected))


def _is_plain(word: str) -> bool:
    """No option, no way up and out of a folder, nothing that is not seen."""
    return not word.startswith("-") and ".." not in word.split("/") and word.isprintable()


def _is_pattern(word: str) -> bool:
    return any(sign in word for sign in PATTERN_SIGNS)
