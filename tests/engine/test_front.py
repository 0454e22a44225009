"""`/saas` alone: what needs me now, what I asked for last, what I may do here; for my eyes only."""

from datetime import UTC, datetime

import msgspec
import pytest

from bot.engine.front import front
from bot.errors import Denied
from bot.model.incoming import Origin
from bot.model.refs import ObjectRef
from bot.model.reply import Buttons, Facts, Reply, Text, Tone
from bot.store import PostgresLedger
from tests.engine import shop
from tests.engine.ailing import incident, sick
from tests.engine.desk import Desk


async def shown(ledger: PostgresLedger, user: str, *, channel: str = "C1") -> Reply:
    """What *user* is answered in *channel*."""
    now = datetime.now(UTC)
    authorizer, origin = shop.authorizer(), Origin("front", "T1", user, channel, now)
    return await front(authorizer, ledger, await authorizer.actor(origin, fresh=False), origin, now)


def labels(reply: Reply) -> list[str]:
    return [fact.label for part in reply.parts if isinstance(part, Facts) for fact in part.facts]


def lines(reply: Reply) -> list[str]:
    return [button.line for part in reply.parts if isinstance(part, Buttons) for button in part.buttons]


async def ask(ledger: PostgresLedger) -> None:
    """Maya asks for a change of the shop's, which one of sre is to approve."""
    desk = Desk(ledger)
    await desk.propose(msgspec.structs.replace(desk.plan("web"), line="scale"))


async def fail(ledger: PostgresLedger, namespace: str) -> None:
    """Open an incident there."""
    ailing = sick(of=ObjectRef("deployment", "web", namespace))
    async with ledger.transaction() as tx:
        await tx.insert_incident(incident(ailing, id="00000000-0000-0000-0000-000000000001"))


async def test_what_waits_for_me_comes_first(ledger: PostgresLedger) -> None:
    await ask(ledger)
    reply = await shown(ledger, "UJON")
    assert (reply.headline, reply.tone) == ("1 operation for you to decide", Tone.WAITING)
    assert labels(reply)[0].startswith("Scale web")
    assert "operations --waiting" in lines(reply)


async def test_what_i_asked_for_does_not_wait_for_me(ledger: PostgresLedger) -> None:
    await ask(ledger)
    reply = await shown(ledger, "UMAYA")
    assert reply.headline == "Nothing needs you now"
    assert Text("— You asked for —") in reply.parts
    assert "operations --waiting" not in lines(reply)


async def test_what_is_wrong_in_a_namespace_of_the_channel_is_named(ledger: PostgresLedger) -> None:
    await fail(ledger, "shop")
    reply = await shown(ledger, "UMAYA")
    assert (reply.headline, reply.tone) == ("1 incident open", Tone.BAD)
    assert labels(reply)[0] == "deployment/web is crash-looping"
    assert "incidents" in lines(reply)


async def test_other_namespaces_are_not_told_of(ledger: PostgresLedger) -> None:
    await fail(ledger, "shop")
    await ask(ledger)
    reply = await shown(ledger, "UNILS", channel="C2")
    assert reply.headline == "Nothing needs you now"


async def test_what_i_may_do_is_named_and_leads_to_help(ledger: PostgresLedger) -> None:
    reply = await shown(ledger, "UMAYA")
    assert reply.private
    assert labels(reply) == ["Change"]
    assert lines(reply)[-1] == "help"


async def test_a_channel_that_is_not_bound_is_told_nothing(ledger: PostgresLedger) -> None:
    with pytest.raises(Denied, match="not bound"):
        await shown(ledger, "UMAYA", channel="C9")


async def test_why_answers_do_not_come_stands_first(ledger: PostgresLedger) -> None:
    await ask(ledger)
    assert "Slack" not in labels(await shown(ledger, "UJON"))
    await ledger.database.execute("UPDATE outbox SET put_at = now() - interval '4 minutes'")
    assert labels(await shown(ledger, "UJON"))[0] == "Slack"
