"""The answer of a query → a Slack message, and files for what is too long for one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.model.chart import Chart
from bot.model.outgoing import Message
from bot.model.reply import Button, Buttons, Code, Facts, Part, Reply, Shows, Table, Text
from bot.render import blocks, rich, tone
from bot.render.budget import Sheet
from bot.render.chart import png
from bot.render.chart_words import alt_text
from bot.render.escape import clean, head, mrkdwn, tail
from bot.render.limits import (
    ACTIONS_PER_ROW,
    BUTTONS_PER_CARD,
    FACTS_PER_BLOCK,
    LINE_CHARACTERS,
    MENU_OPTIONS,
    MESSAGE_CHARACTERS,
    NATIVE_TABLES,
    NOTIFICATION_CHARACTERS,
    PREFORMATTED_CHARACTERS,
    ROWS_IN_CHAT,
)
from bot.render.monospace import aligned, filled, hanging, is_too_wide, whole_rows
from bot.render.native_table import native_table
from bot.render.paging import Page, without_page
from bot.render.run_buttons import lines_behind, run_button, run_menu, run_overflow

SMALL = 600
"""Characters that are kept for buttons, captions and the note on what was left out."""


@dataclass(frozen=True, slots=True)
class File:
    """What a message could not hold, whole."""

    name: str
    content: bytes
    title: str


@dataclass(frozen=True, slots=True)
class Picture(File):
    """A chart, drawn."""

    alt_text: str


def reply_message(reply: Reply, *, line: str = "") -> Message:
    """Draw *reply*; *line* is the command line that it answers, which paging buttons repeat."""
    look = tone.TONES[reply.tone]
    drawing = _Drawing(line)
    drawing.sheet.add(blocks.headline(reply.headline, emoji=look.emoji))
    for part in reply.parts:
        drawing.draw(part)
    if line and reply.parts and not reply.private:
        drawing.menu()
    if drawing.sheet.left_out:
        drawing.sheet.blocks.append(blocks.paragraph(rich.text("There is more than a message holds. Narrow it down.")))
    return Message(
        text=mrkdwn(f"{look.emoji} {reply.headline}".strip()[:NOTIFICATION_CHARACTERS]),
        blocks=drawing.sheet.blocks,
        color=look.color,
        lines=drawing.lines,
    )


def reply_files(reply: Reply) -> tuple[File, ...]:
    """Tables past 200 rows and texts that had to be cut, as files: whole."""
    return tuple(file for part in reply.parts for file in _file(part, reply.headline))


def reply_pictures(reply: Reply) -> tuple[Picture, ...]:
    """Its charts, drawn; takes some 30 ms each, so it is called in a thread."""
    return tuple(
        Picture(chart.file_name, png(chart), clean(chart.title), alt_text(chart))
        for chart in reply.parts
        if isinstance(chart, Chart)
    )


def _file(part: object, title: str) -> list[File]:
    match part:
        case Table() if len(part.rows) > ROWS_IN_CHAT:
            whole = "\n".join(aligned(part.columns, part.rows, cell_limit=LINE_CHARACTERS))
            return [File(part.file_name, whole.encode(), clean(title))]
        case Code() if len(part.text) > PREFORMATTED_CHARACTERS or _has_more_lines(part):
            return [File(part.file_name, clean(part.text).encode(), clean(part.title or title))]
        case _:
            return []


def _has_more_lines(part: Code) -> bool:
    """Whether the message has only some of its lines, for there would be too many."""
    return 0 < part.most_lines < len(part.text.split("\n"))


def _some_lines(part: Code) -> str:
    """As many as the message is to have."""
    lines = part.text.rstrip("\n").split("\n")
    if not _has_more_lines(part):
        return "\n".join(lines)
    return "\n".join(lines[: part.most_lines] if part.shows is Shows.BEGINNING else lines[-part.most_lines :])


@dataclass
class _Drawing:
    """A message on the way: its blocks and the lines behind its buttons."""

    line: str
    sheet: Sheet = field(default_factory=lambda: Sheet(MESSAGE_CHARACTERS - SMALL))
    lines: dict[str, str] = field(default_factory=dict)
    buttons: int = 0
    native_tables: int = 0

    def draw(self, part: Part) -> None:
        """Add one part."""
        match part:
            case Text():
                self.sheet.add(blocks.lines(rich.spans(row) for row in part.text.split("\n")))
            case Facts():
                self._facts(part)
            case Code():
                self._code(part)
            case Buttons():
                self._buttons(part.buttons[:BUTTONS_PER_CARD])
            case Table():
                self._table(part)
            case Chart():
                pass  # a picture is a file of its own, beside the message

    def menu(self) -> None:
        """What can be done with any answer, behind ⋯; beside its last buttons where it ends with some."""
        choices = (Button("Ask again", self.line), Button("Add to favourites", f"fav add {without_page(self.line)}"))
        drawn = run_overflow(choices, self.buttons)
        match self.sheet.blocks[-1]:
            case {"type": "actions", "elements": list(elements)} if len(elements) < ACTIONS_PER_ROW:
                elements.append(drawn)
                self.lines |= lines_behind(choices)
            case _:
                self._actions([drawn], choices)

    def _facts(self, part: Facts) -> None:
        for start in range(0, len(part.facts), FACTS_PER_BLOCK):
            some = part.facts[start : start + FACTS_PER_BLOCK]
            self.sheet.add(blocks.facts(some, at_most=FACTS_PER_BLOCK))

    def _code(self, part: Code) -> None:
        limit = min(PREFORMATTED_CHARACTERS, max(self.sheet.room - len(part.title), 0))
        if limit > len("…"):
            shorten = tail if part.shows is Shows.END else head
            shown = blocks.preformatted(shorten(_some_lines(part), limit, LINE_CHARACTERS))
            self.sheet.add(blocks.container(part.title, shown) if part.title else shown)
        if _has_more_lines(part):
            count = len(part.text.split("\n"))
            note = f"{part.most_lines} of {count} lines; {part.file_name} in the thread has them all."
            self.sheet.add(blocks.paragraph(rich.text(note)))

    def _table(self, part: Table) -> None:
        page = Page.of(len(part.rows), part.page)
        self._rows(part.columns, page.slice(part.rows))
        if page.caption:
            self.sheet.add(blocks.paragraph(rich.text(page.caption)))
        self._menu([button for row in page.slice(part.row_buttons) for button in row])
        self._buttons(page.buttons(self.line))

    def _rows(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Aligned where a phone has room; else the one native table of a message, if it fits; else hanging."""
        drawn = aligned(*filled(columns, rows))
        if is_too_wide(drawn):
            if self.native_tables < NATIVE_TABLES and self.sheet.fits(table := native_table(columns, rows)):
                self.native_tables += 1
                self.sheet.add(table)
                return
            drawn = hanging(*filled(columns, rows))
        self.sheet.add(blocks.preformatted(whole_rows(drawn, min(PREFORMATTED_CHARACTERS, self.sheet.room))))

    def _menu(self, choices: Sequence[Button]) -> None:
        if choices:
            shown = choices[:MENU_OPTIONS]
            self._actions([run_menu(shown, self.buttons, placeholder="Act on a row")], shown)

    def _buttons(self, buttons: Sequence[Button]) -> None:
        if buttons:
            drawn = [run_button(button, self.buttons + place) for place, button in enumerate(buttons)]
            self._actions(drawn, buttons)

    def _actions(self, elements: Sequence[rich.Element], buttons: Sequence[Button]) -> None:
        if self.sheet.add(blocks.actions(*elements)):
            self.buttons += len(elements)
            self.lines |= lines_behind(buttons)
