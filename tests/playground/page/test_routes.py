"""The page is served whole, small and to this machine only; an open pane is patched."""

import gzip
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse

from playground.slack.server import PracticeSlack
from tests.playground.page.app import OPS

MAYA, JON, GUS = "U0MAYA0001", "U0JON00001", "U0GUS00001"
# docs: the page's promise to people on slow lines; style and script together stay under 16 KB.
STYLE_BYTES = SCRIPT_BYTES = 8 * 1024


@pytest.fixture
async def browser(slack: PracticeSlack) -> AsyncIterator[ClientSession]:
    async with ClientSession(slack.page_url) as session:
        yield session


async def test_a_page_is_one_document_one_style_and_one_script(browser: ClientSession, slack: PracticeSlack) -> None:
    slack.workspace.post(OPS, user=JON, text="the queue is *stuck*")
    document = await (await browser.get(f"/?as={MAYA}")).text()
    assert "the queue is <b>stuck</b>" in document
    assert len(re.findall(r'<(?:script|link rel="stylesheet")', document)) == 2
    assert "style=" not in document
    assert not re.search(r"\son\w+=", document)


class Buttons(HTMLParser):
    """Every button and field of a document, with the name that a screen reader says."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self._inside = False
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("button", "input", "textarea", "select"):
            self.names.append(dict(attrs).get("aria-label") or "")
            self._inside = tag == "button"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.names[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "button"


async def test_everything_to_press_or_fill_in_has_a_name(browser: ClientSession, slack: PracticeSlack) -> None:
    parent = slack.workspace.post(OPS, user=JON, text="hello")
    slack.workspace.post(OPS, user=JON, text="there", thread_ts=parent.ts)
    document = await (await browser.get(f"/?as={MAYA}&c={OPS}&t={parent.ts}&panel=break")).text()
    names = Buttons(document).names
    assert len(names) > 50
    assert [name for name in names if not name.strip()] == []


@pytest.mark.parametrize(("name", "most"), [("page.css", STYLE_BYTES), ("page.js", SCRIPT_BYTES)])
async def test_assets_are_small_and_kept_by_the_browser(browser: ClientSession, name: str, most: int) -> None:
    async with browser.get(f"/_page/{name}", auto_decompress=False) as reply:
        packed = await reply.read()
        assert reply.headers["Content-Encoding"] == "gzip"
        assert "immutable" in reply.headers["Cache-Control"]
    assert len(packed) <= most
    assert len(gzip.decompress(packed)) > len(packed)


async def test_nothing_inline_and_nothing_foreign_may_run(browser: ClientSession) -> None:
    reply = await browser.get("/")
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'self'; base-uri 'none'")
    assert "unsafe" not in reply.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Host": "practice.example"}, id="a name that was rebound"),
        pytest.param({"Origin": "https://elsewhere.example"}, id="a foreign page"),
        pytest.param({"Origin": "http://127.0.0.1:1"}, id="another port of this machine"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/_page/live", "/_page/page.js"])
async def test_foreign_requests_are_refused(browser: ClientSession, path: str, headers: dict[str, str]) -> None:
    assert (await browser.get(path, headers=headers)).status == 403


@pytest.mark.parametrize(
    ("query", "me", "channel"),
    [
        pytest.param("", MAYA, "ops", id="nothing asked"),
        pytest.param("?as=U0NOBODY", MAYA, "ops", id="an unknown person"),
        pytest.param("?as=U0DARA0001", MAYA, "ops", id="a deactivated person"),
        pytest.param(f"?as={GUS}&c=C0LEADS001", GUS, "ops", id="a channel that is not theirs"),
        pytest.param(f"?as={JON}&c=C0ALERTS01", JON, "alerts", id="all of it"),
    ],
)
async def test_a_url_is_settled_to_what_exists(browser: ClientSession, query: str, me: str, channel: str) -> None:
    document = await (await browser.get(f"/{query}")).text()
    assert f'data-me="{me}"' in document
    assert f"<h2># {channel}</h2>" in document


async def test_side_by_side_is_two_panes_of_the_same_page(browser: ClientSession) -> None:
    document = await (await browser.get(f"/?as={MAYA}&with={JON}")).text()
    assert re.findall(r'<iframe src="/\?as=(\w+)', document) == [MAYA, JON]


class Pane:
    """An open pane, without a browser: the patches that it gets."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket

    async def tell(self, what: str, **fields: Any) -> None:
        await self._socket.send_json({"do": what, "n": 1, **fields})

    async def hears(self, operation: str, **wanted: Any) -> dict[str, Any]:
        """Wait for the next patch that does *operation* with these fields."""
        while True:
            for patch in await self._socket.receive_json(timeout=30):
                if patch["op"] == operation and wanted.items() <= patch.items():
                    return dict(patch)


@pytest.fixture
async def pane(browser: ClientSession) -> AsyncIterator[Pane]:
    async with browser.ws_connect(f"/_page/live?as={MAYA}&c={OPS}&since=0") as socket:
        pane = Pane(socket)
        await pane.tell("have", regions={})
        await pane.hears("fill", id="panel")
        yield pane


async def test_a_new_message_is_put_into_the_open_conversation(pane: Pane, slack: PracticeSlack) -> None:
    message = slack.workspace.post(OPS, user=JON, text="hello")
    patch = await pane.hears("put", list="main")
    assert patch["id"] == f"m-{OPS}-{message.ts}"
    assert patch["say"] is True


async def test_a_removed_message_is_dropped(pane: Pane, slack: PracticeSlack) -> None:
    message = slack.workspace.post(OPS, user=JON, text="hello")
    await pane.hears("put", list="main")
    slack.workspace.remove(OPS, message.ts)
    assert (await pane.hears("drop"))["id"] == f"m-{OPS}-{message.ts}"


async def test_ephemerals_show_to_their_person_only_and_not_after_a_reload(
    pane: Pane, browser: ClientSession, slack: PracticeSlack
) -> None:
    slack.workspace.post(OPS, user=slack.workspace.bot_user, text="psst", ephemeral_to=JON)
    slack.workspace.post(OPS, user=slack.workspace.bot_user, text="for maya", ephemeral_to=MAYA)
    patch = await pane.hears("put", list="main")
    assert "for maya" in patch["html"]
    assert "Only visible to you" in patch["html"]
    assert "for maya" not in await (await browser.get(f"/?as={MAYA}")).text()


async def test_an_unread_mention_elsewhere_counts_on_the_badge(pane: Pane, slack: PracticeSlack) -> None:
    slack.workspace.post("C0ALERTS01", user=JON, text=f"<@{MAYA}> look")
    rail = await pane.hears("fill", id="rail")
    assert '<span class="count" aria-label="1 unread">1</span>' in rail["html"]


async def test_what_a_pane_has_already_is_not_sent_again(browser: ClientSession) -> None:
    document = await (await browser.get(f"/?as={MAYA}&c={OPS}")).text()
    regions = dict(re.findall(r'id="(\w+)" data-digest="(\w+)"', document))
    since = re.search(r'data-since="([\d.]+)"', document)
    assert since is not None
    async with browser.ws_connect(f"/_page/live?as={MAYA}&c={OPS}&since={since[1]}") as socket:
        pane = Pane(socket)
        await pane.tell("have", regions=regions)
        await pane.tell("complete", text="/s")
        first = await socket.receive_json(timeout=30)
    assert [patch["op"] for patch in first] == ["proposed"]


async def test_a_page_of_another_version_is_told_to_reload(browser: ClientSession) -> None:
    async with browser.ws_connect(f"/_page/live?as={MAYA}&c={OPS}&since=0") as socket:
        pane = Pane(socket)
        await pane.tell("have", regions={}, version="older")
        assert await pane.hears("reload")


async def test_an_old_card_is_patched_however_much_came_after_it(pane: Pane, slack: PracticeSlack) -> None:
    card = slack.workspace.post(OPS, user=JON, text="waiting")
    for number in range(150):
        slack.workspace.post(OPS, user=JON, text=str(number))
    slack.workspace.amend(card, text="done")
    while "done" not in (await pane.hears("put", id=f"m-{OPS}-{card.ts}"))["html"]:
        pass


async def test_a_command_without_an_app_fails_as_in_slack(pane: Pane) -> None:
    await pane.tell("say", text="/saas help")
    assert "dispatch_failed" in (await pane.hears("notice"))["text"]


async def test_the_composer_completes_commands_people_and_emoji(pane: Pane) -> None:
    for typed, offered in [("/s", "/saas "), ("hey @jo", "hey @jon "), (":tad", "🎉 ")]:
        await pane.tell("complete", text=typed)
        assert f'data-line="{offered}"' in (await pane.hears("proposed"))["html"]


async def test_a_file_from_the_composer_is_shared_where_it_was_dropped(
    browser: ClientSession, slack: PracticeSlack
) -> None:
    await browser.post(f"/_page/files?as={MAYA}&c={OPS}&name=worker.log", data=b"stuck")
    (message,) = slack.workspace.visible_messages(OPS, MAYA)
    assert slack.workspace.files[message.files[0]].content == b"stuck"


@pytest.mark.parametrize(
    ("name", "disposition", "kind"),
    [
        pytest.param("chart.png", "inline", "image/png", id="a picture is shown"),
        pytest.param("worker.log", "attachment", "application/octet-stream", id="text is downloaded"),
        pytest.param("evil.html", "attachment", "application/octet-stream", id="a page is not run"),
        pytest.param("evil.svg", "attachment", "application/octet-stream", id="a drawing is not run"),
    ],
)
async def test_a_file_is_shown_only_when_it_cannot_run(
    browser: ClientSession, slack: PracticeSlack, name: str, disposition: str, kind: str
) -> None:
    file = slack.people.store_file(MAYA, name, b"x")
    reply = await browser.get(f"/_page/files/{file.id}/{name}")
    assert (reply.headers["Content-Disposition"], reply.content_type) == (disposition, kind)


async def test_a_file_for_a_field_is_kept_but_shared_nowhere(browser: ClientSession, slack: PracticeSlack) -> None:
    kept = await (await browser.post(f"/_page/files?as={MAYA}&name=plan.txt", data=b"x")).json()
    assert slack.workspace.files[kept["id"]].shares == ()
    assert slack.workspace.visible_messages(OPS, MAYA) == []


async def test_a_pane_moves_to_another_conversation_and_into_a_thread(pane: Pane, slack: PracticeSlack) -> None:
    parent = slack.workspace.post("C0ALERTS01", user=JON, text="parent")
    reply = slack.workspace.post("C0ALERTS01", user=JON, text="a reply", thread_ts=parent.ts)
    await pane.tell("go", channel="C0ALERTS01", ts=reply.ts)
    assert (await pane.hears("place"))["url"] == f"/?as={MAYA}&c=C0ALERTS01&t={parent.ts}"
    assert "a reply" in (await pane.hears("fill", id="thread"))["html"]


async def test_a_fault_is_caused_by_name_and_says_what_it_did(pane: Pane, slack: PracticeSlack) -> None:
    await pane.tell("fault", name="Latency")
    assert (await pane.hears("toast"))["text"] == "Every call takes two seconds longer."
    assert slack.faults.latency_s == 2.0


async def test_what_the_page_does_not_know_is_refused(pane: Pane) -> None:
    await pane.tell("levitate")
    assert "Reload it" in (await pane.hears("toast"))["text"]
