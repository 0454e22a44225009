"""mrkdwn is drawn as Slack draws it, and no text can smuggle markup in."""

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.page.markdown import markdown
from playground.page.mrkdwn import mrkdwn, plain
from playground.page.names import Names

NAMES = Names(
    people={"U1": "maya", "U2": "jon"},
    channels={"C1": "ops"},
    groups={"S1": "sre"},
    me="U1",
    my_groups=frozenset({"S1"}),
    now=datetime(2026, 11, 23, 14, 0, tzinfo=UTC),
)
NOON = int(datetime(2026, 11, 23, 12, 5, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        pytest.param("*b* _i_ ~s~", "<b>b</b> <i>i</i> <s>s</s>", id="emphasis"),
        pytest.param("*b _i_ b*", "<b>b <i>i</i> b</b>", id="emphasis nests"),
        pytest.param("snake_case_name 2*3*4", "snake_case_name 2*3*4", id="marks inside words are letters"),
        pytest.param("* not* *open", "* not* *open", id="marks without a partner are shown"),
        pytest.param("*a\nb*", "*a<br>b*", id="emphasis ends with its line"),
        pytest.param("`*a* <@U1>`", "<code>*a* &lt;@U1&gt;</code>", id="code is code"),
        pytest.param("x ```\n*a*\n``` y", "x <pre>*a*</pre> y", id="fences are code"),
        pytest.param("&lt;b&gt; &amp;lt;", "&lt;b&gt; &amp;lt;", id="entities are decoded once"),
        pytest.param("<b>", "&lt;b&gt;", id="tags are text"),
        pytest.param("<@U2>", '<span class="mention" data-person="U2">@jon</span>', id="person"),
        pytest.param("<@U1>", '<span class="mention me" data-person="U1">@maya</span>', id="reader"),
        pytest.param("<!subteam^S1>", '<span class="mention me">@sre</span>', id="group of the reader"),
        pytest.param("<!here>", '<span class="mention me">@here</span>', id="broadcast"),
        pytest.param("<#C9|>", '<span class="mention">#private channel</span>', id="hidden channel"),
        pytest.param(
            f"<!date^{NOON}^{{date_short_pretty}} {{time}}|then>", '<time title="then">Today 12:05 PM</time>', id="date"
        ),
        pytest.param("<!date^soon^{time}|at noon>", '<time title="at noon">at noon</time>', id="date falls back"),
        pytest.param("<javascript:alert(1)|x>", "x", id="unsafe links are text"),
        pytest.param("> a\n&gt; b\nc", "<blockquote>a<br>b</blockquote>c", id="quotes"),
        pytest.param(">>> a\nb", "<blockquote>a<br>b</blockquote>", id="quote of the rest"),
        pytest.param(":tada: :no_such: 10:30:00", "🎉 :no_such: 10:30:00", id="emoji"),
    ],
)
def test_mrkdwn_is_drawn_as_slack_draws_it(source: str, drawn: str) -> None:
    assert mrkdwn(source, NAMES) == drawn


def test_a_link_keeps_its_query_and_shows_its_label() -> None:
    drawn = mrkdwn("<https://x.y/a?b=1&amp;c=2|*label*>", NAMES)
    assert 'href="https://x.y/a?b=1&amp;c=2"' in drawn
    assert ">*label*</a>" in drawn


def test_bare_urls_are_links_unless_verbatim() -> None:
    assert '<a href="https://x.y/a_b_c"' in mrkdwn("see https://x.y/a_b_c.", NAMES)
    assert "<a" not in mrkdwn("see https://x.y/a_b_c.", NAMES, verbatim=True)


def test_plain_text_knows_emoji_and_newlines_only() -> None:
    assert plain("*a* :eyes:\n<@U1>") == "*a* 👀<br>&lt;@U1&gt;"


class Inventory(HTMLParser):
    """Every tag with its attributes, as a browser would see them."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


OURS = {
    "b",
    "i",
    "s",
    "u",
    "br",
    "code",
    "pre",
    "blockquote",
    "a",
    "span",
    "button",
    "time",
    "div",
    "table",
    "thead",
    "tbody",
}
OURS |= {"tr", "td", "th", "ul", "ol", "li", "hr", "p", "h3", "h4", "h5", "h6"}
ATTRIBUTES = {"href", "target", "rel", "class", "title", "data-person", "data-channel", "data-do", "type", "value"}
ATTRIBUTES |= {"tabindex", "role", "aria-label"}
HOSTILE = st.lists(
    st.sampled_from(
        ["<", ">", "&lt;", "&amp;", '"', "'", "`", "```", "*", "_", "~", "|", "\n", "> ", ":tada:", "http://a", "]("]
    )
    | st.sampled_from(
        ["<script>", "<img onerror=x>", "<@U1>", "<!here>", "<http://x|", "javascript:x", "<!date^1^", "[a", "&#60;"]
    )
    | st.text(max_size=4)
).map("".join)


@given(HOSTILE)
def test_no_text_smuggles_markup_through_mrkdwn(source: str) -> None:
    assert_ours(mrkdwn(source, NAMES))


@given(HOSTILE)
def test_no_text_smuggles_markup_through_markdown(source: str) -> None:
    assert_ours(markdown(source))


def assert_ours(drawn: str) -> None:
    for tag, attributes in Inventory(drawn).tags:
        assert tag in OURS
        assert set(attributes) <= ATTRIBUTES
        assert (attributes.get("href") or "https://").startswith(("http://", "https://", "mailto:", "tel:"))


def test_ten_thousand_unpaired_marks_are_drawn_at_once() -> None:
    assert mrkdwn("*a " * 10_000, NAMES).count("*") == 10_000
