"""Looks that go on: what they show while they do, what remains at the end, and what may not go on."""

import pytest

from bot.errors import BadArguments, BotError, Unreachable
from bot.model.logs import LogLine, LogRead, LogSource
from bot.model.reply import Reply, Text, Tone
from bot.spec import Live
from tests.commands.asking import context, parsed
from tests.fakes.cluster import FakeCluster
from tests.fakes.logs import FakeLogs
from tests.fakes.objects import deployment, pod, replica_set
from tests.fakes.screen import FakeScreen

POD_A = LogSource("web-r12-a", "app")


def web(ready: int = 2) -> FakeCluster:
    return FakeCluster().add(
        deployment("web", replicas=2, ready=ready),
        replica_set("web", 12, replicas=2),
        pod("web-r12-a", owner="web-r12", app="web"),
        pod("web-r12-b", owner="web-r12", app="web"),
    )


async def follow(line: str, cluster: FakeCluster, *said: str, screen: FakeScreen) -> Reply:
    """What remains of the line's answer when it has ended."""
    understood = parsed(line)
    assert isinstance(understood.command, Live)
    assert understood.command.goes_on(understood.args)
    logs = FakeLogs(LogRead(lines=tuple(LogLine(POD_A, None, text) for text in said)))
    return await understood.command.follow(understood.args, context(cluster, logs), screen)


async def failing(cluster: FakeCluster, screen: FakeScreen, line: str) -> str:
    with pytest.raises(BotError) as failed:
        await follow(line, cluster, screen=screen)
    return str(failed.value)


async def test_a_rollout_that_has_ended_is_answered_at_once() -> None:
    screen = FakeScreen()
    end = await follow("rollout status web", web(), screen=screen)
    assert (end.headline, end.tone) == ("deployment/web is rolled out", Tone.GOOD)
    assert not screen.shown


async def test_a_rollout_is_shown_while_it_runs() -> None:
    screen = FakeScreen()
    await failing(web(ready=1), screen, "rollout status web")
    assert [shown.tone for shown in screen.shown] == [Tone.RUNNING]


async def test_while_the_cluster_is_silent_the_last_look_stays_and_is_called_old() -> None:
    cluster = web()
    cluster.ticks = 2

    class Outage(FakeScreen):
        async def turn(self) -> None:
            cluster.refusing["pods"] = Unreachable("The API server does not answer.")

    screen = Outage()
    assert await failing(cluster, screen, "get pods -w") == "The cluster tells of no more changes."
    first, second = screen.shown
    assert second.parts == (*first.parts, Text("This may be old: The API server does not answer."))


async def test_what_cannot_be_seen_at_first_is_refused() -> None:
    cluster = web()
    cluster.refusing["pods"] = Unreachable("The API server does not answer.")
    screen = FakeScreen()
    assert await failing(cluster, screen, "get pods -w") == "The API server does not answer."
    assert not screen.shown


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param("logs web-r12-a --previous -f", "nothing to --follow", id="what has ended"),
        pytest.param("get secrets --watch", "--watch is for pods, nodes", id="a kind that must not be streamed"),
    ],
)
def test_what_cannot_go_on_is_refused(line: str, why: str) -> None:
    with pytest.raises(BadArguments, match=why):
        parsed(line)


def test_watching_needs_the_right_to_watch() -> None:
    understood = parsed("get pods -w")
    assert understood.command.needs is not None
    [rule] = understood.command.needs(understood.args)
    assert rule.verbs == ("list", "watch")
