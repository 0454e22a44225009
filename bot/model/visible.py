"""What of a text a person can see: signs that show nothing hide words from whoever looks for them, and from readers."""

import re
import unicodedata

ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
"""CSI and OSC sequences and two-byte escapes, as ECMA-48 writes them."""

INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Unicode categories that show nothing: controls, bidi and zero-width formats, private use, surrogates, line ends."""

BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks by their category, but blank to the eye: enough of them would fake a line of its own."""

_LAYOUT = frozenset("\n\r\t")
_PLAIN = re.compile(r"[\n\r\t -~]*")


def is_hidden(sign: str) -> bool:
    """Whether *sign* shows nothing; line breaks and tabs, which move what follows, count as seen."""
    return sign not in _LAYOUT and (unicodedata.category(sign) in INVISIBLE or sign in BLANK)


def seen(text: str) -> str:
    """*text* without ANSI sequences and signs that show nothing."""
    if _PLAIN.fullmatch(text):
        return text
    text = ANSI.sub("", text)
    hidden = [sign for sign in set(text) if is_hidden(sign)]
    return text.translate(dict.fromkeys(map(ord, hidden))) if hidden else text
