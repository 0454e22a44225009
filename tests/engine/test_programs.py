"""Programs that `exec` runs without approval: exactly those that a rule lists, whatever is tried instead."""

from typing import Any

import pytest
import yaml

from bot.engine import policy
from bot.engine.programs import is_program
from bot.engine.requirements import required, tiers_for
from bot.errors import BadArguments, Denied
from bot.model.operation import Requirements
from bot.spec import Risk
from tests.engine.test_policy import SOUND

LISTED = ["date", "df -h", "ls", "ls -l", "ls -l /app/*", "cat /etc/os-release"]
LOOKING_ROUND: dict[str, Any] = {
    "name": "looking round",
    "match": {"commands": ["exec"], "namespaces": ["shop"], "programs": LISTED},
    "tier": "open",
}


def with_rules(*rules: dict[str, Any]) -> policy.Policy:
    return policy.load(yaml.safe_dump({**SOUND, "rules": [*SOUND["rules"], *rules]}))


def needs(
    *words: str, of: policy.Policy, namespace: str = "shop", pod: str = "web-0", command: str = "exec"
) -> Requirements:
    rules, tiers = tiers_for(
        of, command=command, risk=Risk.CHANGE, namespace=namespace, names=(pod,), program=tuple(words)
    )
    return required(rules, tiers)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("date",), id="alone"),
        pytest.param(("df", "-h"), id="with its option"),
        pytest.param(("ls", "-l", "/app/static files"), id="a path that fits"),
        pytest.param(("cat", "/etc/os-release"), id="one file"),
    ],
)
def test_a_listed_program_needs_nobody(words: tuple[str, ...]) -> None:
    free = needs(*words, of=with_rules(LOOKING_ROUND))
    assert (free.approvals, free.rule) == ((), "looking round")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((), id="nothing"),
        pytest.param(("/tmp/ls",), id="another file of that name"),
        pytest.param(("./ls",), id="one in the folder"),
        pytest.param(("/bin/ls",), id="another spelling"),
        pytest.param(("LS",), id="capitals"),
        pytest.param(("ls ",), id="a blank behind it"),
        pytest.param(("ls\n",), id="a line behind it"),
        pytest.param(("ls -l",), id="two words in one"),
        pytest.param(("l\u0455",), id="a letter like another"),
        pytest.param(("df",), id="fewer words"),
        pytest.param(("df", "-h", "/"), id="more words"),
        pytest.param(("df", "-h", ""), id="an empty word more"),
        pytest.param(("date", "-s", "2020-01-01"), id="an option that changes something"),
        pytest.param(("ls", "-l", "--color=always"), id="an option for a path"),
        pytest.param(("ls", "-l", "/app/../root"), id="up and out"),
        pytest.param(("ls", "-l", "/app/.."), id="up"),
        pytest.param(("ls", "-l", "/app/x\u202e"), id="what is not seen"),
        pytest.param(("ls", "-l", "/etc"), id="another folder"),
        pytest.param(("ls", "-l", "/app/a", "/app/b"), id="two for one"),
        pytest.param(("cat", "/etc/passwd"), id="another file"),
        pytest.param(("sh", "-c", "ls"), id="a shell"),
        pytest.param(("busybox", "ls"), id="an applet by its box"),
        pytest.param(("env", "ls"), id="run by another"),
        pytest.param(("ls;id",), id="a shell's words"),
    ],
)
def test_anything_else_needs_whom_it_needed_before(words: tuple[str, ...]) -> None:
    listed = with_rules(LOOKING_ROUND)
    assert needs(*words, of=listed) == needs(*words, of=with_rules())
    assert needs(*words, of=listed).approvals


def test_a_listed_program_is_free_only_where_its_rule_says() -> None:
    listed = with_rules(LOOKING_ROUND)
    assert needs("date", of=listed, namespace="shop-2").approvals
    assert needs("date", of=listed, command="job rerun").approvals
    with pytest.raises(Denied):
        needs("date", of=listed, namespace="elsewhere")


def test_a_denial_wins_over_a_listed_program() -> None:
    denial = {"name": "not there", "match": {"commands": ["exec"], "names": ["postgres-*"]}, "effect": "deny"}
    with pytest.raises(Denied, match="“not there” forbids `exec`"):
        needs("date", of=with_rules(LOOKING_ROUND, denial), pod="postgres-0")


def test_a_listed_program_may_need_somebody_too() -> None:
    led = LOOKING_ROUND | {"tier": "lead"}
    assert [item.group for item in needs("date", of=with_rules(led)).approvals] == ["leads"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "names no program"),
        ("   ", "names no program"),
        ("*", "a program is named, not matched"),
        ("l?", "a program is named, not matched"),
        ("/usr/bin/*", "a program is named, not matched"),
        ("sh -c ls", "sh runs other programs"),
        ("/bin/bash", "bash runs other programs"),
        ("busybox ls", "busybox runs other programs"),
        ("find /app", "find runs other programs"),
        ("xargs ls", "xargs runs other programs"),
        ("env", "prints the environment"),
        ("/usr/bin/printenv HOME", "prints the environment"),
        ("cat *", "patterns are for df, du, ls, stat alone"),
        ("/tmp/ls *", "patterns are for df, du, ls, stat alone"),
        ("du --files0-from *", "du quotes what it reads"),
        ("du -s --fi *", "du quotes what it reads"),
        ("du -sX *", "du quotes what it reads"),
        ("du --exclude-from /tmp/names *", "du quotes what it reads"),
        ("python3.11 -V", "python3.11 runs other programs"),
        ("/usr/bin/bash-5.2 -c ls", "bash-5.2 runs other programs"),
        ("cat /proc/1/environ", "/proc/1/environ is where passwords are"),
        ("strings /proc/1/task/1/environ", "is where passwords are"),
        ("cat /var/run/secrets/kubernetes.io/serviceaccount/token", "is where passwords are"),
        ("tail /run/secrets/db", "is where passwords are"),
        ("head -n1 /etc/shadow", "is where passwords are"),
    ],
)
def test_what_is_not_harmless_cannot_be_listed(line: str, why: str) -> None:
    with pytest.raises(BadArguments, match=f"wrong at rules.4.match.programs.0: .*{why}"):
        with_rules(LOOKING_ROUND | {"match": {"programs": [line]}})


@pytest.mark.parametrize("line", ["du -s *", "ls -X *", "stat --f *", "df *"])
def test_what_tells_of_files_alone_may_be_matched(line: str) -> None:
    program, *words = line.replace("*", "data").split()
    free = needs(program, *words, of=with_rules(LOOKING_ROUND | {"match": {"commands": ["exec"], "programs": [line]}}))
    assert free.approvals == ()


def test_programs_cannot_be_forbidden_by_name() -> None:
    with pytest.raises(BadArguments, match="needs approval anyway"):
        with_rules({"name": "no rm", "match": {"programs": ["rm"]}, "effect": "deny"})


def test_signs_of_a_pattern_that_are_meant_as_they_are_fit_too() -> None:
    assert is_program("ls [a]", ("ls", "[a]"))
    assert not is_program("ls -l *", ("ls", "-l", "-R"))
