"""The control API under /_control: break things, act as a person, look at the wire, record and replay."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from aiohttp import web

from playground.slack.api.call import Args
from playground.slack.api.endpoint import arguments
from playground.slack.api_error import ApiError
from playground.slack.journal import Journal
from playground.slack.lasting import in_effect
from playground.slack.mischief import MISCHIEF, Wires
from playground.slack.people import Outcome, People
from playground.slack.replay import Replay
from playground.slack.values import Json
from playground.slack.workspace import Workspace

# How many of the newest entries state shows; a recording has them all.
SHOWN_ENTRIES = 200

Act = Callable[[People, str, Args], Awaitable[Outcome]]


async def _say(people: People, person: str, args: Args) -> Outcome:
    return await people.say(person, args.required("channel"), args.required("text"), thread_ts=args.text("thread_ts"))


async def _click(people: People, person: str, args: Args) -> Outcome:
    where, ts = args.required("channel"), args.required("message_ts")
    block_id, action_id = args.required("block_id"), args.required("action_id")
    return await people.click(person, where, ts, block_id, action_id, entered=args.structure("entered"))


async def _click_in_view(people: People, person: str, args: Args) -> Outcome:
    block_id, action_id = args.required("block_id"), args.required("action_id")
    entered, form = args.structure("entered"), args.structure("form")
    return await people.click_in_view(person, args.required("view_id"), block_id, action_id, entered=entered, form=form)


async def _submit(people: People, person: str, args: Args) -> Outcome:
    return await people.submit(person, args.required("view_id"), args.structure("form") or {})


async def _close(people: People, person: str, args: Args) -> Outcome:
    return await people.close(person, args.required("view_id"), all_views=args.flag("all_views"))


async def _shortcut(people: People, person: str, args: Args) -> Outcome:
    channel, ts = args.text("channel"), args.text("message_ts")
    return await people.shortcut(person, args.required("callback_id"), channel=channel, message_ts=ts)


async def _open_home(people: People, person: str, _args: Args) -> Outcome:
    return await people.open_home(person)


ACTS: Mapping[str, Act] = {
    "say": _say,
    "click": _click,
    "click-in-view": _click_in_view,
    "submit": _submit,
    "close": _close,
    "shortcut": _shortcut,
    "open-home": _open_home,
}


class Control:
    def __init__(self, *, wires: Wires, workspace: Workspace, people: People, journal: Journal, replay: Replay) -> None:
        self._wires = wires
        self._workspace = workspace
        self._people = people
        self._journal = journal
        self._replay = replay

    def add_routes(self, app: web.Application) -> None:
        app.add_routes(
            [
                web.get("/_control/", self._index),
                web.get("/_control/state", self._state),
                web.post("/_control/break/{name}", self._break),
                web.post("/_control/act/{name}", self._act),
                web.get("/_control/recording", self._recording),
                web.post("/_control/replay", self._replay_lines),
            ]
        )

    def state(self) -> Json:
        """What the inspector shows: connections, deliveries, calls, limits, faults."""
        sockets, wires = self._wires.sockets, self._wires
        return {
            "now": wires.clock.now(),
            "connections": [{"name": c.name, "half_open": c.half_open} for c in sockets.connections],
            "ghosts": sockets.ghosts,
            "faults": asdict(wires.faults),
            "scopes": sorted(wires.app.scopes),
            "revoked": sorted(kind.name.lower() for kind in wires.app.revoked),
            "limits": wires.limits.meters(),
            "deliveries": [asdict(entry) for entry in list(self._journal.deliveries)[-SHOWN_ENTRIES:]],
            "calls": [asdict(entry) for entry in list(self._journal.calls)[-SHOWN_ENTRIES:]],
        }

    def cause(self, name: str, args: Args) -> None:
        """Break one thing by its name in MISCHIEF."""
        MISCHIEF[name].do(self._wires, args)

    def in_effect(self) -> frozenset[str]:
        """Names of what is broken now."""
        return in_effect(self._wires)

    async def _index(self, _request: web.Request) -> web.Response:
        """Say what can be broken and acted."""
        return web.json_response({"break": {name: m.says for name, m in MISCHIEF.items()}, "act": sorted(ACTS)})

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(self.state(), dumps=lambda value: json.dumps(value, default=str))

    async def _break(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in MISCHIEF:
            return _refused(404, f"Nothing is called {name!r}. GET /_control/ lists what can be broken.")
        try:
            self.cause(name, Args(await arguments(request)))
        except (ApiError, KeyError, ValueError):
            return _refused(400, f"{name} does not understand these arguments. Nothing was broken.")
        return web.json_response({"ok": True, "says": MISCHIEF[name].says})

    async def _act(self, request: web.Request) -> web.Response:
        act, args = ACTS.get(request.match_info["name"]), Args(await arguments(request))
        if act is None:
            return _refused(404, "There is no such act. GET /_control/ lists them.")
        person = self._workspace.person(args.text("person") or "")
        if person is None:
            return _refused(400, "Say as whom: person takes a name or an id.")
        channel = self._workspace.channel(args.text("channel") or "")
        if channel is not None:
            args.raw["channel"] = channel.id
        try:
            outcome = await act(self._people, person.id, args)
        except ApiError as error:
            return _refused(400, f"An argument is missing ({error.details or error.code}). Nothing was done.")
        return web.json_response({"ok": outcome.ok, "failure": outcome.failure, "errors": dict(outcome.errors)})

    async def _recording(self, _request: web.Request) -> web.Response:
        """Everything that is kept of the wire, as JSON lines for replay."""
        return web.Response(text=self._journal.lines(), content_type="application/jsonl")

    async def _replay_lines(self, request: web.Request) -> web.Response:
        """Deliver the recording in the body again."""
        try:
            answers = await self._replay.run((await request.text()).splitlines(), pauses="pauses" in request.query)
        except (ValueError, KeyError, TypeError):
            return _refused(400, "This recording cannot be read. Not all of it was replayed.")
        return web.json_response({"ok": True, "outcomes": [type(answer).__name__.lower() for answer in answers]})


def _refused(status: int, sentence: str) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error": sentence}
    return web.json_response(body, status=status)
