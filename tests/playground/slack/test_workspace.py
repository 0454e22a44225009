"""Who sees what, and who is told of which change."""

import json

import pytest

from playground.slack.changes import (
    BACKLOG,
    ChannelsChanged,
    MessageChanged,
    MessageRemoved,
    Notice,
    Reset,
    ViewsChanged,
)
from playground.slack.clock import Clock
from playground.slack.manifest import parse_manifest
from playground.slack.server import PracticeSlack
from playground.slack.snapshot import BadSnapshot, restore, snapshot
from playground.slack.workspace import KEPT_MESSAGES, Workspace
from playground.slack.world import installation, populated
from tests.playground.slack.app import GENERAL, GUS, JON, LEADS, LENA, MANIFEST, MAYA, OMAR, OPS, SHARED, section


@pytest.fixture
def workspace() -> Workspace:
    return populated(installation(parse_manifest(MANIFEST)), Clock(scale=0, start=1_790_000_000))


async def test_a_change_is_told_to_the_readers_of_the_channel(workspace: Workspace) -> None:
    with workspace.subscribe(LENA) as lena, workspace.subscribe(JON) as jon:
        private = workspace.post(LEADS, user=LENA, text="secret")
        public = workspace.post(OPS, user=MAYA, text="open")
        workspace.remove(OPS, public.ts)
        assert await lena.next() == MessageChanged(LEADS, private.ts)
        assert await jon.next() == MessageChanged(OPS, public.ts)
        assert await jon.next() == MessageRemoved(OPS, public.ts)


async def test_an_ephemeral_a_view_and_a_notice_are_told_to_one_person(workspace: Workspace) -> None:
    with workspace.subscribe(MAYA) as maya, workspace.subscribe(JON) as jon:
        psst = workspace.post(OPS, user="U", text="psst", ephemeral_to=MAYA)
        workspace.put_stack(MAYA, ())
        workspace.notice(MAYA, OPS, "The app did not respond.")
        workspace.put_channel(workspace.channels[OPS])
        told = [await maya.next() for _ in range(3)]
        assert await jon.next() == ChannelsChanged()
    assert told == [
        MessageChanged(OPS, psst.ts),
        ViewsChanged(MAYA),
        Notice(MAYA, OPS, "The app did not respond."),
    ]


async def test_who_falls_behind_is_told_to_draw_anew(workspace: Workspace) -> None:
    with workspace.subscribe(MAYA) as maya:
        for number in range(BACKLOG + 1):
            workspace.post(OPS, user=JON, text=str(number))
        assert await maya.next() == Reset()


async def test_a_subscription_ends_with_the_workspace(workspace: Workspace) -> None:
    with workspace.subscribe(MAYA) as maya:
        workspace.close()
        assert [change async for change in maya] == []


@pytest.mark.parametrize(
    ("person", "channel", "may"),
    [
        (MAYA, OPS, True),
        (MAYA, LEADS, False),
        (LENA, LEADS, True),
        (GUS, OPS, True),
        (GUS, GENERAL, False),
        (OMAR, SHARED, True),
        (OMAR, GENERAL, False),
        (JON, SHARED, True),
        ("U0NOBODY", GENERAL, False),
    ],
    ids=[
        *("member", "stranger to a private channel", "member of a private channel", "guest where invited"),
        *("guest elsewhere", "other team where shared", "other team elsewhere", "public channel", "nobody"),
    ],
)
def test_who_may_read_a_channel(workspace: Workspace, person: str, channel: str, may: bool) -> None:
    workspace.post(channel, user=LENA, text="x")
    assert workspace.may_read(person, workspace.channels[channel]) is may
    assert bool(workspace.visible_messages(channel, person)) is may


def test_timestamps_rise_even_while_the_clock_stands(workspace: Workspace) -> None:
    stamps = [workspace.post(OPS, user=MAYA).ts for _ in range(3)]
    assert stamps == ["1790000000.000000", "1790000000.000001", "1790000000.000002"]


def test_the_oldest_messages_make_room(workspace: Workspace) -> None:
    first = workspace.post(OPS, user=MAYA)
    for _ in range(KEPT_MESSAGES):
        workspace.post(OPS, user=MAYA)
    assert len(workspace.messages[OPS]) == KEPT_MESSAGES
    assert workspace.message(OPS, first.ts) is None


async def test_a_workspace_is_restored_as_it_was(slack: PracticeSlack) -> None:
    await slack.people.upload(MAYA, OPS, "pod.log", b"\x00log", text="see")
    (message,) = slack.workspace.visible_messages(OPS, MAYA)
    await slack.people.react(JON, OPS, message.ts, "eyes")
    slack.workspace.post(OPS, user="U", bot_id="B", text="card", blocks=(section("x"),), thread_ts=message.ts)
    saved = json.loads(json.dumps(snapshot(slack.workspace)))
    other = populated(slack.installation, slack.clock)
    restore(other, saved)
    assert other.messages == slack.workspace.messages
    assert other.files == slack.workspace.files
    assert other.channels == slack.workspace.channels
    assert other.post(OPS, user=MAYA).ts > max(slack.workspace.messages[OPS])


@pytest.mark.parametrize("saved", [{}, {"version": 0}, {"version": 1, "people": [{}]}], ids=["none", "old", "damaged"])
def test_a_bad_snapshot_changes_nothing(workspace: Workspace, saved: dict[str, object]) -> None:
    before = dict(workspace.people)
    with pytest.raises(BadSnapshot, match="Nothing was restored"):
        restore(workspace, saved)
    assert workspace.people == before
