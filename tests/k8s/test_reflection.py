"""What events and items do to what is known, and what a reflector does when the server says no."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web

from bot.k8s import freshness as freshness_module
from bot.k8s.freshness import Freshness
from bot.k8s.reflection import Again, Gone, Reflection
from bot.k8s.reflector import Pace, Reflector
from bot.k8s.session import Session
from bot.k8s.splitter import LineTooLong, Splitter
from bot.k8s.watch_events import Added, Bookmark, Deleted, Error, Marked, Modified, event_decoder
from bot.k8s.watching import Limits
from bot.model.kube.meta import Metadata
from bot.model.kube.pods import Pod, PodStatus
from tests.k8s.scripted_server import Respond, ScriptedServer, answering, status

HURRIED = Pace(first=0.001, longest=0.002, forbidden=0.001, breath=0.001, instant=0.0)


class Notes:
    """A sink that writes down what it is told; failed pods matter to it."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def on_object(self, obj: Pod, live: bool) -> bool:
        if obj.status.phase == "Odd":
            raise ValueError("a bug of the detector")
        self.told.append(f"{'live' if live else 'read'} {obj.metadata.uid}@{obj.metadata.resource_version}")
        return obj.status.phase == "Failed"

    def on_deleted(self, uid: str, last: Pod | None) -> None:
        self.told.append(f"gone {uid}{'' if last else ', unseen'}")

    def on_synced(self) -> None:
        self.told.append("synced")


def pod(uid: str, version: int, phase: str = "Running") -> Pod:
    return Pod(metadata=Metadata(name=uid, uid=uid, resource_version=str(version)), status=PodStatus(phase=phase))


def bookmark(version: int, *, ends: bool = False) -> Bookmark:
    annotations = {"k8s.io/initial-events-end": "true"} if ends else {}
    return Bookmark(object=Marked(metadata=Metadata(resource_version=str(version), annotations=annotations)))


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def known(notes: Notes) -> Reflection[Pod]:
    return Reflection(notes, Freshness("pods", lambda: 0.0))


def test_the_initial_events_are_told_as_read_and_their_versions_do_not_count(
    notes: Notes, known: Reflection[Pod]
) -> None:
    known.begin()
    known.apply(Added(object=pod("b", 9)))
    known.apply(Added(object=pod("a", 5)))
    assert known.version == ""
    known.apply(bookmark(7))
    assert known.version == ""
    known.apply(bookmark(10, ends=True))
    known.apply(Modified(object=pod("a", 11)))
    assert notes.told == ["read b@9", "read a@5", "synced", "live a@11"]
    assert known.version == "11"


def test_what_mattered_and_is_not_there_any_more_is_told_as_gone(notes: Notes, known: Reflection[Pod]) -> None:
    for uid, phase in (("a", "Failed"), ("b", "Failed"), ("c", "Running")):
        known.item(pod(uid, 1, phase))
    known.begin()
    known.item(pod("b", 1, "Failed"))
    notes.told.clear()
    known.finish("5")
    assert notes.told == ["gone a, unseen", "synced"]


def test_what_healed_no_longer_matters(notes: Notes, known: Reflection[Pod]) -> None:
    known.item(pod("a", 1, "Failed"))
    known.apply(Modified(object=pod("a", 2)))
    known.begin()
    notes.told.clear()
    known.finish("5")
    assert notes.told == ["synced"]


def test_a_deletion_comes_with_the_last_state(notes: Notes, known: Reflection[Pod]) -> None:
    known.apply(Deleted(object=pod("a", 3)))
    assert notes.told == ["gone a"]
    assert known.version == "3"


def test_beside_a_watch_an_older_item_is_not_told(notes: Notes, known: Reflection[Pod]) -> None:
    known.begin_beside_watch("4")
    known.apply(Modified(object=pod("a", 6, "Failed")))
    known.apply(Deleted(object=pod("b", 7)))
    for item in (pod("a", 5), pod("b", 3, "Failed"), pod("c", 2)):
        known.item(item)
    known.finish("5")
    assert notes.told == ["live a@6", "gone b", "read c@2", "synced"]
    assert known.version == "7"


def test_a_reading_beside_a_watch_that_is_interrupted_begins_anew(known: Reflection[Pod]) -> None:
    known.begin_beside_watch("4")
    known.interrupt()
    assert known.version == ""


def test_a_detectors_bug_is_counted_and_passed_over(notes: Notes, known: Reflection[Pod]) -> None:
    known.apply(Modified(object=pod("a", 2, "Odd")))
    known.apply(Modified(object=pod("b", 3)))
    assert notes.told == ["live b@3"]
    assert known.freshness.faults_of_sink == 1


@pytest.mark.parametrize(
    ("line", "raised"),
    [
        pytest.param(b'{"type":"ERROR","object":{"kind":"Status","code":410}}', Gone, id="410"),
        pytest.param(b'{"type":"ERROR","object":{"kind":"Status","reason":"Expired"}}', Gone, id="expired"),
        pytest.param(
            b'{"type":"ERROR","object":{"kind":"Status","code":504,'
            b'"details":{"causes":[{"reason":"ResourceVersionTooLarge"}]}}}', Gone, id="too large a version",
        ),
        pytest.param(b'{"type":"ERROR","object":{"kind":"Status","code":500,"details":null}}', Again, id="500"),
        pytest.param(b'{"type":"ERROR","object":{}}', Again, id="nothing said"),
    ],
)  # fmt: skip
def test_an_error_in_the_stream_says_how_to_go_on(known: Reflection[Pod], line: bytes, raised: type[Exception]) -> None:
    event = event_decoder(Pod).decode(line)
    assert isinstance(event, Error)
    with pytest.raises(raised):
        known.apply(event)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_lines_are_the_same_however_they_are_cut(size: int) -> None:
    text = b"one\ntwo two\n\nthree" * 3 + b"\n"
    splitter = Splitter()
    lines = [line for start in range(0, len(text), size) for line in splitter.feed(text[start : start + size])]
    assert lines == text.split(b"\n")[:-1]
    assert splitter.rest == 0


def test_an_unfinished_line_is_known_and_an_endless_one_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    splitter = Splitter()
    splitter.feed(b"a\nbc")
    assert splitter.rest == 2
    monkeypatch.setattr("bot.k8s.splitter.LINE_BYTES", 10)
    with pytest.raises(LineTooLong):
        splitter.feed(b"x" * 20)


def test_a_view_that_cannot_be_trusted_says_why() -> None:
    now = [0.0]
    fresh = Freshness("pods", lambda: now[0])
    fresh.begun()
    fresh.trouble = "not allowed"
    assert fresh.complaint == ""
    now[0] = freshness_module.SYNC_S + 1
    assert fresh.complaint == "pods are not all seen after 301 s: not allowed."
    fresh.completed(0)
    assert fresh.complaint == "Nothing was heard of pods for 301 s: not allowed."
    fresh.heard(1)
    assert fresh.complaint == ""


def test_how_fresh_a_view_is_is_told_by_the_clock_on_the_wall() -> None:
    now, wall = [1000.0], datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    fresh = Freshness("pods", lambda: now[0])
    [quiet] = fresh.streams(wall)
    assert (quiet.since, quiet.heard_at, quiet.event_at) == (wall, wall, None)
    now[0] += 10
    fresh.changes += 1
    fresh.heard(1)
    now[0] += 20
    fresh.heard(1)  # a bookmark
    now[0] += 5
    fresh.reconnects["silent"] += 1
    [told] = fresh.streams(wall)
    ago = [(wall - one).total_seconds() for one in (told.since, told.heard_at, told.event_at or wall)]
    assert (ago, told.reconnects) == ([35, 5, 25], {"silent": 1})


def test_a_bookmark_is_no_event_and_neither_is_what_was_there_before(known: Reflection[Pod]) -> None:
    known.begin()
    known.apply(Added(object=pod("a", 1)))
    known.apply(bookmark(2, ends=True))
    known.apply(bookmark(3))
    assert known.freshness.changes == 0
    known.apply(Added(object=pod("b", 4)))
    assert known.freshness.changes == 1


# against a server


@asynccontextmanager
async def reflecting(session: Session, notes: Notes, **limits: float) -> AsyncIterator[Reflector[Pod]]:
    reflector = Reflector(session, Pod, notes, pace=HURRIED, limits=Limits(**limits))  # type: ignore[arg-type]
    task = asyncio.ensure_future(reflector.run())
    try:
        async with asyncio.timeout(20):
            yield reflector
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(notes: Notes, text: str) -> None:
    while text not in notes.told:  # noqa: ASYNC110  # told synchronously
        await asyncio.sleep(0.001)


LIST = answering({"metadata": {"resourceVersion": "5"}, "items": [{"metadata": {"uid": "a", "resourceVersion": "3"}}]})


def lists(watch: Respond) -> Respond:
    """Answer lists with one pod, and watches as told."""

    async def respond(request: web.Request) -> web.StreamResponse:
        return await (watch if "watch" in request.query else LIST)(request)

    return respond


def streaming(*lines: bytes) -> Respond:
    """Say these lines and then nothing."""

    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"".join(line + b"\n" for line in lines))
        await asyncio.Event().wait()
        return response

    return respond


async def test_where_initial_state_cannot_be_streamed_it_is_listed(
    server: ScriptedServer, session: Session, notes: Notes
) -> None:
    server.respond = lists(status(422, "Invalid", "sendInitialEvents is forbidden"))
    async with reflecting(session, notes):
        await until(notes, "synced")
        while len(server.heard) < 3:  # noqa: ASYNC110  # the watch from there on
            await asyncio.sleep(0.001)
    assert notes.told[:2] == ["read a@3", "synced"]
    assert server.heard[2].query["resourceVersion"] == "5"


async def test_a_server_that_never_ends_its_initial_state_is_listed_after_three_tries(
    server: ScriptedServer, session: Session, notes: Notes
) -> None:
    server.respond = lists(streaming(b'{"type":"ADDED","object":{"metadata":{"uid":"a","resourceVersion":"3"}}}'))
    async with reflecting(session, notes, initial=0.05):
        await until(notes, "synced")
    assert sum("sendInitialEvents" in heard.query for heard in server.heard) == 3


async def test_what_is_not_allowed_is_told_and_asked_again(
    server: ScriptedServer, session: Session, notes: Notes
) -> None:
    server.respond = status(
        403, "Forbidden", 'User "bot" cannot watch resource "pods" in API group "" at the cluster scope'
    )
    async with reflecting(session, notes) as reflector:
        while not reflector.freshness.trouble:  # noqa: ASYNC110  # set synchronously
            await asyncio.sleep(0.001)
        assert "no rule lets bot watch pods in the whole cluster" in reflector.freshness.forbidden
        server.respond = streaming(
            b'{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"1",'
            b'"annotations":{"k8s.io/initial-events-end":"true"}}}}'
        )
        await until(notes, "synced")
        assert reflector.freshness.trouble == ""


async def test_history_lost_right_after_reading_twice_makes_it_read_beside_a_watch(
    server: ScriptedServer, session: Session, notes: Notes
) -> None:
    expired = status(410, "Expired", "too old resource version")
    event = streaming(b'{"type":"MODIFIED","object":{"metadata":{"uid":"a","resourceVersion":"8"}}}')

    async def respond(request: web.Request) -> web.StreamResponse:
        if "sendInitialEvents" in request.query:
            return await status(422, "Invalid", "forbidden")(request)
        beside = any(heard.query.get("limit") == "1" for heard in server.heard)
        return await lists(event if beside else expired)(request)

    server.respond = respond
    async with reflecting(session, notes):
        await until(notes, "live a@8")
    assert notes.told.count("synced") >= 2


async def test_an_object_that_does_not_fit_is_passed_over_and_its_version_kept(
    server: ScriptedServer, session: Session, notes: Notes
) -> None:
    server.respond = lists(
        streaming(
            b'{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"1",'
            b'"annotations":{"k8s.io/initial-events-end":"true"}}}}',
            b'{"type":"ADDED","object":{"metadata":{"uid":"x","resourceVersion":"2"},"status":{"phase":7}}}',
            b'{"type":"ADDED","object":{"metadata":{"uid":"y","resourceVersion":"3"}}}',
        )
    )
    async with reflecting(session, notes) as reflector:
        await until(notes, "live y@3")
        assert reflector.freshness.undecodable == 1
