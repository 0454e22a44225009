"""The commands that the bot knows, found by name."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from bot.engine.line import join
from bot.errors import NotFound
from bot.spec import AnyCommand

LONGEST_NAME = 3
"""Words in the longest command name that the registry looks for: "rollout status", "cronjob run"."""


class Registry:
    """An immutable collection of commands with unique names."""

    def __init__(self, commands: Iterable[AnyCommand]) -> None:
        """Keep *commands* in their order; two of one name are a programming error."""
        self.commands = tuple(commands)
        self._by_name = {command.name: command for command in self.commands}
        if len(self._by_name) != len(self.commands):
            raise ValueError("two commands have the same name")

    def named(self, name: str) -> AnyCommand | None:
        """The command of exactly that name."""
        return self._by_name.get(name)

    def about(self, topic: str) -> tuple[AnyCommand, ...]:
        """Those whose names begin with the word *topic*, or whose area it is; none for an empty one."""
        word = topic.lower()
        return tuple(one for one in self.commands if word in (one.name.split(" ")[0], one.area.lower()))

    def find(self, words: list[str]) -> tuple[AnyCommand, list[str]]:
        """The command whose name the words begin with, longest first, and the words after it.

        Raises NotFound with near misses.
        """
        for length in range(min(LONGEST_NAME, len(words)), 0, -1):
            if command := self._by_name.get(" ".join(words[:length]).lower()):
                return command, words[length:]
        raise self._of_kubectl(words[1:]) if words[0].lower() == "kubectl" and words[1:] else self._unknown(words)

    def _of_kubectl(self, words: list[str]) -> NotFound:
        """What is pasted from a terminal begins with a word too many."""
        try:
            self.find(words)
        except NotFound as unknown:
            return unknown
        return NotFound(
            "`kubectl` is not written here. Nothing was done.",
            hint="The rest of the line is understood as it is.",
            suggestions=(join(words),),
        )

    def _unknown(self, words: list[str]) -> NotFound:
        first = words[0][:40]
        group = [name for name in self._by_name if name.startswith(first.lower() + " ")]
        more = ", ".join(name.split(" ", 1)[1] for name in group)
        if group and len(words) == 1:
            return NotFound(
                f"“{first}” needs one more word: {more}. Nothing was done.",
                hint=f"For example `{self._by_name[group[0]].examples[0]}`.",
            )
        typed = f"{first} {words[1][:40]}" if group else first
        return NotFound(
            f"There is no command “{typed}”. Nothing was done.",
            hint=f"`{first.lower()}` goes with: {more}." if group else "`help` lists what you can do here.",
            suggestions=_lines(_near_second(words[1], group) if group else _near(words, self._by_name), words),
        )


def _near(words: list[str], names: Collection[str]) -> list[str]:
    """Those of *names* that the first one or two words nearly are."""
    return [name for typed in (" ".join(words[:2]), words[0]) for name in _alike(typed, names)]


def _near_second(word: str, names: Collection[str]) -> list[str]:
    """Those of *names*, which share their first word, whose second is nearly *word*."""
    seconds = {name.split(" ", 1)[1]: name for name in names}
    return [seconds[one] for one in _alike(word, seconds)]


def _alike(typed: str, known: Iterable[str]) -> list[str]:
    return get_close_matches(typed.lower(), list(known), n=2, cutoff=0.6)


def _lines(names: Iterable[str], words: list[str]) -> tuple[str, ...]:
    """The line again with each of *names* in the place of its first words."""
    return tuple(join([*name.split(), *words[len(name.split()) :]]) for name in dict.fromkeys(names))
