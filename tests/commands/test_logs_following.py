"""logs --follow: whose lines come, from when on, when it ends, and what stays when a part of it fails."""

import asyncio

import pytest

from bot.errors import BotError, Denied, NotFound, Unreachable
from bot.model.reply import Buttons, Reply, Text
from tests.commands.log_stage import Stage, crashed, finished, running, starting
from tests.fakes.objects import deployment, meta, replica_set

WEB = (deployment("web", replicas=2), replica_set("web", 12, replicas=2))


@pytest.fixture
def stage() -> Stage:
    """Two pods of a deployment."""
    made = Stage()
    made.cluster.add(*WEB, running("web-r12-a"), running("web-r12-b"))
    return made


async def the_end(following: "asyncio.Task[Reply]") -> Reply:
    """What remains."""
    return await asyncio.wait_for(following, 20)


async def test_new_lines_are_told_and_trouble_is_marked(stage: Stage) -> None:
    async with stage.follow("logs web-r12-a -f") as following:
        stage.say("web-r12-a", "one")
        stage.say("web-r12-a", "KeyError: 'X'")
        await stage.told("one", "▸ KeyError: 'X'")
        assert stage.screen.shown[0].headline == "New lines of pod/web-r12-a are in the thread"
        stage.add(finished("web-r12-a"))
        stage.fall_silent("web-r12-a")
        end = await the_end(following)
    assert end.headline == "The log of pod/web-r12-a has ended: its container has ended"
    assert Text("2 lines") in end.parts


async def test_lines_of_a_workload_name_their_pod_and_begin_with_as_many_together_as_one(stage: Stage) -> None:
    async with stage.follow("logs deployment/web -f --tail 10"):
        stage.say("web-r12-b", "hello")
        await stage.told("b | hello")
        assert [query.tail for query in stage.logs.asked] == [5, 5]


async def test_a_pod_that_joins_is_named_and_followed_from_its_first_line(stage: Stage) -> None:
    async with stage.follow("logs deployment/web -f"):
        await stage.until(lambda: len(stage.logs.open) == 2)
        stage.add(running("web-r12-c"))
        stage.say("web-r12-c", "I am new")
        await stage.told("── web-r12-c has joined", "c | I am new")
        assert stage.screen.shown[-1].parts == (Text("Of `web-r12-a`, `web-r12-b`, `web-r12-c`"),)


async def test_a_restart_of_the_workload_is_followed_from_the_old_pods_to_the_new(stage: Stage) -> None:
    async with stage.follow("logs deployment/web -f") as following:
        await stage.until(lambda: len(stage.logs.open) == 2)
        for name in ("web-r12-a", "web-r12-b"):
            stage.remove("pods", name)
            stage.fall_silent(name)
        await stage.until(lambda: not stage.logs.open)
        await stage.until(lambda: stage.screen.shown[-1].parts[0] != stage.screen.shown[0].parts[0])
        stage.add(running("web-r12-c"))
        stage.say("web-r12-c", "I am new")
        await stage.until(lambda: "c | I am new" in stage.screen.told)
        assert not following.done()
    assert {"── web-r12-a is gone", "── web-r12-b is gone", "── web-r12-c has joined"} < set(stage.screen.told)


async def test_a_container_that_starts_again_is_followed_again_and_repeats_nothing(stage: Stage) -> None:
    async with stage.follow("logs web-r12-a -f") as following:
        stage.say("web-r12-a", "first life", second=1)
        await stage.told("first life")
        stage.add(crashed("web-r12-a"))
        stage.fall_silent("web-r12-a")
        await stage.until(lambda: not stage.logs.open)
        assert not following.done()
        stage.add(running("web-r12-a", restarts=1))
        stage.say("web-r12-a", "first life", second=1)
        stage.say("web-r12-a", "second life", second=2)
        await stage.told("first life", "── web-r12-a has restarted, once", "second life")


async def test_a_pod_that_has_not_started_is_waited_for(stage: Stage) -> None:
    stage.cluster.add(starting("web-r12-a"))
    async with stage.follow("logs web-r12-a -f") as following:
        await stage.until(lambda: stage.screen.shown)
        assert not stage.logs.asked
        stage.add(running("web-r12-a"))
        stage.say("web-r12-a", "here I am")
        await stage.told("here I am")
        assert not following.done()


@pytest.mark.parametrize(
    ("line", "gone", "words"),
    [
        pytest.param("logs web-r12-a -f", ["pods/web-r12-a"], "pod/web-r12-a has ended: the pod is gone", id="pod"),
        pytest.param(
            "logs deployment/web -f",
            ["deployments/web", "pods/web-r12-a", "pods/web-r12-b"],
            "deployment/web has ended: its pods are gone",
            id="workload",
        ),
    ],
)
async def test_what_is_deleted_ends(stage: Stage, line: str, gone: list[str], words: str) -> None:
    async with stage.follow(line) as following:
        await stage.until(lambda: stage.logs.open)
        for one in gone:
            kind, _, name = one.partition("/")
            stage.remove(kind, name)
            stage.fall_silent(name)
        assert (await the_end(following)).headline == f"The log of {words}"


async def test_a_job_is_followed_over_its_tries_until_it_is_done(stage: Stage) -> None:
    job = {"kind": "Job", "metadata": meta("web"), "spec": {"selector": {"matchLabels": {"app": "web"}}}}
    stage.cluster.add(job)
    async with stage.follow("logs job/web -f") as following:
        await stage.until(lambda: len(stage.logs.open) == 2)
        for name in ("web-r12-a", "web-r12-b"):
            stage.add(finished(name))
            stage.fall_silent(name)
        await stage.until(lambda: not stage.logs.open)
        assert not following.done()
        done = {"conditions": [{"type": "Complete", "status": "True"}]}
        stage.add({**job, "status": done})
        assert (await the_end(following)).headline == "The log of job/web has ended: its containers have ended"


async def test_more_than_twenty_are_followed_one_after_the_other(stage: Stage) -> None:
    async with stage.follow("logs -l app=web -f"):
        await stage.until(lambda: len(stage.logs.open) == 2)
        stage.add(*(running(f"web-r12-x{number}") for number in range(25)))
        await stage.until(lambda: len(stage.logs.open) == 20)
        assert "20 at a time" in str(stage.screen.shown[-1].parts)
        stage.add(finished("web-r12-a"))
        stage.fall_silent("web-r12-a")
        await stage.until(lambda: len(stage.logs.asked) == 21)
        assert len(stage.logs.open) <= 20


async def test_while_the_cluster_cannot_be_asked_lines_still_come(stage: Stage) -> None:
    async with stage.follow("logs deployment/web -f") as following:
        await stage.until(lambda: len(stage.logs.open) == 2)
        stage.cluster.refusing["deployments"] = Unreachable("The API server does not answer.")
        stage.add(running("web-r12-c"))
        stage.say("web-r12-a", "still here")
        await stage.told("a | still here")
        del stage.cluster.refusing["deployments"]
        stage.add()
        await stage.told("a | still here", "── web-r12-c has joined")
        assert not following.done()


async def test_one_container_that_cannot_be_read_is_said_and_the_others_go_on(stage: Stage) -> None:
    async with stage.follow("logs deployment/web -f") as following:
        await stage.until(lambda: len(stage.logs.open) == 2)
        stage.fall_silent("web-r12-a", Denied("The bot may not read logs here."))
        stage.say("web-r12-b", "still here")
        await stage.until(lambda: len(stage.screen.told) == 2)
        assert set(stage.screen.told) == {
            "── web-r12-a is not followed: The bot may not read logs here.",
            "b | still here",
        }
        assert not following.done()


@pytest.mark.parametrize(
    ("line", "error"),
    [
        pytest.param("logs wbe-r12-a -f", NotFound, id="no such pod"),
        pytest.param("logs web-r12-a -c nope -f", NotFound, id="no such container"),
    ],
)
async def test_what_does_not_exist_is_refused_as_ever(stage: Stage, line: str, error: type[BotError]) -> None:
    async with stage.follow(line) as following:
        with pytest.raises(error):
            await the_end(following)
    assert not stage.screen.shown


async def test_what_nobody_can_read_ends_with_the_reason(stage: Stage) -> None:
    stage.fall_silent("web-r12-a", Denied("The bot may not read logs here."))
    async with stage.follow("logs web-r12-a -f") as following:
        with pytest.raises(Denied, match="may not read logs"):
            await the_end(following)


async def test_only_lines_that_contain_a_text_are_told(stage: Stage) -> None:
    async with stage.follow("logs web-r12-a -f --grep full"):
        stage.say("web-r12-a", "queue empty")
        stage.say("web-r12-a", "queue FULL")
        await stage.told("queue FULL")
        assert stage.screen.shown[0].headline == "New lines of pod/web-r12-a containing “full” are in the thread"


async def test_the_end_of_a_log_offers_to_follow_it_again(stage: Stage) -> None:
    async with stage.follow("logs web-r12-a --follow --grep x") as following:
        stage.add(finished("web-r12-a"))
        stage.fall_silent("web-r12-a")
        [offers] = [part for part in (await the_end(following)).parts if isinstance(part, Buttons)]
    assert [one.line for one in offers.buttons] == ["logs pod/web-r12-a --tail 40 --grep x --follow -n saasodoo"]


async def test_stopping_lets_go_of_every_stream(stage: Stage) -> None:
    async with stage.follow("logs deployment/web -f"):
        await stage.until(lambda: len(stage.logs.open) == 2)
    assert not stage.logs.open
