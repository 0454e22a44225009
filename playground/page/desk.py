"""One reader's page at one moment: everything that drawing it needs, so that drawing itself is pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from playground.page.guide import Guide
from playground.page.names import Names
from playground.page.place import Place
from playground.page.reading import Reading
from playground.slack.manifest import Manifest
from playground.slack.values import Channel, ChannelKind, Person
from playground.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page draws from."""

    workspace: Workspace
    manifest: Manifest
    guide: Guide
    reading: Reading
    place: Place
    names: Names

    @property
    def me(self) -> Person:
        return self.workspace.people[self.place.person]

    @property
    def channel(self) -> Channel:
        return self.workspace.channels[self.place.channel]

    @property
    def app_channel(self) -> Channel | None:
        """The direct conversation with the app, once there is one."""
        return self.workspace.im(self.place.person, self.workspace.bot_user)

    def title_of(self, channel: Channel) -> str:
        """What a conversation is called: its name, or the other person's."""
        if channel.kind is not ChannelKind.IM:
            return channel.name
        return self.names.people.get(self.partner(channel), "direct message")

    def partner(self, channel: Channel) -> str:
        """The other member of a direct conversation."""
        return next((member for member in channel.members if member != self.place.person), self.place.person)


def actors(workspace: Workspace) -> list[Person]:
    """The people whom one can be: those who could log in."""
    return [person for person in workspace.people.values() if not person.is_bot and not person.deleted]


def names_for(person: Person, workspace: Workspace) -> Names:
    """Say what ids are called for *person*, who sees only the channels that are his to see."""
    visible = [
        c for c in workspace.channels.values() if c.kind is not ChannelKind.IM and workspace.may_read(person.id, c)
    ]
    groups = workspace.usergroups.values()
    zone = timezone(timedelta(seconds=person.tz_offset))
    return Names(
        people={one.id: one.name for one in workspace.people.values()},
        channels={channel.id: channel.name for channel in visible},
        groups={group.id: group.handle for group in groups},
        me=person.id,
        my_groups=frozenset(group.id for group in groups if person.id in group.users),
        zone=zone,
        now=datetime.fromtimestamp(workspace.clock.now(), UTC),
    )
