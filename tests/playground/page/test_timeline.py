"""Messages stand as in Slack: under one face while they belong together, parted by days, threads counted."""

from typing import Any

import pytest

from playground.page.backstage import Backstage
from playground.page.desk import Desk
from playground.page.page import Page
from playground.page.place import Place
from playground.page.timeline import draw_list, main_messages, thread_messages
from playground.slack.clock import Clock
from playground.slack.manifest import parse_manifest
from playground.slack.server import PracticeSlack
from playground.slack.values import File, Message
from playground.slack.workspace import Workspace
from tests.playground.page.app import MANIFEST, OPS

MAYA, JON = "U0MAYA0001", "U0JON00001"
# 2026-11-23 10:00 in UTC, where nobody lives; the people of the workspace are an hour ahead.
MONDAY = 1_795_428_000.0


@pytest.fixture
def page() -> Page:
    slack = PracticeSlack(parse_manifest(MANIFEST), clock=Clock(scale=0, start=MONDAY))
    return Page(slack, Backstage(slack))


@pytest.fixture
def workspace(page: Page) -> Workspace:
    return page.slack.workspace


def desk(page: Page, **place: Any) -> Desk:
    return page.desk(page.settle(Place(person=MAYA, channel=OPS, **place)))


def drawn(page: Page, **place: Any) -> str:
    return draw_list(main_messages(desk(page, **place)), desk(page, **place), column="m")


def test_messages_of_one_person_stand_under_one_face(page: Page, workspace: Workspace) -> None:
    for user, text in [(JON, "one"), (JON, "two"), (MAYA, "three")]:
        workspace.post(OPS, user=user, text=text)
    assert drawn(page).count('class="message follows"') == 1


def test_five_minutes_later_the_face_is_shown_again(page: Page, workspace: Workspace) -> None:
    workspace.post(OPS, user=JON, text="one")
    workspace.clock.turn(301)
    workspace.post(OPS, user=JON, text="two")
    assert "follows" not in drawn(page)


def test_each_day_begins_with_a_divider_on_the_readers_clock(page: Page, workspace: Workspace) -> None:
    workspace.post(OPS, user=JON, text="before midnight")
    workspace.clock.turn(13 * 3600 + 60)
    workspace.post(OPS, user=JON, text="a minute past midnight")
    workspace.post(OPS, user=JON, text="and another")
    assert drawn(page).count('class="day"') == 2
    assert "<span>Yesterday</span>" in drawn(page)
    assert "<span>Today</span>" in drawn(page)


def test_replies_are_counted_on_their_parent_and_kept_out_of_the_channel(page: Page, workspace: Workspace) -> None:
    parent = workspace.post(OPS, user=JON, text="parent")
    workspace.post(OPS, user=MAYA, text="between us", thread_ts=parent.ts)
    workspace.post(OPS, user=MAYA, text="broadcast", thread_ts=parent.ts, broadcast=True)
    markup = drawn(page)
    assert "<b>2 replies</b>" in markup
    assert "between us" not in markup
    assert "replied to a thread" in markup
    assert [m.text for m in thread_messages(desk(page, thread=parent.ts))] == ["parent", "between us", "broadcast"]


@pytest.mark.parametrize(
    ("since", "seen"),
    [pytest.param("0", True, id="an open page"), pytest.param("9999999999", False, id="after a reload")],
)
def test_ephemerals_last_as_long_as_the_page(page: Page, workspace: Workspace, since: str, seen: bool) -> None:
    workspace.post(OPS, user=workspace.bot_user, text="psst", ephemeral_to=MAYA)
    assert ("psst" in drawn(page, since=since)) is seen


def test_a_guest_and_a_stranger_are_marked(page: Page, workspace: Workspace) -> None:
    workspace.post(OPS, user="U0GUS00001", text="hello")
    workspace.post(OPS, user="U0OMAR0001", text="hello")
    assert '<span class="badge">guest</span>' in drawn(page)
    assert '<span class="badge">external</span>' in drawn(page)


FILES: list[tuple[File, str]] = [
    (File(id="F1", name="a b.log", title="Log", user=JON, created=0, content=b"1\n2\n3\n4\n5\n6\n7"), "5\n6\n…</pre>"),
    (File(id="F2", name="x.bin", title="Core", user=JON, created=0, content=b"\0\1"), '<div class="card file"><div><a'),
    (
        File(id="F3", name="c.png", title="CPU", user=JON, created=0, mimetype="image/png", alt_txt="rising"),
        'alt="rising"',
    ),
]


@pytest.mark.parametrize(("file", "part"), FILES, ids=["text is previewed", "bytes are not", "pictures are shown"])
def test_files_hang_below_their_message(page: Page, workspace: Workspace, file: File, part: str) -> None:
    workspace.put_file(file)
    workspace.post(OPS, user=JON, files=(file.id,))
    assert part in drawn(page)
    assert f'href="/_page/files/{file.id}/' in drawn(page)


@pytest.mark.parametrize(
    ("attachment", "part"),
    [
        pytest.param({"color": "good", "text": "*t*"}, 'fill="#2eb886"', id="a named colour"),
        pytest.param({"color": "#E01E5A", "blocks": [{"type": "divider"}]}, 'fill="#E01E5A"', id="a colour"),
        pytest.param({"color": '"/><script>', "text": "t"}, 'fill="#8884"', id="no colour at all"),
        pytest.param(
            {"title": "T", "title_link": "https://x.y", "fields": [{"title": "F", "value": "v"}]},
            "<b>F</b>",
            id="legacy",
        ),
    ],
)
def test_attachments_stand_behind_their_colour_bar(
    page: Page, workspace: Workspace, attachment: Any, part: str
) -> None:
    workspace.post(OPS, user=workspace.bot_user, attachments=(attachment,))
    assert part in drawn(page)
    assert "<script" not in drawn(page)


UNREAD = [
    pytest.param({"user": JON, "text": "hi"}, 1, 0, id="a message"),
    pytest.param({"user": JON, "text": f"<@{MAYA}>"}, 1, 1, id="a mention"),
    pytest.param({"user": JON, "text": "<!here>"}, 1, 1, id="a broadcast"),
    pytest.param({"user": MAYA, "text": "<!here>"}, 0, 0, id="what one wrote oneself"),
]


@pytest.mark.parametrize(("fields", "messages", "mentions"), UNREAD)
def test_what_is_new_is_counted_until_it_is_read(
    page: Page, workspace: Workspace, fields: dict[str, Any], messages: int, mentions: int
) -> None:
    channel = workspace.channels[OPS]
    workspace.post(OPS, **fields)
    unread = page.reading.unread(MAYA, channel, workspace)
    assert (unread.messages, unread.mentions) == (messages, mentions)
    page.read(Place(person=MAYA, channel=OPS))
    assert page.reading.unread(MAYA, channel, workspace).messages == 0


def test_an_amended_message_is_looked_at_again(page: Page, workspace: Workspace) -> None:
    message: Message = workspace.post(OPS, user=JON, text="hi")
    assert page.reading.unread(MAYA, workspace.channels[OPS], workspace).mentions == 0
    workspace.amend(message, text=f"<@{MAYA}>")
    assert page.reading.unread(MAYA, workspace.channels[OPS], workspace).mentions == 1
