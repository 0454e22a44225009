"""What the composer offers while somebody types: commands, the demo's sub-words, people, channels, emoji."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from playground.page.desk import Desk
from playground.page.emoji import EMOJI
from playground.page.html import Html, el, join

# More than this many proposals are no help any more.
_MOST = 8
_WORD = re.compile(r"(?:^|\s)([@#:])([\w.+-]*)$")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing to take: *line* is what the whole text up to the cursor becomes."""

    line: str
    shown: str
    about: str = ""


async def propose(text: str, desk: Desk) -> list[Proposal]:
    """Propose how *text*, the line up to the cursor, may go on."""
    if match := _WORD.search(text):
        head = text[: match.start(1)]
        return [
            Proposal(f"{head}{insert} ", shown, about) for insert, shown, about in _named(match[1], match[2], desk)
        ][:_MOST]
    if text.startswith("/"):
        return [*_commands(text, desk), *await _sub_words(text, desk)][:_MOST]
    return []


def _commands(text: str, desk: Desk) -> list[Proposal]:
    if " " in text:
        return []
    return [
        Proposal(f"{command.command} ", f"{command.command} {command.usage_hint}".strip(), command.description)
        for command in desk.manifest.commands
        if command.command.startswith(text)
    ]


async def _sub_words(text: str, desk: Desk) -> list[Proposal]:
    """Ask the demo; an answer is either a whole line or a word to stand where the last one is begun."""
    if " " not in text:
        return []
    head = text[: text.rindex(" ") + 1]
    words = await desk.guide.complete(desk.place.person, text)
    lines = [word if word.startswith(text) else head + word for word in words]
    return [Proposal(f"{line} ", line.removeprefix(head)) for line in lines if line.rstrip() != text.rstrip()]


def _named(sigil: str, begun: str, desk: Desk) -> Iterator[tuple[str, str, str]]:
    begun = begun.lower()
    match sigil:
        case "@":
            people = [(p.name, p.title or p.real_name) for p in desk.workspace.people.values() if not p.deleted]
            groups = [(group.handle, group.name) for group in desk.workspace.usergroups.values()]
            everyone = [("here", "everyone who is active here"), ("channel", "everyone in this channel")]
            known = [*people, *groups, *everyone]
        case "#":
            known = [(name, "") for name in desk.names.channels.values()]
        case _:
            emoji = EMOJI.items() if len(begun) > 1 else ()
            yield from ((char, f"{char} :{name}:", "") for name, char in emoji if name.startswith(begun))
            return
    yield from ((f"{sigil}{name}", f"{sigil}{name}", about) for name, about in known if name.lower().startswith(begun))


def draw_proposals(proposals: list[Proposal]) -> Html:
    """Draw what is offered, as items of the composer's listbox."""
    return join(
        *(
            el(
                "button",
                proposal.shown,
                el("small", proposal.about) if proposal.about else None,
                type="button",
                role="option",
                tabindex=-1,
                data_do="take",
                data_line=proposal.line,
            )
            for proposal in proposals
        )
    )
