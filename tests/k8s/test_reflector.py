"""What a reflector does when the server says no, never ends, forgets, or sends what does not fit."""

import asyncio

from aiohttp import web

from bot.k8s.session import Session
from tests.k8s.reflecting import Notes, lists, reflecting, streaming, until
from tests.k8s.scripted_server import ScriptedServer, status


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
