"""What events and items do to what is known, and what a sink is told of it."""

import pytest

from bot.k8s.freshness import Freshness
from bot.k8s.reflection import Again, Gone, Reflection
from bot.k8s.watch_events import Added, Bookmark, Deleted, Error, Marked, Modified, event_decoder
from bot.model.kube.meta import Metadata
from bot.model.kube.pods import Pod, PodStatus
from tests.k8s.reflecting import Notes


def pod(uid: str, version: int, phase: str = "Running") -> Pod:
    return Pod(metadata=Metadata(name=uid, uid=uid, resource_version=str(version)), status=PodStatus(phase=phase))


def bookmark(version: int, *, ends: bool = False) -> Bookmark:
    annotations = {"k8s.io/initial-events-end": "true"} if ends else {}
    return Bookmark(object=Marked(metadata=Metadata(resource_version=str(version), annotations=annotations)))


@pytest.fixture
def known(notes: Notes) -> Reflection[Pod]:
    return Reflection(notes, Freshness("pods", lambda: 0.0))


def test_the_initial_events_are_told_as_read_and_their_versions_do_not_count(
    notes: Notes, known: Reflection[Pod]
) -> None:
    known.begin()
    known.apply(Added(object=pod("b", 9)))
    known.apply(Added(object=pod("a", 5)))
    assert known.version == ""
    known.apply(bookmark(7))
    assert known.version == ""
    known.apply(bookmark(10, ends=True))
    known.apply(Modified(object=pod("a", 11)))
    assert notes.told == ["read b@9", "read a@5", "synced", "live a@11"]
    assert known.version == "11"


def test_what_mattered_and_is_not_there_any_more_is_told_as_gone(notes: Notes, known: Reflection[Pod]) -> None:
    for uid, phase in (("a", "Failed"), ("b", "Failed"), ("c", "Running")):
        known.item(pod(uid, 1, phase))
    known.begin()
    known.item(pod("b", 1, "Failed"))
    notes.told.clear()
    known.finish("5")
    assert notes.told == ["gone a, unseen", "synced"]


def test_what_healed_no_longer_matters(notes: Notes, known: Reflection[Pod]) -> None:
    known.item(pod("a", 1, "Failed"))
    known.apply(Modified(object=pod("a", 2)))
    known.begin()
    notes.told.clear()
    known.finish("5")
    assert notes.told == ["synced"]


def test_a_deletion_comes_with_the_last_state(notes: Notes, known: Reflection[Pod]) -> None:
    known.apply(Deleted(object=pod("a", 3)))
    assert notes.told == ["gone a"]
    assert known.version == "3"


def test_beside_a_watch_an_older_item_is_not_told(notes: Notes, known: Reflection[Pod]) -> None:
    known.begin_beside_watch("4")
    known.apply(Modified(object=pod("a", 6, "Failed")))
    known.apply(Deleted(object=pod("b", 7)))
    for item in (pod("a", 5), pod("b", 3, "Failed"), pod("c", 2)):
        known.item(item)
    known.finish("5")
    assert notes.told == ["live a@6", "gone b", "read c@2", "synced"]
    assert known.version == "7"


def test_a_reading_beside_a_watch_that_is_interrupted_begins_anew(known: Reflection[Pod]) -> None:
    known.begin_beside_watch("4")
    known.interrupt()
    assert known.version == ""


def test_a_detectors_bug_is_counted_and_passed_over(notes: Notes, known: Reflection[Pod]) -> None:
    known.apply(Modified(object=pod("a", 2, "Odd")))
    known.apply(Modified(object=pod("b", 3)))
    assert notes.told == ["live b@3"]
    assert known.freshness.faults_of_sink == 1


@pytest.mark.parametrize(
    ("line", "raised"),
    [
        pytest.param(b'{"type":"ERROR","object":{"kind":"Status","code":410}}', Gone, id="410"),
        pytest.param(b'{"type":"ERROR","object":{"kind":"Status","reason":"Expired"}}', Gone, id="expired"),
        pytest.param(
            b'{"type":"ERROR","object":{"kind":"Status","code":504,'
            b'"details":{"causes":[{"reason":"ResourceVersionTooLarge"}]}}}', Gone, id="too large a version",
        ),
        pytest.param(b'{"type":"ERROR","object":{"kind":"Status","code":500,"details":null}}', Again, id="500"),
        pytest.param(b'{"type":"ERROR","object":{}}', Again, id="nothing said"),
    ],
)  # fmt: skip
def test_an_error_in_the_stream_says_how_to_go_on(known: Reflection[Pod], line: bytes, raised: type[Exception]) -> None:
    event = event_decoder(Pod).decode(line)
    assert isinstance(event, Error)
    with pytest.raises(raised):
        known.apply(event)


def test_a_bookmark_is_no_event_and_neither_is_what_was_there_before(known: Reflection[Pod]) -> None:
    known.begin()
    known.apply(Added(object=pod("a", 1)))
    known.apply(bookmark(2, ends=True))
    known.apply(bookmark(3))
    assert known.freshness.changes == 0
    known.apply(Added(object=pod("b", 4)))
    assert known.freshness.changes == 1
