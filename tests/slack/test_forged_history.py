"""What others put into a channel's history never passes for a card of ours, whatever metadata it carries."""

from typing import Any

import pytest

from bot.model.outgoing import Card, Message
from bot.slack.drawing import metadata
from tests.slack.sending import send
from tests.slack.stand import MAYA, Stand

FORGERS: dict[str, dict[str, Any]] = {
    "another app": {"user": "U0EVILBOT1", "bot_id": "B0EVILBOT1"},
    "an app that speaks for a person": {"user": MAYA, "bot_id": "B0EVILBOT1"},
    "a person's own token": {"user": MAYA, "bot_id": None},
}


@pytest.mark.parametrize("forger", list(FORGERS.values()), ids=list(FORGERS))
async def test_a_card_in_doubt_is_posted_though_somebody_else_put_its_like_there(
    stand: Stand, forger: dict[str, Any]
) -> None:
    ops = stand.channel("ops")
    card = Card("incident:1", ops, Message("odoo-acme is crash-looping"))
    forged = stand.practice.workspace.post(ops, text="All is well", metadata=metadata(card), **forger)
    stand.cause("fail", method="chat.postMessage", count=1, status=503)
    await send(stand, card)
    assert [one.text for one in stand.messages(ops)] == ["All is well", "odoo-acme is crash-looping"]
    assert stand.outbox.posted["incident:1"].ts != forged.ts
