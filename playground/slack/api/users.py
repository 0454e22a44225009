"""users.*: who people are."""

from playground.slack.api.call import Call, Method, Transport, page
from playground.slack.api_error import ApiError
from playground.slack.kinds import WORDS
from playground.slack.limits import Tier
from playground.slack.shapes import channel_json, user_json
from playground.slack.values import ChannelKind, Json, Person


async def info(call: Call) -> Json:
    return {"user": _shown(call, call.user())}


async def list_(call: Call) -> Json:
    """Members of this workspace; strangers from others are not among them."""
    here = [p for p in call.workspace.people.values() if p.team_id == call.workspace.team.id]
    found, cursor = page([_shown(call, person) for person in here], call.args)
    return {"members": found, "cache_ts": int(call.workspace.clock.now()), "response_metadata": {"next_cursor": cursor}}


async def lookup_by_email(call: Call) -> Json:
    wanted = call.args.required("email", error="users_not_found").lower()
    people = call.workspace.people.values()
    found = next((p for p in people if p.email and p.email.lower() == wanted and not p.deleted), None)
    if found is None:
        raise ApiError("users_not_found")
    return {"user": _shown(call, found)}


async def conversations(call: Call) -> Json:
    """The conversations that the app and the named user (or the app alone) are both in."""
    person = call.args.text("user") or call.bot
    wanted = call.args.names("types") or ["public_channel"]
    shared = [
        channel_json(channel, seen_by=call.bot, team=call.workspace.team.id)
        for channel in call.workspace.channels_of(person)
        if WORDS[channel.kind].listed in wanted and (channel.kind is ChannelKind.PUBLIC or call.bot in channel.members)
    ]
    found, cursor = page(shared, call.args)
    return {"channels": found, "response_metadata": {"next_cursor": cursor}}


async def get_presence(call: Call) -> Json:
    return {"presence": call.user().presence.value}


def _shown(call: Call, person: Person) -> Json:
    email = "users:read.email" in call.on.app.scopes
    return user_json(person, call.on.app, email=email, here=call.workspace.team.id)


_READ = ("users:read",)

METHODS = (
    Method("users.info", info, Transport.GET, Tier.T4, _READ),
    Method("users.list", list_, Transport.GET, Tier.T2, _READ),
    Method("users.lookupByEmail", lookup_by_email, Transport.GET, Tier.T3, ("users:read.email",)),
    Method("users.conversations", conversations, Transport.GET, Tier.T3, ("channels:read", "groups:read", "im:read")),
    Method("users.getPresence", get_presence, Transport.GET, Tier.T3, _READ),
)
