"""A process that dies at any step of a delivery is followed by one that brings it to its end: a file is shared once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from bot.errors import UpstreamError
from bot.model.outgoing import Document
from bot.ports_slack import Delivery
from bot.slack.channels import Channels
from bot.slack.documents import Documents
from bot.slack.limits import LocalBudgets
from bot.slack.paced import PacedWeb
from bot.slack.places import Places
from bot.slack.questions import Questions
from bot.slack.web import open_web
from playground.slack.api.call import Args
from playground.slack.server import PracticeSlack
from playground.slack.world import BOT_ID
from tests.fakes.clocks import SharedClock
from tests.fakes.outbox import FakeOutbox

OPS = "C0OPS00001"
REPORT = Document("d", OPS, "pod.log", b"line\n" * 9)


class DiedError(Exception):
    """The process is gone."""


@dataclass
class DyingOutbox(FakeOutbox):
    """Dies once, before what it is told is on record."""

    dies: bool = field(default=False, kw_only=True)

    async def uploaded(self, delivery: Delivery, file_id: str) -> None:
        """As bot.ports.Outbox, or not at all."""
        if self.dies:
            self.dies = False
            raise DiedError
        await super().uploaded(delivery, file_id)


@asynccontextmanager
async def process(practice: PracticeSlack, outbox: FakeOutbox) -> AsyncIterator[Documents]:
    """Whoever delivers, with nothing in his memory."""
    clock = SharedClock(practice.clock)
    async with open_web(token=practice.bot_token, api_url=practice.api_url) as web:
        paced = PacedWeb(web, LocalBudgets(clock), clock)
        yield Documents(
            paced=paced,
            places=Places(paced, clock, our_bot_id=lambda: BOT_ID),
            channels=Channels(web, clock, Questions(web, clock)),
            outbox=outbox,
        )


LAST = "files.completeUploadExternal"
STEPS: dict[str, tuple[str, str]] = {
    "before anything": ("fail", "files.getUploadURLExternal"),
    "once it has its address": ("lose", "files.getUploadURLExternal"),
    "before it is shared": ("fail", LAST),
    "once it is shared": ("lose", LAST),
}


async def lives(practice: PracticeSlack, outbox: FakeOutbox, times: int) -> None:
    """One process after the other; of each claim the next one knows only what is on record."""
    for _ in range(times):
        async with process(practice, outbox) as documents:
            (delivery,) = await outbox.claim(1)
            with suppress(UpstreamError, DiedError):
                await documents.deliver(delivery, REPORT)
            outbox.rows["d"].claimed_until = 0.0


@pytest.mark.parametrize(("fault", "method"), list(STEPS.values()), ids=list(STEPS))
async def test_a_file_is_shared_once_wherever_its_process_died(
    practice: PracticeSlack, fault: str, method: str
) -> None:
    outbox = FakeOutbox(SharedClock(practice.clock))
    outbox.put(REPORT)
    practice.control.cause(fault, Args({"count": 1, "method": method}))
    await lives(practice, outbox, 2)
    assert shared(practice) == [(only_file(practice),)]


@pytest.mark.parametrize("dies", [True, False], ids=["before the upload is on record", "before the end is on record"])
async def test_a_file_is_shared_once_whatever_was_written_down(practice: PracticeSlack, dies: bool) -> None:
    outbox = DyingOutbox(SharedClock(practice.clock), dies=dies)
    outbox.put(REPORT)
    await lives(practice, outbox, 2)
    assert shared(practice) == [(only_file(practice),)]


async def test_bytes_that_slack_has_forgotten_are_brought_again(practice: PracticeSlack) -> None:
    outbox = FakeOutbox(SharedClock(practice.clock))
    outbox.put(REPORT)
    outbox.rows["d"].upload = "F0FORGOTTEN"
    async with process(practice, outbox) as documents:
        await documents.deliver((await outbox.claim(1))[0], REPORT)
    assert outbox.rows["d"].upload == only_file(practice)


def shared(practice: PracticeSlack) -> list[tuple[str, ...]]:
    """The files of each message."""
    return [message.files for message in practice.workspace.messages[OPS].values()]


def only_file(practice: PracticeSlack) -> str:
    """The one file that there is."""
    (file_id,) = practice.workspace.files
    return file_id
