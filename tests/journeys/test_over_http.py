"""The same journey where Slack calls the bot by signed requests: command, approval, end; a mention; a modal; a kill."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.free_ports import free_ports
from tests.journeys.stand import JON, MAYA, Stand, open_stand

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stand() -> AsyncIterator[Stand]:
    """A world without a socket."""
    async with open_stand(called_at=f"http://127.0.0.1:{free_ports()}") as opened:
        yield opened


async def test_a_change_is_asked_approved_and_followed_to_its_end(stand: Stand) -> None:
    card = await stand.ask(MAYA, '/saas restart odoo-acme --reason "stuck queue"')
    await stand.shows(card, "⏳ Restart deployment/odoo-acme", "stuck queue")
    await stand.approve(JON, card)
    await stand.shows(card, "✅ Restarted deployment/odoo-acme")
    assert stand.world.slack.sockets.connections == []


async def test_a_mention_is_answered(stand: Stand) -> None:
    known = set(stand.messages())
    assert (await stand.say(JON, "@saas can-i patch deployments")).ok
    await stand.eventually(
        lambda: [ts for ts, message in stand.messages().items() if ts not in known and message.bot_id]
    )


async def test_a_refusal_is_seen_by_the_asker_alone(stand: Stand) -> None:
    assert "No deployment" in await stand.told(MAYA, "/saas restart odoo-acmee")


async def test_a_bot_killed_after_its_ack_answers_when_it_is_back(stand: Stand) -> None:
    known = set(stand.messages())
    assert (await stand.say(MAYA, "/saas restart odoo-globex")).ok
    stand.world.bot.kill()
    card = await stand.card_after(known)
    await stand.shows(card, "⏳ Restart deployment/odoo-globex")
