"""A line → a command and its validated arguments, by the declaration in bot/spec.py alone."""

import contextlib
from dataclasses import dataclass

from bot.engine.draft import Draft
from bot.engine.line import join, words
from bot.engine.registry import Registry
from bot.errors import BadArguments
from bot.spec import EVERYTHING, AnyCommand, Args, Filter

HELP = frozenset({"--help", "-h"})


@dataclass(frozen=True, slots=True)
class Parsed:
    """A line that was understood."""

    command: AnyCommand
    args: Args
    reason: str = ""
    """Of a change: why, in the asker's words."""
    line: str = ""
    """The words again, normalised."""
    options: Filter = EVERYTHING
    """Of a query: what of its answer is shown, and how."""


@dataclass(frozen=True, slots=True)
class HelpWanted:
    """`help`, `help scale`, `scale --help` or nothing at all: *command* None means the overview."""

    command: AnyCommand | None = None
    topic: str = ""
    """`quota` of `help quota`, or an area: what the overview is narrowed to."""


def parse(text: str, registry: Registry) -> Parsed | HelpWanted:
    """Understand a line. Raises NotFound (no such command) and BadArguments, both with what to type instead."""
    split = words(text)
    if not split or split[0] in HELP | {"help"}:
        return _help(split[1:], registry)
    if len(split) == 2 and split[1] in HELP:
        return _help(split[:1], registry)
    command, rest = registry.find(split)
    draft = Draft(command, line=join(split))
    if draft.asks_for(HELP, rest):
        return HelpWanted(command)
    draft.read(rest)
    return Parsed(
        command=command, args=draft.validated(), reason=draft.reason, line=draft.line, options=draft.options()
    )


def _help(about: list[str], registry: Registry) -> HelpWanted:
    """Of one command, of all that share a word or an area, or of everything. Raises NotFound."""
    topic = " ".join(about)
    if registry.named(topic.lower()) is None and registry.about(topic):
        return HelpWanted(topic=topic.lower())
    return HelpWanted(registry.find(about)[0] if about else None)


def begun(line: str, registry: Registry) -> Draft:
    """What can be understood of an unfinished line. Raises NotFound (no such command), BadArguments (no words)."""
    command, rest = registry.find(words(line))
    draft = Draft(command)
    with contextlib.suppress(BadArguments):
        draft.read(rest)
    return draft
