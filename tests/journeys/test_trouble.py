"""The bot is killed, or database, API server or Slack goes away in the middle of a change: nothing lost or twice."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import asyncpg
import pytest

from playground.demo.breaking import api_away
from playground.slack.api.call import Args
from playground.slack.values import Message
from tests.journeys.stand import JON, MAYA, Stand

pytestmark = pytest.mark.asyncio(loop_scope="module")

AWAY_S = 3.0
"""Long enough to fail several tries."""


async def test_a_bot_killed_after_it_took_a_line_answers_it_when_it_is_back(stand: Stand) -> None:
    known = set(stand.messages())
    assert (await stand.say(MAYA, "/saas restart odoo-acme")).ok
    stand.world.bot.kill()
    card = await stand.card_after(known)
    await to_the_end_once(stand, card, "odoo-acme")


@pytest.mark.parametrize("moment", ["⏳", "🔵"], ids=["when it is approved", "while it is followed"])
async def test_a_bot_killed_in_the_middle_ends_what_it_began_once(stand: Stand, moment: str) -> None:
    before = await generation(stand, "odoo-globex")
    card = await stand.ask(MAYA, "/saas restart odoo-globex")
    await stand.approve(JON, card)
    await stand.shows(card, moment)
    stand.world.bot.kill()
    await stand.shows(card, "✅ Restarted deployment/odoo-globex")
    assert await generation(stand, "odoo-globex") == before + 1


async def test_the_database_goes_away_in_the_middle_and_comes_back(stand: Stand) -> None:
    relay = stand.world.database.relay
    assert relay is not None
    before = await generation(stand, "user-service")
    card = await stand.ask(MAYA, "/saas restart user-service")
    await stand.approve(JON, card)
    await relay.cut(AWAY_S)
    await stand.shows(card, "✅ Restarted deployment/user-service")
    assert await generation(stand, "user-service") == before + 1


async def test_without_a_database_the_asker_is_told_what_to_do(stand: Stand) -> None:
    relay = stand.world.database.relay
    assert relay is not None
    cut = asyncio.create_task(relay.cut(AWAY_S))
    await asyncio.sleep(0)  # the cut begins
    told = await stand.told(MAYA, "/saas restart killbill")
    assert "Nothing was changed so far. If nothing comes of this within a minute, try again." in told
    await cut


async def test_a_line_that_a_hanging_database_takes_late_is_answered_all_the_same(stand: Stand) -> None:
    known = set(stand.messages())
    async with hanging(stand.world.database.dsn):
        assert "The bot’s database is slow" in await stand.told(MAYA, "/saas restart killbill")
    card = await stand.card_after(known)
    await to_the_end_once(stand, card, "killbill")


async def test_a_modal_that_slack_opens_late_is_filled_and_decides(stand: Stand) -> None:
    control = stand.world.slack.control
    card = await stand.ask(MAYA, "/saas restart instance-service")
    control.cause("latency", Args({"milliseconds": "1300"}))
    await to_the_end_once(stand, card, "instance-service")
    control.cause("mend", Args({}))


async def test_the_api_server_goes_away_in_the_middle_and_comes_back(stand: Stand) -> None:
    practice = stand.world.cluster.practice
    assert practice is not None
    before = await generation(stand, "billing-service")
    card = await stand.ask(MAYA, "/saas restart billing-service")
    await stand.approve(JON, card)
    await stand.shows(card, "🔵")
    await api_away(practice, AWAY_S)
    await stand.shows(card, "✅ Restarted deployment/billing-service")
    assert await generation(stand, "billing-service") == before + 1


async def test_slack_refuses_every_call_in_the_middle_and_comes_back(stand: Stand) -> None:
    control = stand.world.slack.control
    before = await generation(stand, "database-service")
    card = await stand.ask(MAYA, "/saas restart database-service")
    await stand.approve(JON, card)
    await stand.shows(card, "🔵")
    control.cause("fail", Args({"count": "6", "status": "503"}))
    control.cause("drop", Args({}))
    await stand.shows(card, "✅ Restarted deployment/database-service")
    assert await generation(stand, "database-service") == before + 1
    assert len(set(stand.thread(card))) == len(stand.thread(card)), "no line twice"


@contextlib.asynccontextmanager
async def hanging(dsn: str) -> AsyncIterator[None]:
    """Let nobody else read or write what Slack told the bot."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


async def to_the_end_once(stand: Stand, card: Message, name: str) -> None:
    """Approve and follow to the end; the deployment was written once."""
    before = await generation(stand, name)
    await stand.approve(JON, card)
    await stand.shows(card, f"✅ Restarted deployment/{name}")
    assert await generation(stand, name) == before + 1


async def generation(stand: Stand, name: str) -> int:
    return int((await stand.deployment(name))["metadata"]["generation"])
