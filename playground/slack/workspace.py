"""The state of the practice workspace; every change is told to the people who may see it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from playground.slack.changes import (
    Change,
    ChannelsChanged,
    HomeChanged,
    MessageChanged,
    MessageRemoved,
    Notice,
    Reset,
    Subscription,
    ViewsChanged,
)
from playground.slack.clock import Clock
from playground.slack.ids import Ids
from playground.slack.values import Channel, ChannelKind, File, Message, Person, Team, UserGroup, View

# A demo left running for days must not fill the memory of a laptop; the oldest messages of a channel go first.
KEPT_MESSAGES = 5_000
# Slack promises nothing for ephemerals; these are enough for every open page.
KEPT_EPHEMERALS = 1_000


class Workspace:
    """Lookups return frozen values; each mutation replaces one and emits the change to the people who may see it."""

    def __init__(self, *, team: Team, bot_user: str, clock: Clock) -> None:
        self.team = team
        self.bot_user = bot_user
        self.clock = clock
        self.origin = ""
        """Where this Slack is served, e.g. http://127.0.0.1:4000; known once it is started."""
        self.ids = Ids(clock)
        self.people: dict[str, Person] = {}
        self.usergroups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.ephemerals: dict[tuple[str, str], Message] = {}
        self.stacks: dict[str, tuple[View, ...]] = {}
        self.homes: dict[str, View] = {}
        self._subscriptions: list[Subscription] = []

    # Lookups

    def person(self, name_or_id: str) -> Person | None:
        found = self.people.get(name_or_id)
        return found or next((p for p in self.people.values() if p.name == name_or_id), None)

    def channel(self, name_or_id: str) -> Channel | None:
        bare = name_or_id.removeprefix("#")
        found = self.channels.get(name_or_id)
        return found or next((c for c in self.channels.values() if c.name and c.name == bare), None)

    def channels_of(self, person: str) -> list[Channel]:
        """What stands in the left rail of a person: the channels and direct conversations that he is a member of."""
        return [channel for channel in self.channels.values() if person in channel.members and not channel.is_archived]

    def im(self, one: str, other: str) -> Channel | None:
        """The direct conversation of two people, if there is one yet."""
        members = {one, other}
        return next((c for c in self.channels.values() if c.kind is ChannelKind.IM and set(c.members) == members), None)

    def message(self, channel: str, ts: str, *, seen_by: str | None = None) -> Message | None:
        """A stored message, or an ephemeral of *seen_by* while it lasts."""
        ephemeral = self.ephemerals.get((channel, ts))
        if ephemeral is not None and ephemeral.ephemeral_to == seen_by:
            return ephemeral
        return self.messages.get(channel, {}).get(ts)

    def visible_messages(self, channel: str, person: str) -> list[Message]:
        """What a freshly loaded page shows in the main column: no replies unless broadcast, and no ephemerals."""
        found = self.channels.get(channel)
        if found is None or not self.may_read(person, found):
            return []
        return [m for m in self.messages.get(channel, {}).values() if not m.is_reply or m.broadcast]

    def replies(self, channel: str, thread_ts: str) -> list[Message]:
        """The parent and its replies, oldest first."""
        return [m for m in self.messages.get(channel, {}).values() if thread_ts in (m.ts, m.thread_ts)]

    def ephemerals_of(self, channel: str, person: str) -> list[Message]:
        """Ephemerals that a page which stayed open still shows to *person*; a reload must not ask for them."""
        return [m for (where, _), m in self.ephemerals.items() if where == channel and m.ephemeral_to == person]

    def may_read(self, person: str, channel: Channel) -> bool:
        if person in channel.members:
            return True
        reader = self.people.get(person)
        outsider = reader is None or reader.is_restricted or reader.is_ultra_restricted or reader.is_stranger
        return channel.kind is ChannelKind.PUBLIC and not outsider

    def usergroup(self, handle_or_id: str) -> UserGroup | None:
        bare = handle_or_id.removeprefix("@")
        found = self.usergroups.get(handle_or_id)
        return found or next((g for g in self.usergroups.values() if g.handle == bare), None)

    def views_of(self, person: str) -> tuple[View, ...]:
        """The stack of modals of a person, the one on top last."""
        return self.stacks.get(person, ())

    def view(self, view_id: str) -> View | None:
        open_views = (view for stack in self.stacks.values() for view in stack)
        return next((view for view in [*open_views, *self.homes.values()] if view.id == view_id), None)

    def home_of(self, person: str) -> View | None:
        return self.homes.get(person)

    # People, groups, channels

    def add_person(self, person: Person) -> None:
        self.people[person.id] = person
        self._tell_all(ChannelsChanged())

    def put_usergroup(self, group: UserGroup) -> None:
        self.usergroups[group.id] = group
        self._tell_all(ChannelsChanged())

    def put_channel(self, channel: Channel) -> None:
        """Add a channel or replace the one of the same id."""
        self.channels[channel.id] = channel
        self.messages.setdefault(channel.id, {})
        self._tell_all(ChannelsChanged())

    def join(self, channel: str, people: Iterable[str]) -> Channel:
        found = self.channels[channel]
        joined = replace(found, members=tuple(dict.fromkeys((*found.members, *people))))
        self.put_channel(joined)
        return joined

    def leave(self, channel: str, person: str) -> Channel:
        found = self.channels[channel]
        left = replace(found, members=tuple(member for member in found.members if member != person))
        self.put_channel(left)
        return left

    def open_im(self, one: str, other: str) -> Channel:
        """The direct conversation of two people, made when there is none."""
        found = self.im(one, other)
        if found is None:
            made = self.ids.make("D")
            found = Channel(id=made, name="", kind=ChannelKind.IM, members=(one, other), created=int(self.clock.now()))
            self.put_channel(found)
        return found

    # Messages

    def post(self, channel: str, *, user: str | None, **fields: Any) -> Message:
        """Store a new message (or ephemeral) and count it on its thread's parent."""
        message = Message(channel=channel, ts=self.ids.ts(), user=user, **fields)
        if message.ephemeral_to is not None:
            self.ephemerals[channel, message.ts] = message
            if len(self.ephemerals) > KEPT_EPHEMERALS:
                del self.ephemerals[next(iter(self.ephemerals))]
            self._tell(message.ephemeral_to, MessageChanged(channel, message.ts))
            return message
        stored = self.messages[channel]
        stored[message.ts] = message
        if len(stored) > KEPT_MESSAGES:
            self.remove(channel, next(iter(stored)))
        self._tell_readers(channel, MessageChanged(channel, message.ts))
        if message.is_reply and message.thread_ts is not None:
            self._recount(channel, message.thread_ts)
        return message

    def amend(self, message: Message, **fields: Any) -> Message:
        """Replace fields of a message or ephemeral that is still there."""
        amended = replace(message, **fields)
        if message.ephemeral_to is not None:
            self.ephemerals[message.channel, message.ts] = amended
            self._tell(message.ephemeral_to, MessageChanged(message.channel, message.ts))
        else:
            self.messages[message.channel][message.ts] = amended
            self._tell_readers(message.channel, MessageChanged(message.channel, message.ts))
        return amended

    def remove(self, channel: str, ts: str) -> None:
        ephemeral = self.ephemerals.pop((channel, ts), None)
        if ephemeral is not None and ephemeral.ephemeral_to is not None:
            self._tell(ephemeral.ephemeral_to, MessageRemoved(channel, ts))
            return
        gone = self.messages[channel].pop(ts, None)
        if gone is None:
            return
        self._tell_readers(channel, MessageRemoved(channel, ts))
        if gone.is_reply and gone.thread_ts is not None:
            self._recount(channel, gone.thread_ts)

    def put_file(self, file: File) -> None:
        self.files[file.id] = file

    def _recount(self, channel: str, thread_ts: str) -> None:
        parent = self.messages[channel].get(thread_ts)
        if parent is None:
            return
        replies = [m for m in self.replies(channel, thread_ts) if m.ts != thread_ts]
        authors = tuple(dict.fromkeys(m.user or m.bot_id or "" for m in replies))
        latest = replies[-1].ts if replies else None
        thread = thread_ts if replies else None
        self.amend(parent, reply_count=len(replies), reply_users=authors, latest_reply=latest, thread_ts=thread)

    # Views

    def put_stack(self, person: str, stack: tuple[View, ...]) -> None:
        self.stacks[person] = stack
        self._tell(person, ViewsChanged(person))

    def put_view(self, view: View) -> None:
        """Replace a view where it is: in its person's stack, or as the App Home."""
        if view.type == "home":
            self.homes[view.person] = view
            self._tell(view.person, HomeChanged(view.person))
        else:
            stack = self.views_of(view.person)
            self.put_stack(view.person, tuple(view if old.id == view.id else old for old in stack))

    # Being told

    @contextmanager
    def subscribe(self, person: str) -> Iterator[Subscription]:
        """Hear what *person* may see, as long as the context lasts."""
        subscription = Subscription(person)
        self._subscriptions.append(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.remove(subscription)

    def notice(self, person: str, channel: str | None, text: str) -> None:
        """Let Slack itself tell one person something."""
        self._tell(person, Notice(person, channel, text))

    def reset(self) -> None:
        """Forget ephemerals and open modals, and have every page drawn anew."""
        self.ephemerals.clear()
        self.stacks.clear()
        self._tell_all(Reset())

    def close(self) -> None:
        """End every subscription."""
        for subscription in self._subscriptions:
            subscription.end()

    def _tell(self, person: str, change: Change) -> None:
        for subscription in self._subscriptions:
            if subscription.person == person:
                subscription.offer(change)

    def _tell_readers(self, channel: str, change: Change) -> None:
        found = self.channels[channel]
        for subscription in self._subscriptions:
            if self.may_read(subscription.person, found):
                subscription.offer(change)

    def _tell_all(self, change: Change) -> None:
        for subscription in self._subscriptions:
            subscription.offer(change)
