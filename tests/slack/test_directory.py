"""People and their channels: read from Slack, remembered shortly, never guessed."""

from typing import Any

import pytest

from bot.errors import NotFound, Unreachable
from bot.slack.directory import read_person
from tests.slack.stand import GUS, JON, MAYA, OMAR, Stand, until

TEAM = "T0SAASODOO"
DARA = "U0DARA0001"


@pytest.mark.parametrize(
    ("user", "flags"),
    [
        (MAYA, set()),
        (GUS, {"is_guest"}),
        (OMAR, {"is_stranger"}),
        (DARA, {"is_deleted"}),
        ("U0SAASBOT1", {"is_bot"}),
    ],
    ids=["member", "guest", "stranger", "deactivated", "bot"],
)
async def test_an_account_is_told_by_its_flags(stand: Stand, user: str, flags: set[str]) -> None:
    person = await stand.side.directory.person(TEAM, user)
    names = ("is_guest", "is_stranger", "is_deleted", "is_bot")
    assert {name for name in names if getattr(person, name)} == flags


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param("Zoë O'Neil-García 2", "Zoë O'Neil-García 2", id="a name"),
        pytest.param("हिन्दी", "हिन्दी", id="a name of letters and marks"),
        pytest.param("ops.bot_7", "ops.bot_7", id="a handle"),
        pytest.param("✅ Approved by @jon: yes. Maya", "Approved by jon yes. Maya", id="a sentence of the bot's"),
        pytest.param("<!channel> `x` “y”\u202e\u200b\nz", "channel x y z", id="marks and signs that show nothing"),
        pytest.param("m" * 500, "m" * 40, id="endless"),
        pytest.param("🦊", "", id="a picture alone"),
    ],
)
def test_what_people_call_themselves_says_nothing_in_the_bots_voice(name: str, told: str) -> None:
    user = {"id": MAYA, "team_id": TEAM, "profile": {"display_name": name}}
    assert read_person(user, our_team=TEAM).name == told


async def test_who_claims_another_workspace_is_a_stranger(stand: Stand) -> None:
    assert (await stand.side.directory.person("T0OTHER", MAYA)).is_stranger
    assert not (await stand.side.directory.person(TEAM, MAYA)).is_stranger


async def test_nobody_is_not_found(stand: Stand) -> None:
    with pytest.raises(NotFound):
        await stand.side.directory.person(TEAM, "U0NOBODY00")


async def test_a_person_is_remembered_for_ten_minutes_unless_asked_fresh(stand: Stand) -> None:
    directory = stand.side.directory
    for fresh, turn_s, calls in ((False, 0, 1), (False, 0, 1), (True, 0, 2), (False, 601, 2), (False, 0, 3)):
        await directory.person(TEAM, JON, fresh=fresh)
        assert len(stand.calls("users.info")) == calls
        stand.practice.clock.turn(turn_s)


async def test_a_failed_question_is_no_answer_and_leaves_no_old_one(stand: Stand) -> None:
    directory = stand.side.directory
    await directory.person(TEAM, JON)
    stand.cause("fail", method="users.info", count=2)
    for fresh in (True, False):
        with pytest.raises(Unreachable):
            await directory.person(TEAM, JON, fresh=fresh)


async def test_a_changed_account_is_asked_for_again(stand: Stand) -> None:
    await stand.side.directory.person(TEAM, JON)
    stand.practice.admin.deactivate(JON)
    await until(lambda: any(entry.about == "user_change" for entry in stand.deliveries()))
    assert (await stand.side.directory.person(TEAM, JON)).is_deleted


@pytest.mark.parametrize("flag", ["is_restricted", "is_ultra_restricted", "is_invited_user"])
def test_every_kind_of_guest_is_a_guest(flag: str) -> None:
    user: dict[str, Any] = {"id": "U1", "team_id": "T1", flag: True}
    assert read_person(user, our_team="T1").is_guest


def test_without_word_on_our_own_team_everybody_is_a_stranger() -> None:
    assert read_person({"id": "U1", "team_id": "T1"}, our_team="").is_stranger


async def test_the_channels_of_a_person_are_those_that_he_is_in(stand: Stand) -> None:
    joined = await stand.side.directory.channels(MAYA)
    assert "C0OPS00001" in joined
    assert "C0OPS00001" not in await stand.side.directory.channels(OMAR)
    assert len(stand.calls("users.conversations")) == 2
