"""A change asked for in private goes where approvers see it; the one who asked has the link, and hears of the end."""

import pytest

from playground.slack.api.call import Args
from tests.journeys.stand import JON, MAYA, OPS, Stand, seen

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_change_asked_for_in_a_direct_message_is_approved_in_the_channel_of_its_namespace(stand: Stand) -> None:
    workspace = stand.world.slack.workspace
    direct = workspace.open_im(MAYA, workspace.bot_user)
    known = set(stand.messages())
    assert (await stand.say(MAYA, "restart odoo-acme", channel=direct.id)).ok
    card = await stand.card_after(known)
    assert "Restart deployment/odoo-acme" in seen(card)
    await stand.eventually(lambda: any(f"its card stands in <#{OPS}>" in said for said in stand.direct(MAYA)))
    await stand.approve(JON, card)
    await stand.shows(card, "✅ Restarted deployment/odoo-acme")
    await stand.eventually(lambda: any("✅ Restarted deployment/odoo-acme" in said for said in stand.direct(MAYA)))


async def test_in_a_shared_channel_nothing_is_done_and_the_reason_is_told(stand: Stand) -> None:
    told = await stand.told(MAYA, "/saas restart odoo-acme", channel="C0ACME0001")
    assert "shared with another workspace" in told


async def test_while_slack_answers_nothing_the_asker_hears_so_and_no_untruth(stand: Stand) -> None:
    """A bot that has just started knows of no channel whether it is shared."""
    stand.world.bot.kill()
    await stand.eventually(lambda: not stand.world.slack.sockets.connections)
    await stand.world.connected()
    control = stand.world.slack.control
    control.cause("throttle", Args({"method": "conversations.info", "count": "1000", "retry_after": "7"}))
    assert "Slack asks the bot for a pause" in await stand.told(MAYA, "/saas restart odoo-acme")
    control.cause("mend", Args({}))
