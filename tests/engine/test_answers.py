"""An answer's items: its card, what it could not hold, and its pictures."""

from bot.engine.answers import answer
from bot.model.incoming import Origin
from bot.model.outgoing import Card, Document, Whisper
from bot.model.reply import Reply
from bot.render.reply import Picture
from tests.fakes.objects import NOW

PICTURE = Picture("top.png", b"\x89PNG", "Use", "web: CPU 20%.")


def asked(*, thread_ts: str = "") -> Origin:
    return Origin("slash:1", "T1", "UMAYA", "C1", NOW, thread_ts=thread_ts)


def test_a_picture_follows_its_card_in_the_same_place() -> None:
    card, picture = answer(asked(thread_ts="1.0"), Reply("2 pods"), "top pods", pictures=(PICTURE,))
    assert isinstance(card, Card)
    assert picture == Document(
        key=f"{card.key}:picture:0",
        channel="C1",
        name="top.png",
        content=b"\x89PNG",
        title="Use",
        alt_text="web: CPU 20%.",
        beside=card.key,
        thread_ts="1.0",
    )


def test_what_one_person_sees_has_no_picture_for_all() -> None:
    [whisper] = answer(asked(), Reply("mine", private=True), "help", pictures=(PICTURE,))
    assert isinstance(whisper, Whisper)
