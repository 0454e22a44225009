"""logs: whose, which lines, what is marked, and what a tired person can do next."""

from datetime import timedelta

import pytest

from bot.errors import BadArguments, NotFound
from bot.model.logs import LogLine, LogRead, LogSource
from bot.model.reply import Buttons, Code, Reply, Text
from tests.commands.asking import ask, parsed
from tests.fakes.cluster import FakeCluster
from tests.fakes.logs import FakeLogs
from tests.fakes.objects import deployment, meta, pod, replica_set, waiting

A, B = LogSource("worker-r12-a", "app"), LogSource("worker-r12-b", "app")


def worker() -> FakeCluster:
    """Two pods of one deployment, the second restarted."""
    crashed = waiting("CrashLoopBackOff", restarts=3, last={"exitCode": 1})
    return FakeCluster().add(
        deployment("worker", replicas=2),
        replica_set("worker", 12, replicas=2),
        pod("worker-r12-a", owner="worker-r12", app="worker"),
        pod("worker-r12-b", owner="worker-r12", app="worker", ready=False, containerStatuses=[crashed]),
    )


def said(*lines: tuple[LogSource, str]) -> FakeLogs:
    """Logs with these lines."""
    return FakeLogs(LogRead(lines=tuple(LogLine(source, None, text) for source, text in lines)))


def code(reply: Reply) -> str:
    """The lines shown."""
    return "\n".join(part.text for part in reply.parts if isinstance(part, Code))


def offers(reply: Reply) -> list[str]:
    """What can be pressed."""
    return [button.line for part in reply.parts if isinstance(part, Buttons) for button in part.buttons]


async def test_one_pods_newest_lines_with_trouble_marked() -> None:
    logs = said((A, "starting"), (A, "KeyError: 'BROKER_URL'"))
    reply = await ask("logs worker-r12-a", worker(), logs)
    assert reply.headline == "The 2 newest lines of pod/worker-r12-a, 1 suspicious"
    assert code(reply) == "starting\n▸ KeyError: 'BROKER_URL'"
    [asked] = logs.asked
    assert (asked.sources, asked.tail, asked.previous) == ((A,), 40, False)


async def test_a_workloads_lines_name_their_pod() -> None:
    reply = await ask("logs deployment/worker", worker(), said((A, "one"), (B, "two")))
    assert code(reply) == "a | one\nb | two"
    assert offers(reply) == [
        "logs deployment/worker --tail 40 --previous -n saasodoo",
        "logs deployment/worker --tail 40 --follow -n saasodoo",
    ]


async def test_a_jobs_pods_are_found_by_its_selector() -> None:
    job = {"kind": "Job", "metadata": meta("backup"), "spec": {"selector": {"matchLabels": {"app": "backup"}}}}
    logs = said((LogSource("backup-1", "app"), "tar: done"))
    assert (
        code(await ask("logs job/backup", FakeCluster().add(job, pod("backup-1", app="backup")), logs)) == "tar: done"
    )


async def test_only_lines_that_contain_a_text_out_of_more_than_are_shown() -> None:
    logs = said((A, "queue empty"), (A, "Queue FULL"))
    reply = await ask("logs worker-r12-a --grep 'queue full' --since 1h30m", worker(), logs)
    assert code(reply) == "Queue FULL"
    assert reply.headline == "The newest line of pod/worker-r12-a containing “queue full” of the last 1h30m"
    [asked] = logs.asked
    assert (asked.tail, asked.since) == (5000, timedelta(minutes=90))


async def test_a_full_page_offers_older_lines() -> None:
    logs = said(*[(A, f"line {number}") for number in range(2)])
    assert "logs pod/worker-r12-a --tail 10 -n saasodoo" in offers(
        await ask("logs worker-r12-a --tail 2", worker(), logs)
    )


async def test_what_could_not_be_read_is_said_beside_what_could() -> None:
    logs = FakeLogs(LogRead(lines=(LogLine(A, None, "one"),), failures=((B, "It has written nothing yet."),)))
    reply = await ask("logs deployment/worker", worker(), logs)
    assert Text("worker-r12-b/app could not be read: It has written nothing yet.") in reply.parts


async def test_no_lines_are_said_in_the_headline() -> None:
    assert (await ask("logs worker-r12-a", worker(), FakeLogs())).headline == "pod/worker-r12-a has no log lines"


async def test_the_default_container_is_kubectls() -> None:
    cluster = worker()
    annotated = pod("two")
    annotated["spec"]["containers"].append({"name": "proxy"})
    annotated["metadata"]["annotations"] = {"kubectl.kubernetes.io/default-container": "proxy"}
    logs = FakeLogs()
    await ask("logs two", cluster.add(annotated), logs)
    assert logs.asked[0].sources == (LogSource("two", "proxy"),)


@pytest.mark.parametrize(
    ("line", "message", "suggestion"),
    [
        pytest.param("logs worker", "No pod “worker”", "logs deployment/worker -n saasodoo", id="a workload's name"),
        pytest.param("logs worker-r12-aa", "No pod “worker-r12-aa”", "logs worker-r12-a -n saasodoo", id="typo"),
        pytest.param("logs deployment/wroker", "No deployment", "logs deployment/worker -n saasodoo", id="workload"),
    ],
)
async def test_a_wrong_name_brings_near_misses(line: str, message: str, suggestion: str) -> None:
    with pytest.raises(NotFound, match=message) as refused:
        await ask(line, worker(), FakeLogs())
    assert suggestion in refused.value.suggestions


async def test_an_unknown_container_names_those_there_are() -> None:
    with pytest.raises(NotFound, match="no container “nope”") as refused:
        await ask("logs worker-r12-a -c nope", worker(), FakeLogs())
    assert refused.value.hint == "It has app."


async def test_a_selector_that_means_too_many_pods_reads_none() -> None:
    many = FakeCluster().add(*(pod(f"p{number}", app="odoo") for number in range(21)))
    logs = FakeLogs()
    with pytest.raises(BadArguments, match="app=odoo means 21 pods; 20 are the most"):
        await ask("logs -l app=odoo", many, logs)
    assert logs.asked == []


@pytest.mark.parametrize(
    "line",
    [
        "logs",
        "logs a -l app=x",
        "logs ../a",
        "logs a --tail 0",
        "logs a --tail 9999",
        "logs a --since soon",
        "logs node/x",
    ],
)
def test_a_line_that_makes_no_sense_is_refused(line: str) -> None:
    with pytest.raises(BadArguments, match=r"Nothing was done\."):
        parsed(line)
