"""Secrets in free text are replaced by what they were: `‹redacted token›`. Pure, linear, applied before any cut.

What has a shape of its own (keys, JWTs, tokens of known makers, credentials in URLs) goes wherever it stands; what has
none goes by the word before it (`password=…`, `"apiKey": "…"`, `--token …`, `Authorization: Bearer …`).
"""

import re
from collections.abc import Callable

_NAMES = (
    r"passw(?:or)?d|passphrase|passwort|(?<![A-Za-z])(?:pass|pwd|dsn)|secret|token|cookie|credentials?|"
    r"(?:api|access|account|private|secret|encryption|signing|session|shared|master)[_-]?key"
)
"""Words that name a secret, at the end of a name or before a suffix: `DB_PASSWORD`, `clientSecret`, `token_prod`."""
_QUOTED_OR_WORD = r"(?P<quote>\\{0,4}[\"'])?(?P<secret>(?(quote)(?:(?!(?P=quote))(?:\\.|[^\\\n])){1,4096}|%s))"
_SIGN = r"[A-Za-z0-9_-]"

_SHAPES = (
    ("JWT", rf"\beyJ{_SIGN}{{8,}}\.{_SIGN}{{4,}}\.?{_SIGN}*"),
    ("Slack token", r"\bx(?:ox[abceprs]|app|wfp)-[A-Za-z0-9-]{8,}"),
    ("Slack webhook", r"(?<=hooks\.slack\.com/)(?:services|workflows|triggers)/[A-Za-z0-9/_-]+"),
    ("token", rf"\b(?:gh[pousr]_[A-Za-z0-9]{{20,}}|github_pat_\w{{20,}}|glpat-{_SIGN}{{16,}})"),
    ("token", rf"\b(?:[srp]k_(?:live|test)_[A-Za-z0-9]{{10,}}|sk-{_SIGN}{{20,}}|npm_[A-Za-z0-9]{{30,}})"),
    ("token", rf"\b(?:hv[sbr]\.{_SIGN}{{20,}}|AIza{_SIGN}{{30,}}|ya29\.{_SIGN}{{20,}})"),
    (
        "token",
        rf"\b(?:pypi-{_SIGN}{{20,}}|dop_v1_[a-f0-9]{{32,}}|SG\.{_SIGN}{{16,}}\.{_SIGN}{{16,}})",
    ),
    ("AWS key", r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b"),
)
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY)-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}KEY-----|\Z)")
_KEY_LINE = re.compile(r"\s*(?:[A-Za-z0-9+/=]{0,100}|[A-Za-z-]{1,20}: [^\n]{0,100}|-----END [A-Z ]{0,60}-----.*)\s*")
"""A line of a PEM block after its first: base64, a header such as `Proc-Type: 4,ENCRYPTED`, or its end."""
_URL = re.compile(r"(\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s:/?#@'\"<>]{0,128}:)[^\s/'\"<>]{1,256}@")
_WHOLE = tuple((what, re.compile(pattern)) for what, pattern in _SHAPES)
_AFTER = (
    (
        "header",
        r"(?P<before>\b(?:(?:proxy-)?authorization|x-api-key|x-auth-token|x-vault-token|set-cookie|cookie)"
        r"[\"']?\s{0,3}[:=]\s{0,3})(?P<quote>[\"'])?(?P<secret>[^\r\n\"']{4,4096})",
    ),
    ("token", r"(?P<before>\b(?:bearer|basic)\s+)(?P<quote>(?!))?(?P<secret>[A-Za-z0-9._~+/=-]{8,4096})"),
    (
        "value",
        rf"(?P<before>\b[A-Za-z0-9_.-]{{0,40}}?(?:{_NAMES})(?:[_.-][A-Za-z0-9]{{1,20}})?"
        rf"\\{{0,4}}[\"']?\s{{0,3}}(?:=>|:=|[=:])\s{{0,3}})" + _QUOTED_OR_WORD % r"[^\s,;&\"'‹}\])]{3,4096}",
    ),
    (
        "value",
        rf"(?P<before>(?<![-\w])--[a-z-]{{0,20}}?(?:{_NAMES})\s+)" + _QUOTED_OR_WORD % r"[^\s\"'‹-][^\s\"'‹]{2,4096}",
    ),
    ("value", r"(?P<before>\b(?:password|identified\s+by)\s+)(?P<quote>')(?P<secret>[^'\n]{1,4096})"),
)
_NAMED = tuple((what, re.compile(f"(?i){pattern}")) for what, pattern in _AFTER)
_HINTS = (
    *("pass", "pwd", "dsn", "secret", "token", "cookie", "credential", "key", "auth", "bearer", "basic", "identified"),
    *(
        "-----begin",
        "://",
        "eyj",
        "xox",
        "xapp",
        "xwfp",
        "hooks.",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat",
    ),
    *("glpat", "sk_", "rk_", "pk_", "sk-", "npm_", "hvs.", "hvb.", "hvr.", "aiza", "ya29", "pypi-", "dop_v1", "sg."),
    *("github_pat", "akia", "asia", "aroa", "aida"),
)
"""Every secret that is found has one of these: most lines have none, and cost a thirtieth."""
_SAYING = frozenset(
    ("true", "false", "null", "none", "nil", "yes", "no", "required", "missing", "invalid", "expired", "wrong", "empty")
)
"""Words after `password:` that are no password: "token: expired" says something that people need."""


def redact(text: str) -> str:
    """Replace each secret in *text* by `‹redacted …›`; run again, it changes nothing more."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return text
    text = _PEM.sub(lambda found: f"‹redacted {found[1].lower()}›", text)
    text = _URL.sub(r"\1‹redacted password›@", text)
    for what, pattern in _WHOLE:
        text = pattern.sub(f"‹redacted {what}›", text)
    for what, pattern in _NAMED:
        text = pattern.sub(_hiding(what), text)
    return text


def _hiding(what: str) -> Callable[[re.Match[str]], str]:
    """Make the replacement that keeps the name before a secret and its opening quote."""

    def hidden(found: re.Match[str]) -> str:
        secret = found["secret"]
        if "‹redacted" in secret or secret.lower() in _SAYING:
            return found[0]
        return f"{found['before']}{found['quote'] or ''}‹redacted {what}›"

    return hidden


class LineRedactor:
    """Redacts what comes line by line; of a key that spans lines, one line is left."""

    def __init__(self) -> None:
        """Begin a text."""
        self._within_key = False

    def redact(self, line: str) -> str | None:
        """Give *line* without secrets; None for a line that is a secret's inside."""
        if self._within_key and _KEY_LINE.fullmatch(line):
            self._within_key = "-----END" not in line
            return None
        self._within_key = "-----BEGIN" in line and "-----END" not in line and _PEM.search(line) is not None
        return redact(line)
