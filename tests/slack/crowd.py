"""People who press on until Slack says that their deed was acked, and what stands in their way."""

import asyncio
import itertools
import random
from collections import Counter
from dataclasses import dataclass, field

from playground.slack.api.call import Args
from playground.slack.server import PracticeSlack
from playground.slack.stage import Outcome
from tests.slack.stand import MAYA

PEOPLE = 16
TRY_AGAIN_S = 0.05
TROUBLES = ("refresh", "reconnect", "drop", "half-open", "refuse", "duplicate", "ghost")
BUTTON = {"type": "button", "action_id": "run", "value": "1", "text": {"type": "plain_text", "text": "Run"}}
ACTIONS = {"type": "actions", "block_id": "b", "elements": [BUTTON]}


@dataclass
class Crowd:
    """Every second deed is a click, every other a command with its number."""

    practice: PracticeSlack
    deeds: int
    attempts: Counter[int] = field(default_factory=Counter)
    done: int = 0
    """How many were acked."""
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        """Put a message with a button where all can press it."""
        workspace = self.practice.workspace
        channel = workspace.channel("ops")
        assert channel is not None
        app = self.practice.installation
        self.card = workspace.post(channel.id, user=app.bot_user, bot_id=app.bot_id, blocks=(ACTIONS,))

    async def act(self) -> None:
        """Do everything, a few at a time."""
        await asyncio.gather(*(self._person() for _ in range(PEOPLE)))

    async def _person(self) -> None:
        while (number := next(self._numbers)) < self.deeds:
            while not (await self._do(number)).ok:  # noqa: ASYNC110 - a person tries again
                await asyncio.sleep(TRY_AGAIN_S)
            self.done += 1

    async def _do(self, number: int) -> Outcome:
        self.attempts[number] += 1
        people, card = self.practice.people, self.card
        if number % 2:
            return await people.click(MAYA, card.channel, card.ts, "b", "run")
        return await people.say(MAYA, card.channel, f"/saas restart worker-{number}")

    async def make_trouble(self, every: int) -> None:
        """Break something every so many deeds, until cancelled; a ghost haunts until the next trouble."""
        choice = random.Random(7)
        for at in itertools.count(every, every):
            while self.done < at:  # noqa: ASYNC110 - a count tells nobody
                await asyncio.sleep(TRY_AGAIN_S)
            self.practice.sockets.ghosts = 0
            self.practice.control.cause(choice.choice(TROUBLES), Args({}))
