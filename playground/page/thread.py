"""The right column: one thread, its parent above its replies, and a composer of its own."""

from playground.page.channel import draw_composer
from playground.page.desk import Desk
from playground.page.html import Html, el, join
from playground.page.timeline import draw_list, thread_messages
from playground.slack.values import ChannelKind


def draw_thread(desk: Desk) -> Html:
    """Draw the open thread, or nothing."""
    messages = thread_messages(desk)
    if not messages:
        return Html()
    close = el("button", "✕", type="button", class_="btn icon", data_do="leave-thread", aria_label="Close thread")
    where = el("small", _where(desk), class_="topic")
    return join(
        el("header", el("h2", "Thread"), where, close, class_="head"),
        el(
            "ol",
            draw_list(messages, desk, column="t"),
            id="replies",
            class_="messages",
            tabindex=0,
            aria_label="Replies",
        ),
        draw_composer(desk, thread=desk.place.thread),
    )


def _where(desk: Desk) -> str:
    title = desk.title_of(desk.channel)
    return title if desk.channel.kind is ChannelKind.IM else f"#{title}"
