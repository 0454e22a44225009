"""What people do with words: say, run a slash command, mention, react, upload, open a conversation."""

import mimetypes
from dataclasses import replace

from playground.slack.composer import marked_up
from playground.slack.deliveries import Acked, Answer, EnvelopeType, Undelivered
from playground.slack.kinds import WORDS
from playground.slack.shapes import file_json, view_json
from playground.slack.stage import OK, Outcome, Stage
from playground.slack.values import Channel, ChannelKind, Edited, File, Json, Message, Person, Reaction
from playground.slack.workspace import Workspace


class Talking:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def say(self, person: str, channel: str, text: str, *, thread_ts: str | None = None) -> Outcome:
        """Send what was typed in a composer: a message, or a slash command in the main composer of a conversation."""
        acting = self._stage.acting(person, channel)
        if isinstance(acting, Outcome):
            return acting
        actor, where = acting
        text = text.strip()
        if text.startswith("/") and not text.startswith("//"):
            return await self._slash(actor, where, text, thread_ts=thread_ts)
        if not text:
            return OK
        if actor.id not in where.members:
            return Outcome(f"Join #{where.name} to write there.")
        if where.is_archived:
            return Outcome(f"#{where.name} is archived.")
        message = self._stage.workspace.post(
            where.id,
            user=actor.id,
            text=marked_up(text, self._stage.workspace, labels=False),
            thread_ts=thread_ts,
        )
        self._publish(message, where)
        return OK

    async def edit(self, person: str, channel: str, ts: str, text: str) -> Outcome:
        message = self._stage.workspace.message(channel, ts)
        if message is None or message.user != person or message.bot_id is not None:
            return Outcome("You can edit only what you wrote.")
        edited = Edited(user=person, ts=self._stage.workspace.ids.ts())
        marked = marked_up(text.strip(), self._stage.workspace, labels=False)
        self._stage.workspace.amend(message, text=marked, edited=edited)
        return OK

    async def delete(self, person: str, channel: str, ts: str) -> Outcome:
        """Delete one's own message, or as an admin anybody's; an ephemeral is dismissed by whoever sees it."""
        workspace = self._stage.workspace
        message, actor = workspace.message(channel, ts, seen_by=person), workspace.person(person)
        if message is None or actor is None:
            return Outcome("This message is gone already.")
        if person not in (message.user, message.ephemeral_to) and not actor.is_admin:
            return Outcome("You can delete only what you wrote.")
        workspace.remove(channel, ts)
        return OK

    async def react(self, person: str, channel: str, ts: str, emoji: str) -> Outcome:
        """Add a reaction, or take one's own away."""
        workspace = self._stage.workspace
        message = workspace.message(channel, ts)
        if message is None:
            return Outcome("This message is gone already.")
        present = next((r.users for r in message.reactions if r.name == emoji), ())
        users = tuple(u for u in present if u != person) if person in present else (*present, person)
        workspace.amend(message, reactions=with_reaction(message.reactions, emoji, users))
        item = {"type": "message", "channel": channel, "ts": ts}
        kind = "reaction_removed" if person in present else "reaction_added"
        event: Json = {"type": kind, "user": person, "reaction": emoji, "item": item, "item_user": message.user}
        self._stage.events.publish(event | {"event_ts": workspace.ids.ts()})
        return OK

    def store_file(self, person: str, name: str, content: bytes) -> File:
        """Keep a file that a person chose, not yet shared: for a file_input or an upload."""
        mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = File(
            id=self._stage.workspace.ids.make("F"),
            name=name,
            title=name,
            user=person,
            created=int(self._stage.clock.now()),
            content=content,
            mimetype=mimetype,
            filetype=name.rpartition(".")[2] or "binary",
        )
        self._stage.workspace.put_file(file)
        return file

    async def upload(
        self, person: str, channel: str, name: str, content: bytes, *, text: str = "", thread_ts: str | None = None
    ) -> Outcome:
        acting = self._stage.acting(person, channel)
        if isinstance(acting, Outcome):
            return acting
        actor, where = acting
        if actor.id not in where.members:
            return Outcome(f"Join #{where.name} to write there.")
        file = self.store_file(actor.id, name, content)
        workspace = self._stage.workspace
        message = workspace.post(
            where.id,
            user=actor.id,
            text=marked_up(text, workspace, labels=False),
            thread_ts=thread_ts,
            subtype="file_share",
            files=(file.id,),
        )
        workspace.put_file(replace(file, shares=((where.id, message.ts),)))
        self._publish(message, where)
        return OK

    async def join(self, person: str, channel: str) -> Outcome:
        acting = self._stage.acting(person, channel)
        if isinstance(acting, Outcome):
            return acting
        actor, where = acting
        self._stage.workspace.join(where.id, [actor.id])
        return OK

    async def leave(self, person: str, channel: str) -> Outcome:
        self._stage.workspace.leave(channel, person)
        return OK

    async def open_home(self, person: str, *, tab: str = "home") -> Outcome:
        """Open the app's Home (or its messages): the app hears of it and may publish a view."""
        workspace, app = self._stage.workspace, self._stage.app
        direct = workspace.open_im(person, app.bot_user)
        event: Json = {
            "type": "app_home_opened",
            "user": person,
            "channel": direct.id,
            "tab": tab,
            "event_ts": workspace.ids.ts(),
        }
        if (home := workspace.home_of(person)) is not None:
            event["view"] = view_json(home, app)
        self._stage.events.publish(event)
        return OK

    async def _slash(self, actor: Person, where: Channel, text: str, *, thread_ts: str | None) -> Outcome:
        typed, _, rest = text.partition(" ")
        stage = self._stage
        if thread_ts is not None:
            return stage.told(actor.id, where.id, f"{typed} is not supported in threads. Sorry!")
        command = stage.app.manifest.command(typed)
        if command is None or "commands" not in stage.app.scopes:
            return stage.told(actor.id, where.id, f"{typed} is not a valid command.")
        argument = rest.strip()
        payload = stage.payloads.slash(
            actor,
            where,
            command=typed,
            text=marked_up(argument, stage.workspace, labels=True) if command.should_escape else argument,
            trigger_id=stage.triggers.issue(actor.id),
            response_url=stage.response_urls.issue(actor.id, where.id),
        )
        answer = await stage.delivery.request(EnvelopeType.SLASH, payload, accepts_response=True)
        if isinstance(answer, Acked):
            problem = stage.response_urls.acknowledged(payload["response_url"], answer.payload)
            return stage.told(actor.id, where.id, f"{typed} failed with the error {problem!r}") if problem else OK
        return stage.told(actor.id, where.id, f'{typed} failed with the error "{_slash_error(answer)}"')

    def _publish(self, message: Message, where: Channel) -> None:
        """Tell the app of a message: as a mention where it is a member, as a message where it subscribed to those."""
        stage = self._stage
        event = message_event(stage.workspace, message, where)
        mention = f"<@{stage.app.bot_user}>" in message.text
        if stage.app.bot_user in where.members:
            stage.events.publish(event, subscription=WORDS[where.kind].subscription, channel=where)
        if mention and where.kind is not ChannelKind.IM:
            if stage.app.bot_user in where.members:
                bare = {key: value for key, value in event.items() if key != "channel_type"}
                stage.events.publish(bare | {"type": "app_mention"}, channel=where)
            else:
                name = stage.app.manifest.bot_display_name
                stage.workspace.notice(message.user or "", where.id, f"You mentioned @{name}, who is not in here.")


def message_event(workspace: Workspace, message: Message, where: Channel) -> Json:
    """The event of a new message."""
    event: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": workspace.team.id,
        "channel": where.id,
        "channel_type": WORDS[where.kind].event,
        "event_ts": message.ts,
    }
    optional: Json = {
        "subtype": message.subtype,
        "thread_ts": message.thread_ts,
        "bot_id": message.bot_id,
        "blocks": list(message.blocks),
        "files": [file_json(workspace.files[file], workspace.origin) for file in message.files],
    }
    return event | {key: value for key, value in optional.items() if value}


def with_reaction(reactions: tuple[Reaction, ...], name: str, users: tuple[str, ...]) -> tuple[Reaction, ...]:
    """Replace the users of one reaction where it stands; without users it goes."""
    others = {reaction.name: reaction.users for reaction in reactions} | {name: users}
    return tuple(Reaction(name=each, users=who) for each, who in others.items() if who)


def _slash_error(answer: Answer) -> str:
    return "dispatch_failed" if isinstance(answer, Undelivered) else "operation_timeout"
