"""Slack's emoji names as Unicode: the ones that operations talk uses; an unknown name stays as it was typed."""

from pathlib import Path

_FILE = Path(__file__).with_name("emoji.txt")


EMOJI: dict[str, str] = dict(line.split(" ", 1) for line in _FILE.read_text(encoding="utf-8").splitlines())

# What the reaction picker offers: the words that an operations channel speaks in.
QUICK = ("white_check_mark", "eyes", "+1", "raised_hands", "tada", "rocket", "fire", "heavy_plus_sign")


def glyph(name: str) -> str | None:
    """Give the character for a name such as `tada` or `wave::skin-tone-3`, or None."""
    return EMOJI.get(name.partition("::")[0])
