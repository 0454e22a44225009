"""Slack's JSON for what the workspace holds: messages, users, channels, groups, files, views."""

from urllib.parse import quote

from playground.slack.installation import Installation
from playground.slack.values import Channel, ChannelKind, File, Json, Message, Person, Team, UserGroup, View
from playground.slack.workspace import Workspace


def message_json(workspace: Workspace, app: Installation, message: Message, *, metadata: bool = False) -> Json:
    """A message as conversations.history and interaction payloads show it."""
    shape: Json = {"type": "message", "ts": message.ts, "text": message.text, "team": workspace.team.id}
    optional: Json = {
        "subtype": message.subtype,
        "user": message.user,
        "bot_id": message.bot_id,
        "app_id": app.app_id if message.bot_id == app.bot_id else None,
        "username": message.username,
        "thread_ts": message.thread_ts,
        "blocks": list(message.blocks),
        "attachments": list(message.attachments),
        "files": [
            file_json(workspace.files[file], workspace.origin) for file in message.files if file in workspace.files
        ],
        "reactions": [{"name": r.name, "users": list(r.users), "count": len(r.users)} for r in message.reactions],
        "metadata": message.metadata if metadata else None,
    }
    shape |= {key: value for key, value in optional.items() if value}
    if message.edited is not None:
        shape["edited"] = {"user": message.edited.user, "ts": message.edited.ts}
    if message.reply_count:
        shape |= {
            "reply_count": message.reply_count,
            "reply_users": list(message.reply_users),
            "reply_users_count": len(message.reply_users),
            "latest_reply": message.latest_reply,
            "is_locked": False,
            "subscribed": False,
        }
    return shape


def user_json(person: Person, app: Installation, *, email: bool, here: str) -> Json:
    """A user as users.info shows one; the address only with the scope users:read.email, *here* is the asking team."""
    profile: Json = {
        "title": person.title,
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "status_text": "",
        "status_emoji": "",
        "team": person.team_id,
    }
    if email and person.email is not None:
        profile["email"] = person.email
    if person.is_bot:
        profile |= {"api_app_id": app.app_id, "bot_id": app.bot_id}
    shape: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "color": person.colour,
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": person.tz_offset,
        "profile": profile,
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "is_email_confirmed": not person.is_bot,
        "updated": 0,
    }
    if person.team_id != here:
        shape["is_stranger"] = person.is_stranger
    return shape


def channel_json(channel: Channel, *, seen_by: str, team: str) -> Json:
    """A conversation as conversations.info shows it to the app's user *seen_by*."""
    if channel.kind is ChannelKind.IM:
        other = next((member for member in channel.members if member != seen_by), seen_by)
        return {
            "id": channel.id,
            "created": channel.created,
            "is_im": True,
            "is_archived": channel.is_archived,
            "is_org_shared": False,
            "user": other,
            "is_user_deleted": False,
            "priority": 0,
        }
    private = channel.kind is ChannelKind.PRIVATE
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "is_archived": channel.is_archived,
        "is_general": channel.name == "general",
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_member": seen_by in channel.members,
        "created": channel.created,
        "creator": channel.creator,
        "context_team_id": team,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }


def usergroup_json(group: UserGroup, *, team: str, users: bool) -> Json:
    shape: Json = {
        "id": group.id,
        "team_id": team,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": 0,
        "date_update": 0,
        "date_delete": group.date_delete,
        "auto_type": None,
        "is_idp_group": group.is_idp_group,
        "is_membership_locked": group.is_membership_locked,
        "prefs": {"channels": [], "groups": []},
        "user_count": len(group.users),
    }
    return shape | ({"users": list(group.users)} if users else {})


def file_json(file: File, origin: str) -> Json:
    """A file; its bytes are at url_private, for who holds the bot's token."""
    url = f"{origin}/files/{file.id}/{quote(file.name, safe='')}"
    shares: Json = {}
    for channel, ts in file.shares:
        shares.setdefault("public", {}).setdefault(channel, []).append({"ts": ts, "channel_name": channel})
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.filetype,
        "user": file.user,
        "size": len(file.content),
        "mode": "snippet" if file.snippet_type else "hosted",
        "is_external": False,
        "is_public": True,
        "url_private": url,
        "url_private_download": url,
        "permalink": url,
        "shares": shares,
        "channels": [channel for channel, _ in file.shares],
    }


def view_json(view: View, app: Installation) -> Json:
    """A view as views.* replies and interaction payloads show it."""
    return {
        "id": view.id,
        "team_id": app.team_id,
        "app_id": app.app_id,
        "app_installed_team_id": app.team_id,
        "bot_id": app.bot_id,
        "type": view.type.value,
        "title": view.title or {"type": "plain_text", "text": "View Title", "emoji": True},
        "submit": view.submit,
        "close": view.close,
        "blocks": list(view.blocks),
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        "external_id": view.external_id,
        "state": {"values": view.state},
        "hash": view.hash,
        "clear_on_close": view.clear_on_close,
        "notify_on_close": view.notify_on_close,
        "submit_disabled": view.submit_disabled,
        "root_view_id": view.root_view_id or view.id,
        "previous_view_id": view.previous_view_id,
    }


def team_json(team: Team) -> Json:
    return {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}
