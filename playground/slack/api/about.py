"""Who and where the app is: auth, api, apps, team, bots, emoji, dnd; and blocks.validate."""

from playground.slack.api.call import Call, Method, Transport
from playground.slack.api_error import ApiError
from playground.slack.blockkit.blocks import Surface
from playground.slack.blockkit.judge import problems
from playground.slack.blockkit.rules import Problem
from playground.slack.content import attachment_problems, view_problems
from playground.slack.installation import TokenKind
from playground.slack.limits import Tier
from playground.slack.shapes import team_json
from playground.slack.values import Json, ViewType


async def api_test(call: Call) -> Json:
    if call.args.text("error"):
        raise ApiError(call.args.required("error"))
    return {"args": call.args.raw}


async def auth_test(call: Call) -> Json:
    app, team = call.on.app, call.workspace.team
    return {
        "url": call.on.address("/"),
        "team": team.name,
        "user": app.manifest.bot_display_name,
        "team_id": team.id,
        "user_id": app.bot_user,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


async def auth_revoke(call: Call) -> Json:
    rehearsal = call.args.flag("test")
    if not rehearsal:
        call.on.app.revoked.add(TokenKind.BOT)
    return {"revoked": not rehearsal}


async def connections_open(call: Call) -> Json:
    if not call.on.app.manifest.socket_mode:
        raise ApiError("not_allowed_token_type")
    ticket = call.on.sockets.ticket()
    return {"url": call.on.socket_address(f"/link/?ticket={ticket}&app_id={call.on.app.app_id}")}


async def team_info(call: Call) -> Json:
    return {"team": team_json(call.workspace.team)}


async def bots_info(call: Call) -> Json:
    app = call.on.app
    if call.args.text("bot") not in (None, app.bot_id):
        raise ApiError("bot_not_found")
    shown = {"id": app.bot_id, "app_id": app.app_id, "user_id": app.bot_user, "name": app.manifest.bot_display_name}
    return {"bot": shown | {"deleted": False, "icons": {}}}


async def emoji_list(_call: Call) -> Json:
    return {"emoji": {}}


async def dnd_info(call: Call) -> Json:
    call.user()
    return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1, "snooze_enabled": False}


async def blocks_validate(call: Call) -> Json:
    """Judge exactly one of blocks, message, view without showing it."""
    given = [name for name in ("blocks", "message", "view") if name in call.args]
    if len(given) != 1:
        raise ApiError("invalid_arguments")
    found = _judged(call, given[0])
    if found:
        raise ApiError(f"invalid_{given[0]}", errors=[_shown(problem) for problem in found])
    return {}


def _judged(call: Call, name: str) -> list[Problem]:
    value = call.args.structure(name)
    if name == "blocks":
        return problems(value, Surface.MESSAGE, pointer="")
    if not isinstance(value, dict):
        return [Problem("", "must provide an object")]
    if name == "message":
        found = problems(value["blocks"], Surface.MESSAGE) if "blocks" in value else []
        return found + (attachment_problems(value["attachments"]) if "attachments" in value else [])
    if value.get("type") not in list(ViewType):
        return [Problem("/type", "must be one of: modal, home")]
    return [Problem(p.pointer.removeprefix("/view"), p.message) for p in view_problems(value)]


def _shown(problem: Problem) -> Json:
    code = "missing_field" if problem.message.startswith("missing") else "failed_constraint"
    return {"pointer": problem.pointer, "code": code, "message": problem.message}


METHODS = (
    Method("api.test", api_test, Transport.FORM, Tier.T4),
    Method("auth.test", auth_test, Transport.FORM, Tier.SPECIAL),
    Method("auth.revoke", auth_revoke, Transport.GET, Tier.T3),
    Method("apps.connections.open", connections_open, Transport.FORM, Tier.T3, (), TokenKind.APP),
    Method("team.info", team_info, Transport.GET, Tier.T3, ("team:read",)),
    Method("bots.info", bots_info, Transport.GET, Tier.T3, ("users:read",)),
    Method("emoji.list", emoji_list, Transport.GET, Tier.T2, ("emoji:read",)),
    Method("dnd.info", dnd_info, Transport.GET, Tier.T3, ("dnd:read",)),
    Method("blocks.validate", blocks_validate, Transport.FORM, Tier.T3),
)
