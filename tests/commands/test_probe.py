"""probe: what is asked of which port, and how the answer is told; and what chat cannot do at all."""

from dataclasses import replace

import pytest

from bot.errors import BadArguments, NotFound
from bot.model.plan import Json
from bot.model.probe import NoAnswer, ProbeAnswer
from bot.model.reply import Buttons, Code, Facts, Reply, Tone
from bot.ports import ReadOnly
from bot.spec import Query
from tests.commands.asking import context, parsed
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import meta, pod
from tests.fakes.probes import FakeProbes

FINE = ProbeAnswer(latency_s=0.0123, code=200, content_type="text/plain", head="ok\n")


def service(name: str, *ports: int) -> dict[str, Json]:
    return {"kind": "Service", "metadata": meta(name), "spec": {"ports": [{"port": port} for port in ports]}}


async def ask(line: str, probes: FakeProbes, cluster: FakeCluster | None = None) -> Reply:
    understood = parsed(line)
    assert isinstance(understood.command, Query)
    cluster = cluster or FakeCluster()
    asked = replace(context(cluster), on=ReadOnly(cluster=cluster, probes=probes))
    return await understood.command.run(understood.args, asked)


@pytest.mark.parametrize(
    ("line", "port", "path", "scheme"),
    [
        ("probe service/web:80/health", "80", "/health", "http"),
        ("probe svc/web:http", "http", "/", "http"),
        ("probe service/web:443/a/b?full=1 --https", "443", "/a/b?full=1", "https"),
        ("probe pods/web:8080/", "8080", "/", "http"),
    ],
)
async def test_it_asks_for_what_is_written(line: str, port: str, path: str, scheme: str) -> None:
    probes = FakeProbes(FINE)
    await ask(line, probes)
    [asked] = probes.asked
    assert (asked.target.name, asked.port, asked.path, asked.scheme) == ("web", port, path, scheme)


async def test_the_only_port_need_not_be_named() -> None:
    probes = FakeProbes(FINE)
    await ask("probe service/web/health", probes, FakeCluster().add(service("web", 8003)))
    assert [(one.port, one.path) for one in probes.asked] == [("8003", "/health")]


@pytest.mark.parametrize(
    ("ports", "said"),
    [((80, 443), "service/web has the ports 80, 443"), ((), "service/web declares no port")],
    ids=["several", "none"],
)
async def test_of_several_ports_none_is_guessed(ports: tuple[int, ...], said: str) -> None:
    with pytest.raises(BadArguments, match=said):
        await ask("probe service/web", FakeProbes(FINE), FakeCluster().add(service("web", *ports)))


@pytest.mark.parametrize(
    ("code", "status", "tone"),
    [
        (200, "200 OK", Tone.GOOD),
        (302, "302 Found", Tone.GOOD),
        (404, "404 Not Found", Tone.WARNING),
        (503, "503 Service Unavailable", Tone.BAD),
        (799, "799", Tone.BAD),
    ],
)
async def test_the_first_line_tells_status_and_latency(code: int, status: str, tone: Tone) -> None:
    reply = await ask("probe service/web:80/health", FakeProbes(replace(FINE, code=code)))
    assert (reply.headline, reply.tone) == (f"service/web:80 answers {status} in 12 ms", tone)


async def test_silence_is_told_with_its_reason() -> None:
    reply = await ask("probe service/web:80", FakeProbes(NoAnswer(why="connection refused")))
    assert (reply.headline, reply.tone) == ("service/web:80 does not answer: connection refused", Tone.BAD)
    [buttons] = reply.parts
    assert isinstance(buttons, Buttons)
    assert buttons.buttons[0].line == "describe service web -n saasodoo"


async def test_a_query_string_is_not_repeated_to_the_channel() -> None:
    reply = await ask("probe service/web:80/health?key=abc", FakeProbes(FINE))
    [facts, _] = reply.parts
    assert isinstance(facts, Facts)
    assert facts.facts[0].text == "GET /health over HTTP"


@pytest.mark.parametrize(
    ("head", "title", "lines"),
    [
        ("ok\n", "Body", 1),
        ("x\n" * 500, "The beginning of the body", 30),
        ("y" * 9_000, "The beginning of the body", 1),
    ],
    ids=["short", "many lines", "one long line"],
)
async def test_only_the_beginning_of_the_body_is_shown(head: str, title: str, lines: int) -> None:
    reply = await ask("probe service/web:80", FakeProbes(replace(FINE, head=head)))
    [_, body] = reply.parts
    assert isinstance(body, Code)
    assert body.title == title
    assert len(body.text.splitlines()) == lines
    assert len(body.text) <= 2_000


async def test_a_near_miss_is_offered_with_its_port_and_path() -> None:
    cluster = FakeCluster().add(service("instance-service", 8003))
    with pytest.raises(NotFound) as caught:
        await ask("probe service/instance-servise:8003/health", FakeProbes(NotFound("No.")), cluster)
    assert caught.value.suggestions == ("probe service/instance-service:8003/health -n saasodoo",)


@pytest.mark.parametrize(
    "target",
    ["web", "deployment/web:80", "service/WEB:80", "service/../x:80", "service/:80/x", "node/n:10250/pods"],
)
def test_nothing_else_can_be_probed(target: str) -> None:
    with pytest.raises(BadArguments):
        parsed(f"probe {target}")


def test_the_object_itself_is_read_only_for_a_port_that_is_not_named() -> None:
    named, unnamed = (parsed(line) for line in ("probe service/web:80", "probe pod/web"))
    assert named.command.needs is not None
    assert [rule.resources for rule in named.command.needs(named.args)] == [("services/proxy",)]
    assert [rule.resources for rule in named.command.needs(unnamed.args)] == [("pods/proxy",), ("pods",)]


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("port-forward service/web 8080:80", "`probe service/NAME:PORT/PATH`"),
    ],
)
async def test_what_chat_cannot_do_says_what_to_use_instead(line: str, instead: str) -> None:
    with pytest.raises(BadArguments, match=r"Nothing was opened\.$") as caught:
        await ask(line, FakeProbes(FINE), FakeCluster().add(pod("postgres-0")))
    assert instead in caught.value.hint
