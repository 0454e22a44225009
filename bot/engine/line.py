"""A line as a person typed it → words: phones' quotes and dashes mended, invisible characters refused."""

import shlex
import unicodedata

from bot.errors import BadArguments

MAX_LENGTH = 3000
"""Characters; the longest line that anyone types is a `db query`."""

_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u202f": " "}
)
_DASHES = "—–―"
DASHES = "-" + _DASHES
"""What a flag may begin with."""
_PASTED = dict.fromkeys(map(ord, "\u200b\ufeff\u2060\u00ad"))
"""Zero-width leftovers of copying from a page: dropped, for they never mean anything."""


def words(text: str) -> list[str]:
    """Split *text* as a shell would, without ever being one: no expansion, no substitution.

    Raises BadArguments on an open quote, an invisible character or more than MAX_LENGTH characters.
    """
    if len(text) > MAX_LENGTH:
        raise BadArguments(
            f"That line has {len(text):,} characters; {MAX_LENGTH:,} are the most. Nothing was done.",
            hint="Send a shorter line.",
        )
    text = mend(text)
    _refuse_invisible(text)
    try:
        split = shlex.split(text.replace("\n", " "))
    except ValueError:
        raise BadArguments(
            "A quote is opened and never closed. Nothing was done.", hint='Close it: `--reason "stuck queue"`.'
        ) from None
    return [_mend_dash(word) for word in split]


def _mend_dash(word: str) -> str:
    """`—replicas` → `--replicas`: phones turn two hyphens into one dash."""
    return "--" + word.lstrip(_DASHES) if word.startswith(tuple(_DASHES)) else word


def _refuse_invisible(text: str) -> None:
    for character in text:
        if character not in "\n\t" and unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs"}:
            raise BadArguments(
                f"The line holds an invisible character (U+{ord(character):04X}). Nothing was done.",
                hint="Type the line by hand instead of pasting it.",
            )


def mend(text: str) -> str:
    """*text* with phones' quotes made plain and leftovers of copying dropped: what `words` would do to it."""
    return text.translate(_PASTED).translate(_QUOTES)


def join(split: list[str]) -> str:
    """The opposite of `words`: a line that reads back as the same words."""
    return shlex.join(map(mend, split))  # first, for a phone's ’ must be quoted as the ' that it is read as
