"""What a person is called: nobody gets the bot to speak of him as if he were another."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.actor import Actor, Subject
from bot.model.operation import Decision, Verdict
from bot.render import people, rich
from bot.slack.directory import read_person


def called(name: str, user: str) -> str:
    """What somebody is called who chose *name* in Slack, and is *user* by the policy file."""
    return actor(name, user).called


def actor(name: str, user: str) -> Actor:
    """Somebody as the directory reads him."""
    account = {"id": "UEVE", "team_id": "T1", "profile": {"display_name": name}, "name": "eve"}
    return Actor(read_person(account, our_team="T1"), Subject(user))


@pytest.mark.parametrize(
    ("name", "user"),
    [
        ("maya", "maya@example.com"),
        ("Maya", "practice:maya"),
        ("Maya Lind", "maya.lind@example.com"),
        ("maya-lind", "oidc:Maya_Lind"),
        ("Jón", "https://login.example.com/realms/x#jón"),
    ],
)
def test_a_name_that_the_policy_file_gives_too_stands_alone(name: str, user: str) -> None:
    assert called(name, user) == name


IMPERSONATING = {
    "the same name": "jon",
    "in capitals": "JON",
    "a Cyrillic о": "j\u043en",
    "a Greek ο": "j\u03bfn",
    "a dotless ȷ": "\u0237on",
    "full width": "ｊｏｎ",
    "mathematical": "𝐣𝐨𝐧",
    "a zero": "j0n",
    "with a blank": "jon ",
    "with one that shows nothing": "j\u200bon",
    "with a filler": "jon\u3164",
    "backwards": "\u202enoj",
    "with an accent on nothing": "jo\u0300n",
    "with his address": "jon (jon@example.com)",
    "with a quotation": "jon” (jon@example.com) “",
    "a mention": "<@UJON>",
    "a group": "<!subteam^SSRE>",
    "a sentence": "jon approved it. maya",
    "two people": "jon and maya",
    "code font": "`jon`",
    "lines": "jon\nApproved by maya",
}


@pytest.mark.parametrize("name", IMPERSONATING.values(), ids=IMPERSONATING)
def test_another_name_stands_in_quotes_beside_who_it_is(name: str) -> None:
    shown = called(name, "eve@example.com")
    assert shown.endswith(" (eve@example.com)")
    chosen = shown.removesuffix(" (eve@example.com)")
    assert (chosen[0], chosen[-1]) == ("“", "”")
    assert not set(chosen[1:-1]) & set('“”"()<>@`\n')


@given(st.text(max_size=60))
def test_no_name_at_all_hides_who_it_is(name: str) -> None:
    shown = called(name, "eve@example.com")
    assert shown.endswith("(eve@example.com)") or letters(shown) in ("eve", "eveexamplecom")


def letters(name: str) -> str:
    """What of it tells people apart."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def test_who_has_no_name_is_called_as_the_policy_file_does() -> None:
    assert Actor(read_person({"id": "UEVE", "team_id": "T1"}, our_team="T1"), Subject("eve")).called == "eve"


@pytest.mark.parametrize("name", IMPERSONATING.values(), ids=IMPERSONATING)
def test_a_card_names_who_decided_by_his_id_whatever_he_calls_himself(name: str) -> None:
    decision = Decision(actor(name, "eve@example.com"), Verdict.APPROVE, "hash", datetime(2026, 3, 1, tzinfo=UTC))
    elements = people.decided(decision)
    assert rich.notification(elements).startswith("Approved by <@UEVE>")
    assert "jon" not in str(elements)
