"""exec: what a card shows of a command, who it is run in, and how its end is told."""

from datetime import UTC, datetime

import pytest

from bot.commands.change.program_end import OUTPUT_CHARACTERS
from bot.engine.drift import drift
from bot.engine.parse import HelpWanted, parse
from bot.errors import BadArguments, BotError, NotFound, Rejected, Throttled, Unreachable
from bot.model.execution import ExecResult, shown
from bot.model.plan import Effect, Json, Mark, Phase, Progress
from bot.ports import Backends
from tests.commands.asking import REGISTRY, change, parsed, propose
from tests.fakes.cluster import FakeCluster
from tests.fakes.execs import FakeExec
from tests.fakes.objects import pod, waiting

MARK = Mark("op-1", "audit-1", resource_version="1", at=datetime(2026, 3, 1, 14, 3, tzinfo=UTC))


def two_containers(name: str = "web-0") -> dict[str, Json]:
    made = pod(name)
    made["spec"]["containers"].append({"name": "proxy", "image": "registry/proxy:2"})
    made["status"]["containerStatuses"].append({"name": "proxy", "state": {"running": {}}})
    return made


async def ran(line: str, result: ExecResult) -> tuple[Progress, FakeExec]:
    """Run what *line* asks for, as the engine does."""
    cluster, execs = FakeCluster().add(two_containers()), FakeExec(result)
    plan = await propose(line, cluster)
    seen = await change(plan).apply(plan.steps[0], Backends(cluster=cluster, exec=execs), MARK)
    assert seen is not None
    return seen, execs


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(("df", "-h"), "df -h", id="plain"),
        pytest.param(("echo", "two words", ""), "echo 'two words' ''", id="blanks and nothing"),
        pytest.param(("sh", "-c", "rm -rf /x; ls $HOME"), "sh -c 'rm -rf /x; ls $HOME'", id="a script"),
        pytest.param(("echo", "a  b"), r"echo $'a\u0020\u0020b'", id="blanks that a page would join"),
        pytest.param(("echo", "`id`"), r"echo $'\u0060id\u0060'", id="backticks, which end code font"),
        pytest.param(("cat", "/tmp/\u0440assword"), r"cat $'/tmp/\u0440assword'", id="a letter like another"),
        pytest.param(("echo", "\u3164x\U0001f600"), r"echo $'\u3164x\U0001f600'", id="blank letters and pictures"),
        pytest.param(("echo", "it's ü"), r"echo $'it\u0027s\u0020\u00fc'", id="a quote beside what is spelled out"),
    ],
)
def test_a_command_is_shown_so_that_no_sign_is_lost(words: tuple[str, ...], expected: str) -> None:
    assert shown(words) == expected


async def test_the_card_shows_the_words_the_container_and_the_limits() -> None:
    plan = await propose("exec web-0 -c proxy --timeout 5 -- ls -l '/a b'", FakeCluster().add(two_containers()))
    assert (plan.title, plan.done) == ("Run ls in pod/web-0", "Ran ls in pod/web-0")
    assert [fact.text for fact in plan.facts] == [
        "`ls -l '/a b'`",
        "proxy · image registry/proxy:2",
        "Running · node node-1",
        "5 s, then it is left alone; 4000 characters of what it says",
    ]
    assert plan.steps[0].desired == {"container": "proxy", "command": ["ls", "-l", "/a b"], "timeout_s": 5}
    assert plan.line == "exec web-0 -n saasodoo -c proxy --timeout=5 -- ls -l '/a b'"
    assert plan.warnings == ()


@pytest.mark.parametrize(
    ("command", "warning"),
    [
        ("sh -c 'ls; rm x'", "A shell reads what follows `-c`"),
        ("/bin/bash -ec ls", "A shell reads what follows `-c`"),
        ("bash", "It gets no input, so it ends at once"),
        ("ls --reason stuck", "`--reason` stands behind the program"),
    ],
)
async def test_what_may_surprise_an_approver_is_said(command: str, warning: str) -> None:
    plan = await propose(f"exec web-0 -- {command}", FakeCluster().add(pod("web-0")))
    assert [one.startswith(warning) for one in plan.warnings] == [True]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("exec -it postgres-0 -- bash", "No terminal opens in a chat: `exec POD -- COMMAND` runs one command"),
        ("exec --stdin --tty postgres-0 -c app -- psql", "No terminal opens in a chat"),
        ("exec postgres-0", "-- COMMAND is missing"),
        ("exec postgres-0 -- ''", "the first word after -- names a program"),
        (f"exec postgres-0 -- echo {'x' * 400}", "the command has 405 characters; a card shows 400 at most"),
        ("exec postgres-0 --timeout 121 -- ls", "--timeout must be at most 120"),
        ("exec ../etc -- ls", "is not a name that Kubernetes allows"),
        ("exec postgres-0 -c 'a b' -- ls", "is not a name that Kubernetes allows"),
    ],
)
def test_what_cannot_be_run_or_judged_is_refused(line: str, said: str) -> None:
    with pytest.raises(BadArguments, match=r"Nothing was done\.$") as caught:
        parsed(line)
    assert said in str(caught.value)


def test_the_refusal_shows_where_flags_belong() -> None:
    with pytest.raises(BadArguments) as caught:
        parsed("exec postgres-0")
    assert caught.value.hint.endswith("[--namespace NAMESPACE] [--reason TEXT] -- COMMAND…`")
    assert "--tty" not in caught.value.hint


@pytest.mark.parametrize("line", ["exec web-0 df -h", "exec -c app web-0 df -h", "exec web-0 --timeout=5 df -h"])
def test_a_programs_own_flags_are_its_own_without_dashes_before_it(line: str) -> None:
    args = parsed(line).args.model_dump()
    assert (args["pod"], args["command"]) == ("web-0", ("df", "-h"))


@pytest.mark.parametrize("line", ["exec -h", "exec web-0 --help", "exec -c app web-0 -h"])
def test_help_is_asked_for_before_the_program(line: str) -> None:
    assert isinstance(parse(line, REGISTRY), HelpWanted)


def test_a_person_needs_what_kubectl_needs() -> None:
    understood = parsed("exec web-0 -- ls")
    assert understood.command.needs is not None
    asked = {
        (resource, verb)
        for rule in understood.command.needs(understood.args)
        for resource in rule.resources
        for verb in rule.verbs
    }
    assert asked == {("pods", "get"), ("pods/exec", "create")}


async def test_a_pod_that_does_not_exist_is_offered_by_its_near_misses() -> None:
    with pytest.raises(NotFound, match="No pod “web-1” in saasodoo") as caught:
        await propose("exec pod/web-1 -c app -- ls -l", FakeCluster().add(pod("web-0")))
    assert caught.value.suggestions == ("exec web-0 -n saasodoo -c app -- ls -l",)


async def test_a_container_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(BadArguments, match="pod/web-0 has no container “db”") as caught:
        await propose("exec web-0 -c db -- ls", FakeCluster().add(two_containers()))
    assert caught.value.hint == "It has app, proxy."


async def test_a_container_that_does_not_run_cannot_be_entered() -> None:
    crashed = pod("web-0", containerStatuses=[waiting("CrashLoopBackOff")])
    with pytest.raises(BadArguments, match="Container app of pod/web-0 is not running") as caught:
        await propose("exec web-0 -- ls", FakeCluster().add(crashed))
    assert caught.value.hint == "`why pod/web-0 -n saasodoo` says why."


@pytest.mark.parametrize(
    ("later", "said"),
    [
        pytest.param(pod("web-0") | {"metadata": {**pod("web-0")["metadata"], "uid": "u2"}}, "created anew", id="anew"),
        pytest.param(
            pod("web-0", containerStatuses=[waiting("CrashLoopBackOff")]), "state running → not running", id="crashed"
        ),
    ],
)
async def test_another_pod_than_the_approved_one_is_not_entered(later: dict[str, Json], said: str) -> None:
    plan = await propose("exec web-0 -- ls", FakeCluster().add(pod("web-0")))
    now = await change(plan).observe(plan.steps[0], Backends(cluster=FakeCluster().add(later)).reading)
    assert said in drift(plan.steps[0], now)


async def test_what_was_approved_is_what_runs() -> None:
    result = ExecResult(stdout="total 0\n", stderr="", exit_code=0)
    _, execs = await ran("exec web-0 -c proxy --timeout 7 -- sh -c 'echo $HOME'", result)
    [query] = execs.ran
    assert (query.namespace, query.pod, query.container) == ("saasodoo", "web-0", "proxy")
    assert query.command == ("sh", "-c", "echo $HOME")
    assert (query.time.total_seconds(), query.stdin, query.audit_id) == (7, b"", "audit-1")


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        pytest.param(
            ExecResult(stdout="fine\n", stderr="", exit_code=0),
            Progress(Phase.DONE, "exit code 0", output="fine\n"),
            id="fine",
        ),
        pytest.param(
            ExecResult(stdout="", stderr="no such file\n", exit_code=2),
            Progress(
                Phase.STALLED,
                "It ended with exit code 2",
                reason="It ended with exit code 2",
                has_failed=True,
                output="no such file\n",
            ),
            id="failed",
        ),
        pytest.param(
            ExecResult(stdout="half", stderr="", exit_code=None),
            Progress(
                Phase.STALLED,
                "It did not end within 30 s and may still run in app",
                reason="It did not end within 30 s and may still run in app",
                has_failed=True,
                output="half",
            ),
            id="took too long",
        ),
        pytest.param(
            ExecResult(stdout="out\n", stderr="err\n", exit_code=0),
            Progress(Phase.DONE, "exit code 0", output="out\n--- stderr\nerr\n"),
            id="both outputs",
        ),
    ],
)
async def test_its_end_is_told_with_what_it_said(result: ExecResult, expected: Progress) -> None:
    seen, _ = await ran("exec web-0 -- ls", result)
    assert seen == expected


async def test_a_long_output_is_cut_and_said_to_be() -> None:
    seen, _ = await ran("exec web-0 -- ls", ExecResult(stdout="x" * 5_000, stderr="", exit_code=0))
    assert (len(seen.output), seen.line) == (OUTPUT_CHARACTERS, "exit code 0 · the first 4000 characters")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(Throttled("Wait.", retry_after_s=1), Rejected, id="too busy: never later"),
        pytest.param(Rejected("It did not start."), Rejected, id="did not start"),
        pytest.param(Unreachable("Gone."), Unreachable, id="not known"),
    ],
)
async def test_what_did_not_start_is_not_tried_later(error: BotError, expected: type[BotError]) -> None:
    cluster = FakeCluster().add(pod("web-0"))
    plan = await propose("exec web-0 -- ls", cluster)
    backends = Backends(cluster=cluster, exec=FakeExec(error))
    with pytest.raises(expected):
        await change(plan).apply(plan.steps[0], backends, MARK)


async def test_whether_a_command_without_an_answer_ran_is_never_guessed() -> None:
    cluster = FakeCluster().add(pod("web-0"))
    plan = await propose("exec web-0 -- ls", cluster)
    assert await change(plan).effect(plan.steps[0], Backends(cluster=cluster).reading, MARK) is Effect.UNCLEAR
