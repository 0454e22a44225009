"""A practice world with the real bot in it, and people who act in it and look at what they see."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from playground.demo.clusters import practice_cluster
from playground.demo.furnishing import furnish
from playground.demo.world import Clusters, World, practice_world
from playground.slack.people import Outcome
from playground.slack.values import Message, View

OPS, ALERTS, GENERAL = "C0OPS00001", "C0ALERTS01", "C0GENERAL1"
MAYA, JON, LENA, VERA, GUS = "U0MAYA0001", "U0JON00001", "U0LENA0001", "U0VERA0001", "U0GUS00001"

NAMESPACE = "saasodoo"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"

SPEED = 20.0
"""Practice pods come and go this much faster; the bot's own time stays real."""

T = TypeVar("T")

PATIENCE_S = 240.0
"""A shared machine may take ten times as long, and what a killed bot held is free after 30 s; most is there in two."""


PATIENT = {"ACK_WITHIN_MS": "2000"}
"""Nobody is to be told that a busy machine's database is slow."""


@dataclass(frozen=True)
class Stand:
    """The world, and hands to act in it."""

    world: World

    # acting

    async def say(self, person: str, text: str, *, channel: str = OPS) -> Outcome:
        return await self.world.slack.people.say(person, channel, text)

    async def ask(self, person: str, text: str, *, channel: str = OPS) -> Message:
        """Send a line and return the card that answers it in the channel."""
        before = set(self.messages(channel))
        assert (await self.say(person, text, channel=channel)).ok
        return await self.card_after(before, channel)

    async def card_after(self, known: set[str], channel: str = OPS) -> Message:
        """Wait for the first card beside those *known*; the end of a story may come into its thread meanwhile."""
        return await self.eventually(lambda: next(self._cards(channel, known), None))

    async def told(self, person: str, text: str, *, channel: str = OPS) -> str:
        """Send a line and return what only that person is answered."""
        before = {message.ts for message in self.whispers(person, channel)}
        assert (await self.say(person, text, channel=channel)).ok
        return seen(await self.whispered(person, before, channel))

    async def whispered(self, person: str, before: set[str], channel: str = OPS) -> Message:
        """Wait for a new message that only *person* sees."""
        return await self.eventually(
            lambda: next((m for m in self.whispers(person, channel) if m.ts not in before), None)
        )

    async def press(self, person: str, message: Message, label: str) -> Outcome:
        """Click the button of *message* that begins with *label*."""
        now = self.now(message)
        for block in now.all_blocks():
            for element in block.get("elements", ()):
                if element.get("type") == "button" and element["text"]["text"].startswith(label):
                    clicked = self.world.slack.people.click
                    return await clicked(person, now.channel, now.ts, block["block_id"], element["action_id"])
        raise AssertionError(f"there is no button {label} on:\n{seen(now)}")

    async def approve(self, person: str, card: Message, **typed: str) -> None:
        """Press Approve, read the modal, submit it."""
        assert (await self.press(person, card, "Approve")).ok
        view = await self.modal(person, "Approve")
        assert (await self.submit(person, view, **typed)).ok

    async def refused(self, person: str, card: Message, label: str) -> str:
        """Press what is not for *person*; return what the modal that opens says, and close it."""
        assert (await self.press(person, card, label)).ok
        view = await self.modal(person, "Not possible")
        await self.world.slack.people.close(person, view.id)
        return "\n".join(texts(list(view.blocks)))

    async def modal(self, person: str, title: str) -> View:
        """Wait for the modal with that title on top of the person's stack."""
        views = self.world.slack.workspace.views_of
        return await self.eventually(
            lambda: next((view for view in views(person)[-1:] if (view.title or {}).get("text") == title), None)
        )

    async def submit(self, person: str, view: View, **typed: str) -> Outcome:
        """Fill in the inputs of *view* by their action ids and submit."""
        form = {
            block["block_id"]: {element["action_id"]: {"type": element["type"], "value": typed[element["action_id"]]}}
            for block in view.blocks
            if (element := block.get("element")) and element["action_id"] in typed
        }
        return await self.world.slack.people.submit(person, view.id, form)

    # looking

    def now(self, message: Message) -> Message:
        """The message as it is now."""
        found = self.world.slack.workspace.message(message.channel, message.ts, seen_by=message.ephemeral_to)
        assert found is not None, "the message is gone"
        return found

    async def shows(self, message: Message, *words: str, patience_s: float = PATIENCE_S) -> Message:
        """Wait until the message shows all of *words*."""
        await self.eventually(
            lambda: all(word in seen(self.now(message)) for word in words), on=message, patience_s=patience_s
        )
        return self.now(message)

    def messages(self, channel: str = OPS) -> dict[str, Message]:
        return self.world.slack.workspace.messages.get(channel, {})

    def roots(self, channel: str = OPS) -> set[str]:
        """What stands in the channel itself; the end of a story may still come into a thread."""
        return {ts for ts, message in self.messages(channel).items() if not message.is_reply}

    def whispers(self, person: str, channel: str = OPS) -> list[Message]:
        return self.world.slack.workspace.ephemerals_of(channel, person)

    def thread(self, card: Message) -> list[str]:
        return [seen(message) for message in self.world.slack.workspace.replies(card.channel, card.ts)[1:]]

    def direct(self, person: str) -> list[str]:
        """What the bot has written to *person* alone."""
        workspace = self.world.slack.workspace
        conversation = workspace.im(person, workspace.bot_user)
        return [seen(message) for message in self.messages(conversation.id).values()] if conversation else []

    async def deployment(self, name: str) -> dict[str, Any]:
        return await self.world.cluster.kube.ask("GET", f"{DEPLOYMENTS}/{name}")

    async def eventually(
        self, look: Callable[[], T | None], *, on: Message | None = None, patience_s: float = PATIENCE_S
    ) -> T:
        """Look until there is something to see."""
        try:
            return await until(look, patience_s=patience_s)
        except TimeoutError:
            shown = seen(self.now(on)) if on else "\n".join(map(seen, self.messages().values()))
            raise AssertionError(f"it never came; there is:\n{shown}\n{self.log()}") from None

    def log(self) -> str:
        return self.world.bot.log.read_text()[-3000:]

    def _cards(self, channel: str, before: set[str]) -> Iterator[Message]:
        for message in self.messages(channel).values():
            if message.ts not in before and message.bot_id is not None and not message.is_reply:
                yield message


async def until(look: Callable[[], T | None], *, patience_s: float = PATIENCE_S) -> T:
    """Look until there is something to see. Raises TimeoutError."""
    async with asyncio.timeout(patience_s):
        while not (found := look()):  # noqa: ASYNC110 - what people see is plain state, which sets no event
            await asyncio.sleep(0.01)
        return found


def seen(message: Message) -> str:
    """Everything that a person can read in *message*."""
    return "\n".join([message.text, *texts(list(message.all_blocks()))])


def texts(value: Any) -> Iterator[str]:
    match value:
        case {"type": "rich_text_section" | "rich_text_preformatted", "elements": elements}:
            yield "".join(texts(elements))
        case {"type": "user", "user_id": user}:
            yield f"@{user}"
        case {"text": str(text)}:
            yield text
        case dict():
            for part in value.values():
                yield from texts(part)
        case list() | tuple():
            for part in value:
                yield from texts(part)


FAST: Clusters = partial(practice_cluster, speed=SPEED)


@contextlib.asynccontextmanager
async def open_stand(clusters: Clusters = FAST, *, called_at: str = "") -> AsyncIterator[Stand]:
    """Run a world whose bot is connected while the block runs; Slack calls it at *called_at*, where given."""
    async with practice_world(clusters, called_at=called_at, tell=lambda _: None, other=PATIENT) as world:
        stand = Stand(world)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await world.connected()
        except TimeoutError:
            raise AssertionError(f"the bot never connected:\n{stand.log()}") from None
        furnish(world)
        yield stand
