"""Looks that go on: what they show while they do, what remains at the end, and what may not go on."""

import pytest

from bot.errors import BadArguments, BotError, NotFound, Unreachable
from bot.model.logs import LogLine, LogRead, LogSource
from bot.model.reply import Buttons, Reply, Table, Text, Tone
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


async def test_new_lines_are_told_and_trouble_is_marked() -> None:
    screen = FakeScreen()
    end = await follow("logs web-r12-a -f", web(), "one", "KeyError: 'X'", screen=screen)
    assert [shown.headline for shown in screen.shown] == ["New lines of pod/web-r12-a are in the thread"]
    assert screen.told == ["one", "▸ KeyError: 'X'"]
    assert end.headline == "The log of pod/web-r12-a has ended: its container has ended"
    assert Text("2 lines") in end.parts


async def test_several_pods_begin_with_as_many_lines_together_as_one() -> None:
    logs = FakeLogs()
    understood = parsed("logs deployment/web -f --tail 10")
    assert isinstance(understood.command, Live)
    await understood.command.follow(understood.args, context(web(), logs), FakeScreen())
    assert [query.tail for query in logs.asked] == [5]


async def test_the_end_of_a_log_offers_to_follow_it_again() -> None:
    end = await follow("logs deployment/web --follow --grep x", web(), screen=FakeScreen())
    [offers] = [part for part in end.parts if isinstance(part, Buttons)]
    assert [offer.line for offer in offers.buttons] == ["logs deployment/web --tail 40 --grep x --follow -n saasodoo"]


async def test_only_lines_that_contain_a_text_are_told() -> None:
    screen = FakeScreen()
    await follow("logs web-r12-a -f --grep full", web(), "queue empty", "queue FULL", screen=screen)
    assert screen.told == ["queue FULL"]
    assert screen.shown[0].headline == "New lines of pod/web-r12-a containing “full” are in the thread"


async def test_a_log_that_ends_with_its_pod_says_so() -> None:
    cluster = web()

    class Deleting(FakeScreen):
        def tell(self, line: str) -> None:
            del cluster.objects[("pods", "saasodoo", "web-r12-a")]

    assert (await follow("logs web-r12-a -f", cluster, "one", screen=Deleting())).headline.endswith("the pod is gone")


async def test_a_log_of_what_does_not_exist_is_refused_as_ever() -> None:
    screen = FakeScreen()
    with pytest.raises(NotFound, match="No pod “wbe-r12-a”"):
        await follow("logs wbe-r12-a -f", web(), screen=screen)
    assert not screen.shown


async def test_a_rollout_that_has_ended_is_answered_at_once() -> None:
    screen = FakeScreen()
    end = await follow("rollout status web", web(), screen=screen)
    assert (end.headline, end.tone) == ("deployment/web is rolled out", Tone.GOOD)
    assert not screen.shown


async def test_a_rollout_is_shown_while_it_runs() -> None:
    screen = FakeScreen()
    await failing(web(ready=1), screen, "rollout status web")
    assert [shown.tone for shown in screen.shown] == [Tone.RUNNING]


async def test_a_list_shows_as_many_rows_as_a_card_holds() -> None:
    many = FakeCluster().add(*(pod(f"p{number:02}", app="odoo") for number in range(25)))
    screen = FakeScreen()
    await failing(many, screen, "get pods --watch")
    [shown] = screen.shown
    [table, more] = shown.parts
    assert isinstance(table, Table)
    assert (len(table.rows), len(table.row_buttons)) == (20, 20)
    assert more == Text("and 5 more; a selector (`-l`) narrows it down")
    assert shown.headline.startswith("25 pods")


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
