"""A live answer → its card while it goes on, its card once it has ended, and the lines below it."""

from collections.abc import Sequence
from typing import assert_never

from msgspec import structs

from bot.model.counting import counted
from bot.model.durations import spoken
from bot.model.live import Ending, How, LiveAnswer
from bot.model.outgoing import Message
from bot.model.reply import Button, Tone
from bot.render import blocks, rich
from bot.render.escape import clean, cut
from bot.render.limits import LINE_CHARACTERS, PREFORMATTED_CHARACTERS, REASON_CHARACTERS
from bot.render.reply import reply_message
from bot.render.rich import Element
from bot.render.run_buttons import lines_behind, run_button

CLEANED_CHARACTERS = 4 * LINE_CHARACTERS
"""So much of a line is looked at for what must not be shown; of 2 MB nothing else would be kept anyway."""

NOTE_CHARACTERS = 100
"""Kept for the note on what was left out."""


def live_message(answer: LiveAnswer) -> Message:
    """What is so now, until when it is kept so, and how to stop it."""
    message = reply_message(structs.replace(answer.reply, tone=Tone.RUNNING))
    footer = [
        *(rich.glue("Live for "), rich.person(answer.asker)),
        *(rich.glue(" until "), rich.moment(answer.until)),
    ]
    stop = blocks.button("Stop", "stop", answer.id)
    return structs.replace(message, blocks=[*message.blocks, blocks.paragraph(*footer), blocks.actions(stop)])


def ended_message(answer: LiveAnswer, ending: Ending) -> Message:
    """The last that was seen, that it is no longer followed, and why."""
    headline = f"{answer.reply.headline} · no longer followed"
    message = reply_message(structs.replace(answer.reply, headline=headline, tone=Tone.PLAIN))
    again = Button("Follow again", answer.line)
    footer = blocks.paragraph(*_ended(answer, ending), rich.glue(" · "), rich.moment(ending.at))
    return structs.replace(
        message,
        blocks=[*message.blocks, footer, blocks.actions(run_button(again, 0))],
        lines={**message.lines, **lines_behind([again])},
    )


def lines_message(lines: Sequence[str], left_out: int) -> Message:
    """The newest of *lines* that fit, and how many did not or were *left_out* before."""
    fitting: list[str] = []
    room = PREFORMATTED_CHARACTERS - NOTE_CHARACTERS
    for line in reversed(lines):
        shown = _shown(line)
        room -= len(shown) + 1
        if room < 0:
            break
        fitting.append(shown)
    missing = left_out + len(lines) - len(fitting)
    note = [f"… {counted(missing, 'earlier line')} left out: more than a message holds"] if missing else []
    text = "\n".join([*note, *reversed(fitting)])
    return Message(text=counted(len(fitting), "new line"), blocks=[blocks.preformatted(text)])


def _shown(line: str) -> str:
    return cut(clean(line[:CLEANED_CHARACTERS]).replace("\n", " "), LINE_CHARACTERS)


def _ended(answer: LiveAnswer, ending: Ending) -> list[Element]:
    after = spoken(ending.at - answer.began_at)
    match ending.how:
        case How.STOPPED:
            who = [rich.person(ending.by)] if ending.by else [rich.glue("somebody")]
            return [rich.glue("Stopped by "), *who, rich.glue(f" after {after}")]
        case How.TIME_UP:
            return [rich.glue(f"Ended after {after}, the longest that this answer is live")]
        case How.CUT_OFF:
            return [rich.glue("Stopped: the bot was restarted")]
        case How.FAILED:
            return [rich.glue(f"Ended after {after}: "), *rich.spans(ending.why.rstrip("."), limit=REASON_CHARACTERS)]
        case _:
            assert_never(ending.how)
