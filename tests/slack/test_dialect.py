"""A workspace that lacks Slack's newest blocks is told the same in older ones, and is not asked twice."""

from datetime import timedelta

import pytest

from bot.model.outgoing import Card, Message, Whisper
from bot.render.blocks import actions, button, container, plan, preformatted
from bot.render.native_table import native_table
from bot.render.older import NEW_KINDS, has_new_kinds, older
from bot.render.rich import text
from bot.slack.dialect import REMEMBERED, Dialect
from bot.slack.web import Refused
from playground.slack.blockkit.blocks import Surface
from playground.slack.blockkit.judge import problems
from tests.fakes.clocks import HandClock
from tests.render.reading import read
from tests.slack.sending import send
from tests.slack.stand import JON, Stand

BLOCKS = [
    native_table(("POD", "STATUS"), (("web-1", "Running"), ("db-0", "CrashLoopBackOff"))),
    container("Last lines", preformatted("KeyError: 'X'")),
    plan("Steps", [("deployment/web", "complete", []), ("deployment/api", "in_progress", [text("1 of 2 ready")])]),
    actions(button("Logs", "run:0", "id")),
]
MESSAGE = Message("2 pods", BLOCKS)
TOLD = """\
| POD     STATUS
| web-1   Running
| db-0    CrashLoopBackOff
*Last lines*
| KeyError: 'X'
✓ deployment/web
◐ deployment/api: 1 of 2 ready
[Logs]"""


def posts(stand: Stand) -> list[str | None]:
    return [call.error for call in stand.calls("chat.postMessage")]


def test_new_kinds_are_ones_that_slack_has() -> None:
    assert {block["type"] for block in BLOCKS} >= NEW_KINDS - {"task_card"}
    assert not problems(BLOCKS, Surface.MESSAGE)


def test_in_older_blocks_the_same_is_said() -> None:
    common = older(BLOCKS)
    assert read(common) == TOLD
    assert not has_new_kinds(common)
    assert not problems(common, Surface.MESSAGE)


async def test_a_workspace_that_takes_new_blocks_gets_them(stand: Stand) -> None:
    await send(stand, Card("k", stand.channel("ops"), MESSAGE))
    (card,) = stand.messages(stand.channel("ops"))
    assert [block["type"] for block in card.blocks] == ["table", "container", "plan", "actions"]


@pytest.mark.parametrize("colour", ["", "#1264a3"], ids=["plain", "with a bar"])
async def test_one_that_lacks_them_is_asked_once_and_keeps_its_buttons(stand: Stand, colour: str) -> None:
    ops = stand.channel("ops")
    stand.cause("old-blocks")
    message = Message("2 pods", BLOCKS, colour)
    await send(stand, Card("a", ops, message))
    await send(stand, Card("b", ops, message))
    assert [len(errors) for errors in (posts(stand), [error for error in posts(stand) if error])] == [3, 1]
    for card in stand.messages(ops):
        drawn = [*card.blocks, *(block for attachment in card.attachments for block in attachment["blocks"])]
        assert drawn[-1]["type"] == "actions"
        assert "CrashLoopBackOff" in str(drawn)


async def test_a_card_that_was_posted_before_is_edited_in_older_blocks(stand: Stand) -> None:
    ops = stand.channel("ops")
    await send(stand, Card("k", ops, Message("2 pods")))
    stand.cause("old-blocks")
    await send(stand, Card("k", ops, MESSAGE))
    (card,) = stand.messages(ops)
    assert [block["type"] for block in card.blocks] == ["rich_text", "rich_text", "rich_text", "rich_text", "actions"]


async def test_a_whisper_comes_in_older_blocks_too(stand: Stand) -> None:
    stand.cause("old-blocks")
    await send(stand, Whisper("w", stand.channel("ops"), JON, MESSAGE))
    (whisper,) = stand.whispers(JON)
    assert "CrashLoopBackOff" in str(whisper.blocks)


class Workspace:
    """Takes what it knows."""

    def __init__(self, *, refuses: frozenset[str], code: str = "invalid_blocks") -> None:
        self.refuses, self.code = refuses, code
        self.asked = 0

    async def send(self, drawn: dict[str, object]) -> dict[str, object]:
        self.asked += 1
        if any(f"'type': '{kind}'" in str(drawn) for kind in self.refuses):
            raise Refused(self.code)
        return drawn


def drawn(message: Message) -> dict[str, object]:
    return {"text": message.text, "blocks": message.blocks}


async def test_after_a_day_it_is_asked_again() -> None:
    clock, workspace = HandClock(), Workspace(refuses=frozenset({"table"}))
    dialect = Dialect(clock)
    await dialect.send(MESSAGE, drawn, workspace.send)
    assert dialect.lacks_new
    clock.turn((REMEMBERED + timedelta(seconds=1)).total_seconds())
    workspace.refuses = frozenset()
    assert await dialect.send(MESSAGE, drawn, workspace.send) == drawn(MESSAGE)


async def test_what_is_refused_in_any_form_of_blocks_becomes_text_and_blames_no_new_kind() -> None:
    workspace = Workspace(refuses=frozenset({"actions"}))
    dialect = Dialect(HandClock())
    sent = await dialect.send(Message("Pods", [actions(button("Logs", "run:0", "id"))]), drawn, workspace.send)
    assert (sent["text"], sent["blocks"], dialect.lacks_new) == ("Pods", [], False)


async def test_a_refusal_for_another_reason_is_nobodys_fault_of_drawing() -> None:
    workspace = Workspace(refuses=frozenset({"table"}), code="is_archived")
    with pytest.raises(Refused, match="is_archived"):
        await Dialect(HandClock()).send(MESSAGE, drawn, workspace.send)
    assert workspace.asked == 1
