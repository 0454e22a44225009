"""The four addresses say how the parts stand, and a part that does not answer is said, not waited for."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.errors import BadArguments, Unreachable
from bot.health.health import Health, Parts
from bot.health.liveness import GIVEN_UP_S, Liveness
from bot.health.server import health_app, serving_health
from bot.k8s.freshness import SILENT_S, Freshness
from bot.model.backlog import Backlog
from bot.slack.health import AckLatency, SlackHealth, SocketHealth

SOCKET = SocketHealth(
    ready=True,
    why_not="",
    sockets=2,
    last_hello=None,
    pong_age_s=1.0,
    reconnects={"refresh_requested": 3, 'say "hi"': 1},
    num_connections=4,
    ghosts=0,
    churn_per_min=0,
)
SLACK = SlackHealth(
    ready=True,
    why_not="",
    socket=SOCKET,
    acks=AckLatency(count=9, p50_ms=4.0, p99_ms=12.0),
    throttled=2,
    auth_age_s=3.0,
    counts={"taken": 7},
)
DOWN = replace(SOCKET, ready=False, why_not="No socket to Slack is open.", sockets=0)


@dataclass
class Said:
    """What each part says at the moment."""

    slack: SlackHealth = SLACK
    backlog: Backlog | Unreachable = field(default_factory=lambda: Backlog(due=5, oldest_s=1.5))
    shared: bool = True
    watched: tuple[Freshness, ...] = ()
    now_s: float = 0.0

    def health(self) -> Health:
        parts = Parts(
            slack=lambda: self.slack,
            backlog=self._backlog,
            budgets_shared=lambda: self.shared,
            watched=lambda: self.watched,
        )
        return Health(parts, Liveness(lambda: self.now_s))

    async def _backlog(self) -> Backlog:
        if isinstance(self.backlog, Unreachable):
            raise self.backlog
        return self.backlog


async def test_a_thousand_who_ask_at_once_ask_the_database_once() -> None:
    asked = 0
    answered = asyncio.Event()

    async def backlog() -> Backlog:
        nonlocal asked
        asked += 1
        await answered.wait()
        return Backlog(due=5, oldest_s=1.5)

    health = Health(Parts(slack=lambda: SLACK, backlog=backlog, budgets_shared=lambda: True))
    impatient = asyncio.create_task(health.report())
    await asyncio.sleep(0)
    crowd = [asyncio.create_task(health.report()) for _ in range(1_000)]
    await asyncio.sleep(0)
    impatient.cancel()
    answered.set()
    assert all(report.ready for report in await asyncio.gather(*crowd))
    assert asked == 1
    await health.report()
    assert asked == 2, "the next look is a new one"


@pytest.fixture
def parts() -> Said:
    return Said()


@pytest.fixture
async def client(parts: Said) -> AsyncIterator["TestClient[Any, Any]"]:
    async with TestClient(TestServer(health_app(parts.health()))) as client:
        yield client


async def test_it_is_ready_when_slack_and_database_are(client: "TestClient[Any, Any]") -> None:
    answer = await client.get("/readyz")
    assert (answer.status, await answer.json()) == (200, {"ready": True, "problems": []})


@pytest.mark.parametrize(("path", "status"), [("/livez", 200), ("/readyz", 503), ("/health", 200), ("/metrics", 200)])
async def test_while_the_bot_starts_it_is_alive_and_not_ready(path: str, status: int) -> None:
    async with TestClient(TestServer(health_app(Health()))) as client:
        answer = await client.get(path)
        assert answer.status == status
        if path == "/readyz":
            assert (await answer.json())["problems"] == ["Starting: the database is being prepared."]


async def test_a_port_that_is_taken_is_one_sentence(unused_tcp_port: int) -> None:
    async with serving_health(Health(), "127.0.0.1", unused_tcp_port):
        with pytest.raises(BadArguments, match=rf"127\.0\.0\.1:{unused_tcp_port}, cannot be had"):
            async with serving_health(Health(), "127.0.0.1", unused_tcp_port):
                pass


async def test_it_is_not_ready_without_its_database_and_says_why(client: "TestClient[Any, Any]", parts: Said) -> None:
    parts.backlog = Unreachable("The database does not answer.")
    answer = await client.get("/readyz")
    assert answer.status == 503
    assert (await answer.json())["problems"] == ["Database: The database does not answer."]
    assert (await client.get("/livez")).status == 200, "a restart does not mend a database"
    assert "outbox" not in await (await client.get("/metrics")).text()


async def test_it_is_not_ready_without_slack_and_says_why(client: "TestClient[Any, Any]", parts: Said) -> None:
    parts.slack = replace(SLACK, ready=False, why_not="No socket to Slack is open.", socket=DOWN)
    answer = await client.get("/readyz")
    assert (answer.status, (await answer.json())["problems"]) == (503, ["Slack: No socket to Slack is open."])


@pytest.mark.parametrize(
    ("socket", "alive"),
    [
        pytest.param(SOCKET, True, id="up"),
        pytest.param(DOWN, False, id="down"),
        pytest.param(replace(DOWN, is_refused=True), True, id="refused by Slack itself"),
        pytest.param(None, True, id="none, as over HTTP"),
    ],
)
async def test_only_sockets_that_stay_down_call_for_a_restart(
    client: "TestClient[Any, Any]", parts: Said, socket: SocketHealth | None, alive: bool
) -> None:
    parts.slack = replace(SLACK, socket=socket)
    assert (await client.get("/livez")).status == 200, "the first look knows nothing of the past"
    parts.now_s = GIVEN_UP_S - 1
    assert (await client.get("/livez")).status == 200
    parts.now_s = GIVEN_UP_S
    assert (await client.get("/livez")).status == (200 if alive else 503)


async def test_sockets_that_came_back_start_the_count_anew(client: "TestClient[Any, Any]", parts: Said) -> None:
    for now_s, socket in ((0.0, DOWN), (GIVEN_UP_S - 1, SOCKET), (GIVEN_UP_S, DOWN), (GIVEN_UP_S + 1, DOWN)):
        parts.now_s, parts.slack = now_s, replace(SLACK, socket=socket)
        assert (await client.get("/livez")).status == 200


async def test_what_is_degraded_is_said_and_does_not_make_it_unready(
    client: "TestClient[Any, Any]", parts: Said
) -> None:
    now = 0.0
    pods = Freshness("pods", clock=lambda: now)
    pods.completed(3)
    now = SILENT_S + 1
    parts.shared, parts.watched = False, (pods,)
    said = await (await client.get("/health")).json()
    assert said["ready"]
    assert [one.split(":")[0] for one in said["degraded"]] == ["Redis", "Cluster"]
    assert said["watched"][0]["kind"] == "pods"
    assert said["outbox"] == {"due": 5, "oldest_s": 1.5, "why": "", "next_s": 0.0}
    assert said["slack"]["socket"]["num_connections"] == 4


async def test_a_scope_that_the_app_lacks_is_named_with_what_needs_it(
    client: "TestClient[Any, Any]", parts: Said
) -> None:
    parts.slack = replace(SLACK, lacking={"files.info": "files:read"})
    said = await (await client.get("/health")).json()
    assert said["ready"]
    assert said["degraded"] == ["Slack refuses files.info: add the scope files:read to the app and install it again."]


def watched_for_a_while() -> Freshness:
    """A watch that told of a change, was cut, and has said nothing for 9 s; of no change for 20."""
    now = 0.0
    pods = Freshness("pods", clock=lambda: now)
    pods.changes = 1
    pods.heard(4)
    pods.reconnects["closed"] += 2
    now = 11.0
    pods.heard(1)
    now = 20.0
    return pods


async def test_how_fresh_each_watch_is_is_told(client: "TestClient[Any, Any]", parts: Said) -> None:
    parts.watched = (watched_for_a_while(), Freshness("jobs", clock=lambda: 0.0))
    pods, jobs = (await (await client.get("/health")).json())["watched"]
    assert (pods["silent_s"], pods["unchanged_s"], pods["reconnects"]) == (9.0, 20.0, {"closed": 2})
    assert (jobs["unchanged_s"], jobs["reconnects"]) == (None, {})
    assert {
        'saas_bot_watch_silent_seconds{kind="pods"} 9',
        'saas_bot_watch_unchanged_seconds{kind="pods"} 20',
        'saas_bot_watch_reconnects_total{kind="pods",reason="closed"} 2',
    } <= set((await (await client.get("/metrics")).text()).splitlines())


async def test_metrics_are_what_prometheus_reads(client: "TestClient[Any, Any]", parts: Said) -> None:
    pods = Freshness("pods", clock=lambda: 0.0)
    pods.heard(4)
    parts.watched = (pods,)
    answer = await client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = (await answer.text()).splitlines()
    assert lines[:3] == [
        "# HELP saas_bot_ready 1 when the bot takes work.",
        "# TYPE saas_bot_ready gauge",
        "saas_bot_ready 1",
    ]
    assert {
        "saas_bot_outbox_due 5",
        'saas_bot_slack_reconnects_total{reason="refresh_requested"} 3',
        r'saas_bot_slack_reconnects_total{reason="say \"hi\""} 1',
        'saas_bot_slack_ack_seconds{quantile="0.99"} 0.012',
        'saas_bot_watch_events_total{kind="pods"} 4',
    } <= set(lines)
    families = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(families) == len(set(families))


async def test_what_waits_for_long_is_told_with_the_reason(client: "TestClient[Any, Any]", parts: Said) -> None:
    assert (await (await client.get("/health")).json())["degraded"] == []
    parts.backlog = Backlog(due=40, oldest_s=240.0, why="Slack asks for a pause.", next_s=26.0)
    body = await (await client.get("/health")).json()
    assert body["degraded"] == [
        "Slack: 40 messages wait to be sent, the oldest for 4 min. Slack asks for a pause. It is tried again in 26 s."
    ]
    assert body["ready"], "more copies would only share the same limit"
