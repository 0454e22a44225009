"""Whatever an app puts into a block, nothing of it becomes markup of its own."""

from hypothesis import given
from hypothesis import strategies as st

from tests.playground.page.drawing import drawn, plain, rich, words
from tests.playground.page.test_mrkdwn import Inventory

HOSTILE = st.sampled_from(
    [
        '"><script>alert(1)</script>',
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "' onclick='x",
        "</template></dialog>",
    ]
)


SCALARS = HOSTILE | st.text(max_size=5)


KINDS = [
    "section",
    "header",
    "context",
    "actions",
    "image",
    "video",
    "input",
    "rich_text",
    "markdown",
    "table",
    "card",
    "plan",
    "alert",
    "file",
    "?",
]


@given(kind=st.sampled_from(KINDS), text=SCALARS, block_id=SCALARS)
def test_nothing_that_an_app_sends_becomes_markup_of_its_own(kind: str, text: str, block_id: str) -> None:
    element = {"type": "button", "action_id": text, "text": plain(text), "value": text, "url": text, "style": text}
    block = {
        "type": kind,
        "block_id": block_id,
        "text": {"type": "mrkdwn", "text": text} if kind != "markdown" else text,
        "title": plain(text),
        "label": plain(text),
        "alt_text": text,
        "image_url": text,
        "video_url": text,
        "level": text,
        "external_id": text,
        "accessory": element,
        "element": {"type": "plain_text_input", "action_id": text, "initial_value": text, "placeholder": plain(text)},
        "elements": [element]
        if kind == "actions"
        else [rich(words(text))["elements"][0]]
        if kind == "rich_text"
        else [plain(text)],
        "rows": [[{"type": "raw_text", "text": text}]],
        "tasks": [{"type": "task_card", "title": text, "status": text}],
    }
    for tag, attributes in Inventory(drawn(block)).tags:
        assert tag not in {"script", "img"} or (attributes.get("src") or "").startswith("/_page/files/")
        assert not any(name.startswith("on") for name in attributes)
        assert not (attributes.get("href") or "").lower().startswith("javascript")
