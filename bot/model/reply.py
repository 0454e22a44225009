"""Reply: what a query answers, as parts that `bot/render` draws; nothing here is escaped or cut."""

from enum import StrEnum

import msgspec

from bot.model.chart import Chart
from bot.model.plan import Fact


class Tone(StrEnum):
    """The state that a headline tells; drawn as one emoji and the colour bar."""

    PLAIN = "plain"
    WAITING = "waiting"
    RUNNING = "running"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    DENIED = "denied"


class Button(msgspec.Struct, frozen=True, omit_defaults=True):
    """A button that runs a command line as the person who presses it, with his rights."""

    label: str
    line: str
    """Command line without `/saas`; drawn as an opaque id, never trusted from Slack."""
    action: str = "run"
    """`run` runs the line as it is; `form` opens a form that completes it."""


class Text(msgspec.Struct, frozen=True, tag="text"):
    """A sentence or two of plain text."""

    text: str


class Facts(msgspec.Struct, frozen=True, tag="facts"):
    """Labelled lines."""

    facts: tuple[Fact, ...]


class Table(msgspec.Struct, frozen=True, tag="table", omit_defaults=True):
    """Rows under kubectl's columns, the unhealthy first; paged by the renderer past 20 rows, a file past 200."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_buttons: tuple[tuple[Button, ...], ...] = ()
    """Per row, what can be done with it; empty where no action makes sense."""
    page: int = 1
    """Which page is asked for, counted from 1."""
    file_name: str = "table.txt"
    """Name of the file when it is too long for a message."""
    wide: tuple[int, ...] = ()
    """Places of the columns that are left out unless `-o` asks for them."""
    drawn: tuple[int, ...] = ()
    """Places of the columns that are pictures: a program that reads what `-o` writes has no use for them."""
    names: tuple[str, ...] = ()
    """Per row, what `-o name` says of it: `pod/web-1`; empty: its first cell."""


class Shows(StrEnum):
    """Which part of a text is shown that is too long."""

    END = "end"
    """Of a log, the newest."""
    BEGINNING = "beginning"


class Code(msgspec.Struct, frozen=True, tag="code", omit_defaults=True):
    """Preformatted text from a cluster or a person: parsed by nobody."""

    text: str
    title: str = ""
    file_name: str = "output.txt"
    """Name of the file when it is too long for a message."""
    shows: Shows = Shows.END
    most_lines: int = 0
    """Lines in the message; with more, the whole goes to the file too. 0: as many as fit."""


class Buttons(msgspec.Struct, frozen=True, tag="buttons"):
    """A row of at most three."""

    buttons: tuple[Button, ...]


Part = Text | Facts | Table | Code | Buttons | Chart


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """An answer: a first line that alone would do, then parts."""

    headline: str
    parts: tuple[Part, ...] = ()
    tone: Tone = Tone.PLAIN
    private: bool = False
    """Seen by the asker only (help, what I may do); otherwise by the channel it was asked in."""
