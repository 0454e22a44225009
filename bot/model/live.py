"""Live answers: cards that follow what they show until they end, and how they can end."""

from datetime import datetime
from enum import StrEnum

import msgspec

from bot.model.actor import Person
from bot.model.incoming import Origin
from bot.model.reply import Reply


class LiveAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer that goes on; whoever holds this value can draw its card, live or ended."""

    id: str
    """What its Stop button carries."""
    origin: Origin
    """The deed that asked for it: by whom, and where."""
    asker: Person
    line: str
    """The command line, to ask again with."""
    reply: Reply
    """What the card shows now."""
    began_at: datetime
    until: datetime
    """Then it ends, whatever happens."""

    @property
    def key(self) -> str:
        """Key of its card: that of any answer to the same deed."""
        return f"reply:{self.origin.key}"


class How(StrEnum):
    """Why a live answer follows nothing any more."""

    STOPPED = "stopped"
    """By a person."""
    TIME_UP = "time up"
    CUT_OFF = "cut off"
    """The process that followed is gone."""
    FAILED = "failed"
    """What it followed can no longer be read, or its asker may no longer read it."""


class Ending(msgspec.Struct, frozen=True, omit_defaults=True):
    """How it ended, and when."""

    how: How
    at: datetime
    by: Person | None = None
    """Who stopped it."""
    why: str = ""
    """What failed, as a sentence."""
