"""Form: a command's arguments as fields to fill in, and the opening that remembers what a form is about."""

from enum import StrEnum

import msgspec

from bot.errors import Held
from bot.model.operation import Requirements
from bot.model.plan import Plan


class FieldKind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    NUMBER = "number"
    DECIMAL = "decimal"
    SWITCH = "switch"
    CHOICE = "choice"
    """One of `choices`."""
    LIVE = "live"
    """One of the names that exist now, offered while a person types."""
    LIVE_MANY = "live many"


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """One argument of a command."""

    name: str
    label: str
    help: str
    kind: FieldKind = FieldKind.TEXT
    is_required: bool = False
    values: tuple[str, ...] = ()
    """What is filled in at first; of most kinds one."""
    choices: tuple[str, ...] = ()
    least: str = ""
    most: str = ""
    default: str = ""
    """What an empty field means, where it is worth saying."""
    leads: bool = False
    """What others offer hangs on it: a choice in it is told at once."""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A form as a person sees it."""

    command: str
    summary: str
    channel: str
    """Where the answer will stand; empty: in a direct message."""
    namespace: str
    fields: tuple[Field, ...]
    is_change: bool


class Preview(msgspec.Struct, frozen=True):
    """What a change would do, and what it would need."""

    plan: Plan
    requirements: Requirements
    held: Held | None = None
    """Why it cannot be asked for yet: another operation has the target."""


class Opening(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an open form, a console or a button outside of messages is about.

    Kept in the database; Slack holds nothing but its id.
    """

    user: str
    """Whose it is: nobody else's submission is believed."""
    channel: str = ""
    """Where the line will be asked; empty: in a direct message."""
    thread_ts: str = ""
    line: str = ""
    """The line so far: at least a command's name in a form, empty in the console."""
    action: str = "run"
    """What a press does; other than `run` and `form` it does it to `about`."""
    about: str = ""
    """Opaque, as Click.value."""
