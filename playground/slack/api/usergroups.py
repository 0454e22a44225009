"""usergroups.*: groups of people, made, changed, switched off and on; the app hears of each change."""

from dataclasses import replace

from playground.slack.api.call import Call, Method, Transport
from playground.slack.api_error import ApiError
from playground.slack.limits import Tier
from playground.slack.shapes import usergroup_json
from playground.slack.values import Json, UserGroup


async def list_(call: Call) -> Json:
    with_disabled, with_users = call.args.flag("include_disabled"), call.args.flag("include_users")
    groups = [g for g in call.workspace.usergroups.values() if with_disabled or g.date_delete == 0]
    return {"usergroups": [_shown(call, group, users=with_users) for group in groups]}


async def create(call: Call) -> Json:
    name = call.args.required("name")
    handle = call.args.text("handle") or name.lower().replace(" ", "-")
    _require_free(call, handle)
    return _put(call, UserGroup(id=call.workspace.ids.make("S"), handle=handle, name=name))


async def update(call: Call) -> Json:
    group = _group(call)
    handle = call.args.text("handle") or group.handle
    if handle != group.handle:
        _require_free(call, handle)
    return _put(call, replace(group, handle=handle, name=call.args.text("name") or group.name))


async def disable(call: Call) -> Json:
    return _put(call, replace(_group(call), date_delete=int(call.workspace.clock.now())))


async def enable(call: Call) -> Json:
    return _put(call, replace(_group(call), date_delete=0))


async def users_list(call: Call) -> Json:
    group = _group(call)
    if group.date_delete and not call.args.flag("include_disabled"):
        raise ApiError("no_such_subteam")
    return {"users": list(group.users)}


async def users_update(call: Call) -> Json:
    group, users = _group(call), tuple(call.args.names("users"))
    if not users or any(user not in call.workspace.people for user in users):
        raise ApiError("invalid_users")
    call.on.admin.set_members(group.id, users)
    return {"usergroup": _shown(call, call.workspace.usergroups[group.id], users=True)}


def _group(call: Call) -> UserGroup:
    group = call.workspace.usergroups.get(call.args.required("usergroup"))
    if group is None:
        raise ApiError("no_such_subteam")
    return group


def _require_free(call: Call, handle: str) -> None:
    if any(group.handle == handle for group in call.workspace.usergroups.values()):
        raise ApiError("name_already_exists")


def _put(call: Call, group: UserGroup) -> Json:
    shown = _shown(call, group, users=True)
    call.on.admin.put_group(group, shown)
    return {"usergroup": shown}


def _shown(call: Call, group: UserGroup, *, users: bool) -> Json:
    return usergroup_json(group, team=call.workspace.team.id, users=users)


_READ, _WRITE = ("usergroups:read",), ("usergroups:write",)

METHODS = (
    Method("usergroups.list", list_, Transport.GET, Tier.T2, _READ),
    Method("usergroups.create", create, Transport.FORM, Tier.T2, _WRITE),
    Method("usergroups.update", update, Transport.FORM, Tier.T2, _WRITE),
    Method("usergroups.disable", disable, Transport.FORM, Tier.T2, _WRITE),
    Method("usergroups.enable", enable, Transport.FORM, Tier.T2, _WRITE),
    Method("usergroups.users.list", users_list, Transport.GET, Tier.T2, _READ),
    Method("usergroups.users.update", users_update, Transport.FORM, Tier.T2, _WRITE),
)
