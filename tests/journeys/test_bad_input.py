"""Whatever is typed or vanishes: one sentence that helps, nothing half done, nothing lost."""

import pytest

from playground.slack.values import Message
from tests.journeys.stand import DEPLOYMENTS, GENERAL, JON, MAYA, VERA, Stand, seen

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINES = {
    "unknown command": ("frobnicate", "There is no command “frobnicate”. Nothing was done.", "help"),
    "near command": ("restrat instance-worker", "There is no command “restrat”.", "restart instance-worker"),
    "kind with a typo": ("get poods", "“poods” is not a kind", "perhaps pods"),
    "unknown kind": ("get widgets", "“widgets” is not a kind that this knows", "pods, deployments"),
    "near name": ("restart instance-wroker", "No deployment “instance-wroker” in saasodoo.", "instance-worker"),
    "name that cannot be": ("restart a_b!", "not a name that Kubernetes allows. Nothing was done.", "NAME…"),
    "foreign namespace": ("get pods -n kube-system", "may not see namespace kube-system.", "bound to saasodoo"),
    "unknown revision": ("rollback instance-worker --to-revision 99", "has no revision 99.", "Kept are 1, 2, 3, 4."),
    "wrong flag": ("scale instance-worker --replica 3", "has no flag --replica.", "--replicas"),
    "missing flag": ("scale instance-worker", "--replicas is missing.", "scale NAME --replicas N"),
    "negative replicas": ("scale instance-worker --replicas -1", "must be at least 0, not -1.", "--replicas N"),
    "absurd replicas": ("scale instance-worker --replicas 999999999", "must be at most 1000", "--replicas N"),
    "replicas in words": ("scale instance-worker --replicas two", "takes a whole number, not “two”.", "--replicas N"),
    "open smart quote": ("restart instance-worker --reason “stuck", "A quote is opened and never closed.", "--reason"),
    "10,000 characters": ("restart " + "x" * 10_000, "That line has 10,008 characters; 3,000 are the most.", "shorter"),
    "control character": ("restart a\x07b", "The line holds an invisible character (U+0007).", "by hand"),
    "bidi override": ("restart inst\u202eance", "The line holds an invisible character (U+202E).", "by hand"),
    "mention as a name": ("restart <!channel>", "is not a name that Kubernetes allows.", "Nothing was done."),
    "path as a name": ("describe pod ../../secrets", "is not a name that Kubernetes allows.", "Nothing was done."),
}


@pytest.mark.parametrize("case", LINES)
async def test_a_line_that_cannot_be_done_is_answered_with_a_way_on(stand: Stand, case: str) -> None:
    line, sentence, way_on = LINES[case]
    known = stand.roots()
    told = await stand.told(MAYA, f"/saas {line}")
    assert sentence in told
    assert way_on in told
    assert stand.roots() == known, "only the asker sees it"


async def whispered(stand: Stand, person: str, line: str) -> Message:
    """What only *person* is answered, with its buttons."""
    before = {message.ts for message in stand.whispers(person)}
    assert (await stand.say(person, line)).ok
    return await stand.whispered(person, before)


async def test_a_button_runs_the_line_that_was_meant(stand: Stand) -> None:
    told = await whispered(stand, MAYA, "/saas get deploymnts instance-worker")
    known = set(stand.messages())
    assert (await stand.press(MAYA, told, "deployments")).ok
    card = await stand.card_after(known)
    assert "instance-worker" in seen(card)


async def test_a_button_that_mends_a_line_gives_nobody_more_rights(stand: Stand) -> None:
    told = await whispered(stand, VERA, "/saas scale instance-worker --replica 7")
    before = {message.ts for message in stand.whispers(VERA)}
    assert (await stand.press(VERA, told, "--replicas")).ok
    assert "You may not" in seen(await stand.whispered(VERA, before))
    assert (await stand.deployment("instance-worker"))["spec"]["replicas"] != 7


@pytest.mark.parametrize("reason", ["<!channel> now", "<https://x.example|click>", "*bold* `code`", "“smart” –quotes–"])
async def test_a_reason_is_shown_as_it_was_typed_and_alerts_nobody(stand: Stand, reason: str) -> None:
    card = await stand.ask(MAYA, f'/saas restart user-service --reason "{reason}"')
    assert "<!channel>" not in card.text
    shown = [block for block in card.all_blocks() if "elements" in block]
    assert not any(part.get("type") == "broadcast" for block in shown for part in flat(block))
    assert (await stand.press(JON, card, "Deny")).ok
    await stand.submit(JON, await stand.modal(JON, "Deny"))
    await stand.shows(card, "Denied")


async def test_a_channel_that_is_bound_to_nothing_says_so(stand: Stand) -> None:
    told = await stand.told(MAYA, "/saas get pods", channel=GENERAL)
    assert "This channel (C0GENERAL1) is not bound to any namespace." in told


async def test_an_object_that_is_deleted_before_the_click_is_not_touched(stand: Stand) -> None:
    kube = stand.world.cluster.kube
    made = await stand.deployment("killbill")
    spec = {**made["spec"], "replicas": 1}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "killbill-copy"}, "spec": spec}
    await kube.ask("POST", DEPLOYMENTS, body)
    card = await stand.ask(MAYA, "/saas restart killbill-copy")
    await kube.ask("DELETE", f"{DEPLOYMENTS}/killbill-copy")
    await stand.approve(JON, card)
    gone = await stand.shows(card, "Nothing was changed.")
    assert "killbill-copy" in seen(gone)


async def test_an_object_that_changed_since_it_was_shown_is_not_touched(stand: Stand) -> None:
    kube, path = stand.world.cluster.kube, f"{DEPLOYMENTS}/billing-service"
    card = await stand.ask(MAYA, "/saas scale billing-service --replicas 4")
    await kube.patch(path, {"spec": {"replicas": 3}})
    await stand.approve(JON, card)
    await stand.shows(card, "🕒", "Nothing was changed.")
    assert (await stand.deployment("billing-service"))["spec"]["replicas"] == 3


def flat(value: object) -> list[dict[str, object]]:
    """Every mapping inside *value*."""
    match value:
        case dict():
            return [value, *(found for part in value.values() for found in flat(part))]
        case list() | tuple():
            return [found for part in value for found in flat(part)]
        case _:
            return []
