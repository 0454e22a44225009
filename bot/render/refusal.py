"""A refusal or failure in three parts: what happened, what did not, what to do next."""

import shlex
from itertools import pairwise

from bot.errors import BotError, Denied, Held, UpstreamError
from bot.model.outgoing import Message
from bot.model.reply import Button
from bot.render import blocks, rich
from bot.render.escape import inline, mrkdwn
from bot.render.limits import NOTIFICATION_CHARACTERS, SUGGESTIONS
from bot.render.rich import Element
from bot.render.run_buttons import lines_behind, run_button


def refusal(error: BotError, *, line: str = "") -> Message:
    """Draw *error* for the one who asked with *line*; its suggestions become buttons."""
    emoji = _emoji(error)
    buttons = [Button(_label(suggestion, line), suggestion) for suggestion in error.suggestions[:SUGGESTIONS]]
    if error.unfinished:
        buttons.append(Button("Fill in a form", error.unfinished, action="form"))
    drawn = [blocks.paragraph(*([rich.glue(f"{emoji} ")] if emoji else []), *rich.spans(str(error)))]
    if error.hint:
        drawn.append(blocks.paragraph(*rich.spans(error.hint), *card_of(error)))
    if buttons:
        drawn.append(blocks.actions(*(run_button(button, place) for place, button in enumerate(buttons))))
    text = mrkdwn(inline(str(error), NOTIFICATION_CHARACTERS))
    return Message(text=text, blocks=drawn, lines=lines_behind(buttons))


def card_of(error: BotError) -> list[Element]:
    """Where what is in the way has its card, where others than its asker can see it."""
    if not isinstance(error, Held) or not error.channel.startswith(("C", "G")):
        return []
    return [rich.glue(" Its card stands in "), {"type": "channel", "channel_id": error.channel}, rich.glue(".")]


def _emoji(error: BotError) -> str:
    match error:
        case Denied():
            return "🚫"
        case UpstreamError():
            return "⚠️"
        case _:
            return ""


def _label(suggestion: str, line: str) -> str:
    """What is different in *suggestion*: the mended word alone says it on a phone; another command is named whole."""
    offered = _without_namespace(shlex.split(suggestion))
    try:
        typed = shlex.split(line)
    except ValueError:
        typed = []
    different = [
        f"{before} {word}" if before.startswith("--") else word
        for before, word in pairwise(["", *offered])
        if word not in typed and word.partition("/")[2] not in typed
    ]
    same_command = typed[:1] == offered[:1]
    return " ".join(different if same_command and different else offered)


def _without_namespace(words: list[str]) -> list[str]:
    """The words without `-n NAMESPACE`, which the asker's channel says already."""
    place = words.index("-n") if "-n" in words else len(words)
    return words[:place] + words[place + 2 :]
