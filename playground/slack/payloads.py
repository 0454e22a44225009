"""The payloads of slash commands, interactions and events, key by key as Slack sends them."""

from dataclasses import dataclass

from playground.slack.installation import Installation
from playground.slack.shapes import message_json, view_json
from playground.slack.values import Channel, ChannelKind, Json, Message, Person, View
from playground.slack.workspace import Workspace

# Deprecated by Slack in favour of signatures, still sent; apps must not rely on it.
VERIFICATION_TOKEN = "practice-verification-token"  # noqa: S105 - not a secret, and not checked by anybody


def name_in_payload(channel: Channel) -> str:
    match channel.kind:
        case ChannelKind.IM:
            return "directmessage"
        case ChannelKind.PRIVATE:
            return "privategroup"
        case ChannelKind.PUBLIC:
            return channel.name


@dataclass(frozen=True, slots=True)
class Payloads:
    """Builds the payloads that one app in one workspace gets."""

    workspace: Workspace
    app: Installation

    def slash(
        self, person: Person, channel: Channel, *, command: str, text: str, trigger_id: str, response_url: str
    ) -> Json:
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": person.team_id,
            "team_domain": self.workspace.team.domain,
            "channel_id": channel.id,
            "channel_name": name_in_payload(channel),
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": text,
            "api_app_id": self.app.app_id,
            "is_enterprise_install": "false",
            "response_url": response_url,
            "trigger_id": trigger_id,
        }

    def message_actions(
        self,
        person: Person,
        message: Message,
        action: Json,
        *,
        state: Json,
        trigger_id: str,
        response_url: str,
    ) -> Json:
        channel = self.workspace.channels[message.channel]
        payload = self._interaction("block_actions", person) | {
            "container": self.message_container(message, action),
            "trigger_id": trigger_id,
            "channel": {"id": channel.id, "name": name_in_payload(channel)},
            "state": {"values": state},
            "response_url": response_url,
            "actions": [action],
        }
        if message.ephemeral_to is None:
            payload["message"] = message_json(self.workspace, self.app, message)
        return payload

    def view_actions(self, person: Person, view: View, action: Json, *, trigger_id: str) -> Json:
        return self._interaction("block_actions", person) | {
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": trigger_id,
            "view": view_json(view, self.app),
            "actions": [action],
        }

    def submission(self, person: Person, view: View, *, trigger_id: str, response_urls: list[Json]) -> Json:
        return self._interaction("view_submission", person) | {
            "trigger_id": trigger_id,
            "view": view_json(view, self.app),
            "response_urls": response_urls,
        }

    def closed(self, person: Person, view: View, *, is_cleared: bool) -> Json:
        return self._interaction("view_closed", person) | {"view": view_json(view, self.app), "is_cleared": is_cleared}

    def suggestion(self, person: Person, where: Message | View, *, block_id: str, action_id: str, query: str) -> Json:
        asked = {"block_id": block_id, "action_id": action_id}
        payload = self._interaction("block_suggestion", person) | asked | {"value": query}
        if isinstance(where, View):
            return payload | {
                "container": {"type": "view", "view_id": where.id},
                "view": view_json(where, self.app),
            }
        channel = self.workspace.channels[where.channel]
        return payload | {
            "container": self.message_container(where, asked),
            "channel": {"id": channel.id, "name": name_in_payload(channel)},
            "message": message_json(self.workspace, self.app, where),
        }

    def message_shortcut(
        self, person: Person, message: Message, *, callback_id: str, trigger_id: str, response_url: str
    ) -> Json:
        channel = self.workspace.channels[message.channel]
        return self._shortcut("message_action", person, callback_id, trigger_id) | {
            "channel": {"id": channel.id, "name": name_in_payload(channel)},
            "response_url": response_url,
            "message_ts": message.ts,
            "message": message_json(self.workspace, self.app, message),
        }

    def global_shortcut(self, person: Person, *, callback_id: str, trigger_id: str) -> Json:
        return self._shortcut("shortcut", person, callback_id, trigger_id)

    def event(self, event: Json, *, event_id: str, event_time: int, ext_shared: bool = False) -> Json:
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": self.workspace.team.id,
            "context_team_id": self.workspace.team.id,
            "context_enterprise_id": None,
            "api_app_id": self.app.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": event_time,
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self.workspace.team.id,
                    "user_id": self.app.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": ext_shared,
            "event_context": f"4-{event_id}",
        }

    def message_container(self, message: Message, action: Json) -> Json:
        """Blocks inside an attachment are told apart from a message's own, by the number of the attachment."""
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": message.ephemeral_to is not None,
        }
        if message.is_reply:
            container["thread_ts"] = message.thread_ts
        for number, attachment in enumerate(message.attachments, start=1):
            if any(block.get("block_id") == action["block_id"] for block in attachment.get("blocks") or ()):
                container |= {"type": "message_attachment", "attachment_id": number, "is_app_unfurl": False}
        return container

    def _interaction(self, kind: str, person: Person) -> Json:
        return {
            "type": kind,
            "user": _user(person),
            "api_app_id": self.app.app_id,
            "token": VERIFICATION_TOKEN,
            "team": {"id": self.workspace.team.id, "domain": self.workspace.team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _shortcut(self, kind: str, person: Person, callback_id: str, trigger_id: str) -> Json:
        return {
            "type": kind,
            "token": VERIFICATION_TOKEN,
            "action_ts": self.workspace.ids.ts(),
            "team": {"id": self.workspace.team.id, "domain": self.workspace.team.domain},
            "user": _user(person),
            "is_enterprise_install": False,
            "enterprise": None,
            "callback_id": callback_id,
            "trigger_id": trigger_id,
        }


def _user(person: Person) -> Json:
    return {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id}
