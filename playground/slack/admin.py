"""What an admin of the workspace does, and the events that tell the app of it."""

from dataclasses import replace

from playground.slack.events import Events
from playground.slack.installation import Installation, TokenKind
from playground.slack.shapes import user_json
from playground.slack.values import Json, Person, UserGroup
from playground.slack.workspace import Workspace


class Admin:
    def __init__(self, workspace: Workspace, app: Installation, events: Events) -> None:
        self._workspace = workspace
        self._app = app
        self._events = events

    def deactivate(self, person: str) -> None:
        self._change(replace(self._workspace.people[person], deleted=True))

    def set_members(self, group: str, users: tuple[str, ...]) -> None:
        """Give a user group these members; the app hears who came and who went."""
        before = self._workspace.usergroups[group]
        self._workspace.put_usergroup(replace(before, users=users))
        self._events.publish(
            {
                "type": "subteam_members_changed",
                "subteam_id": group,
                "team_id": self._workspace.team.id,
                "added_users": sorted(set(users) - set(before.users)),
                "removed_users": sorted(set(before.users) - set(users)),
            }
        )

    def put_group(self, group: UserGroup, shown: Json) -> None:
        """Make or change a user group; the app hears how it is *shown* now."""
        event = "subteam_updated" if group.id in self._workspace.usergroups else "subteam_created"
        self._workspace.put_usergroup(group)
        self._events.publish({"type": event, "subteam": shown})

    def archive(self, channel: str, *, by: str) -> None:
        self._workspace.put_channel(replace(self._workspace.channels[channel], is_archived=True))
        self._events.publish({"type": "channel_archive", "channel": channel, "user": by})

    def uninstall(self) -> None:
        """Remove the app: its tokens die, and it is told as long as it listens."""
        self._events.publish({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [self._app.bot_user]}})
        self._events.publish({"type": "app_uninstalled"})
        self._app.revoked.update(TokenKind)

    def _change(self, person: Person) -> None:
        self._workspace.add_person(person)
        email = "users:read.email" in self._app.scopes
        shown = user_json(person, self._app, email=email, here=self._workspace.team.id)
        self._events.publish({"type": "user_change", "user": shown, "event_ts": self._workspace.ids.ts()})
