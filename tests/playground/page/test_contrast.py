"""Text stands out from what it stands on, in light and in dark: WCAG 2.2, success criterion 1.4.3."""

import re

import pytest

from playground.page.assets import ASSETS

LEAST = 4.5
"""For text of ordinary size."""

SHEET = ASSETS["page.css"][1].decode()
COLOUR = r"#[0-9a-f]{6}|#[0-9a-f]{3}"
THEMED = re.findall(rf"--([\w-]+): light-dark\(({COLOUR}), ({COLOUR})\)", SHEET)
THEMES = {
    "light": {name: light for name, light, _ in THEMED},
    "dark": {name: dark for name, _, dark in THEMED},
}


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    shares = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["bg", "raised", "soft"])
@pytest.mark.parametrize("ink", ["text", "dim", "link", "red", "amber", "good", "code"])
def test_text_stands_out_from_its_ground(theme: str, ground: str, ink: str) -> None:
    tones = THEMES[theme]
    assert contrast(tones[ink], tones[ground]) >= LEAST


@pytest.mark.parametrize("theme", THEMES)
def test_white_words_stand_out_on_a_green_button(theme: str) -> None:
    assert contrast("#fff", THEMES[theme]["green"]) >= LEAST
