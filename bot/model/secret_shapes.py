"""What secrets look like: shapes of their own, and names after which one stands. Each pattern is linear."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """One way to look like a secret."""

    what: str
    """Shown in its place: `‹redacted token›`."""
    hints: tuple[str, ...]
    """One of these, in small letters, is in every text that the pattern finds; to look for them costs little."""
    pattern: re.Pattern[str]


_NAMES = (
    r"passw(?:or)?d|passphrase|passwort|kennwort|(?<![A-Za-z])(?:pass|pwd|pw|dsn)|secret|token|cookie|credentials?|"
    r"(?:api|access|account|private|secret|encryption|signing|session|shared|master)[_-]?key"
)
"""Words that name a secret, at the end of a name or before a suffix: `DB_PASSWORD`, `clientSecret`, `token_prod`."""
_OF_NAMES = ("pass", "kennwort", "pwd", "pw", "dsn", "secret", "token", "cookie", "credential", "key")
_SUFFIX = r"(?:[_.-][A-Za-z0-9]{1,20})?"
SECRET_NAME = re.compile(rf"(?:{_NAMES}){_SUFFIX}$", re.IGNORECASE)
LIKELY_SECRET_NAME = re.compile(r"(?:^|[_.-])(?:auth|creds?|jwt|key|pat|pepper|pgpass|salt)$", re.IGNORECASE)
"""Last words that nearly always name one where a name and its value are known for what they are; in free text they
would hide too much."""

_QUOTED_OR_WORD = r"(?P<quote>\\{0,4}[\"'])?(?P<secret>(?(quote)(?:(?!(?P=quote))(?:\\.|[^\\\n])){1,4096}|%s))"
_WORD = r"[^\s,;&\"'‹}\])]{3,4096}"
_SIGN = r"[A-Za-z0-9_-]"
_QUOTE = r"\\{0,4}[\"']"
_UNQUOTED = r"(?P<quote>(?!))?"
_IS = r"\s{0,3}[:=]\s{0,3}"

PEM = re.compile(
    r"-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----[\s\S]*?"
    r"(?:-----END [A-Z0-9 ]{0,40}KEY(?: BLOCK)?-----|\Z)"
)
BLOB = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{24,8192}={0,2}(?![A-Za-z0-9+/=])")
"""What may be words in base64: shorter ones hold no name with its secret."""


def _own(what: str, hints: tuple[str, ...], pattern: str) -> Shape:
    return Shape(what, hints, re.compile(pattern))


def _after(what: str, hints: tuple[str, ...], before: str, quoted_secret: str) -> Shape:
    return Shape(what, hints, re.compile(rf"(?i)(?P<before>{before}){quoted_secret}"))


URLS = (
    _own(
        "password",
        ("://",),
        r"(\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s:/?#@'\"<>]{0,128}:)"
        r"(?:[^\s/'\"<>]{1,256}|(?!\d{1,5}/)[^\s'\"<>@]{1,256})@",
    ),
    _own("token", ("://",), r"(\b[A-Za-z][A-Za-z0-9+.-]{1,20}://)[A-Za-z0-9_.~%+-]{20,256}@"),
)
"""What stands before the @ of an address; a password may hold a slash, a port before a path is none."""

WHOLE = (
    _own("JWT", ("eyj",), rf"\beyJ{_SIGN}{{8,}}\.{_SIGN}{{4,}}\.?{_SIGN}*"),
    _own("Slack token", ("xox", "xapp", "xwfp"), r"\bx(?:ox[abceprs]|app|wfp)-[A-Za-z0-9-]{8,}"),
    _own("Slack webhook", ("hooks.",), r"(?<=hooks\.slack\.com/)(?:services|workflows|triggers)/[A-Za-z0-9/_-]+"),
    _own("token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"\bgh[pousr]_[A-Za-z0-9]{20,}"),
    _own("token", ("github_pat", "glpat"), rf"\b(?:github_pat_\w{{20,}}|glpat-{_SIGN}{{16,}})"),
    _own("token", ("sk_", "rk_", "pk_"), r"\b[srp]k_(?:live|test)_[A-Za-z0-9]{10,}"),
    _own("token", ("sk-", "npm_"), rf"\b(?:sk-{_SIGN}{{20,}}|npm_[A-Za-z0-9]{{30,}})"),
    _own("token", ("hvs.", "hvb.", "hvr."), rf"\bhv[sbr]\.{_SIGN}{{20,}}"),
    _own("token", ("aiza", "ya29"), rf"\b(?:AIza{_SIGN}{{30,}}|ya29\.{_SIGN}{{20,}})"),
    _own("token", ("pypi-", "dop_v1"), rf"\b(?:pypi-{_SIGN}{{20,}}|dop_v1_[a-f0-9]{{32,}})"),
    _own("token", ("sg.",), rf"\bSG\.{_SIGN}{{16,}}\.{_SIGN}{{16,}}"),
    _own("AWS key", ("akia", "asia", "aroa", "aida"), r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b"),
    _own("Ceph key", ("==",), r"\bAQ[A-Za-z0-9+/]{36}=="),
)

NAMED = (
    _after(
        "header",
        ("authorization", "x-api-key", "x-auth-token", "x-vault-token", "cookie"),
        r"\b(?:(?:proxy-)?authorization|x-api-key|x-auth-token|x-vault-token|set-cookie|cookie)[\"']?" + _IS,
        r"(?P<quote>[\"'])?(?P<secret>[^\r\n\"']{4,4096})",
    ),
    _after(
        "token", ("bearer", "basic"), r"\b(?:bearer|basic)\s+", _UNQUOTED + r"(?P<secret>[A-Za-z0-9._~+/=-]{8,4096})"
    ),
    _after(
        "value",
        _OF_NAMES,
        rf"\b[A-Za-z0-9_.-]{{0,40}}?(?:{_NAMES}){_SUFFIX}\\{{0,4}}[\"']?"
        r"\s{0,3}(?:=>|:=|[=:])\s{0,3}(?:[|>][-+]?\s{1,40}|[bu](?=[\"']))?",
        _QUOTED_OR_WORD % _WORD,
    ),
    _after(  # as Kubernetes writes an environment: {"name": "DB_PASSWORD", "value": "…"}
        "value",
        ("value",),
        rf"\bname(?:{_QUOTE})?{_IS}(?:{_QUOTE})?[A-Za-z0-9_.-]{{0,60}}?(?:{_NAMES}){_SUFFIX}"
        rf"(?:{_QUOTE})?(?:,\s{{0,40}}|\s{{1,40}})(?:{_QUOTE})?value(?:{_QUOTE})?{_IS}",
        _QUOTED_OR_WORD % _WORD,
    ),
    _after(  # as a line, as a list in JSON, as a list in YAML
        "value",
        ("--",),
        rf"(?<![-\w])--[a-z-]{{0,20}}?(?:{_NAMES})(?:{_QUOTE},\s{{0,20}}|(?:{_QUOTE})?\s{{0,3}}\n\s{{0,40}}-\s{{1,3}}|\s+)",
        _QUOTED_OR_WORD % r"[^\s\"'‹-][^\s\"'‹]{2,4096}",
    ),
    _after(
        "value",
        ("password", "identified"),
        r"\b(?:password|identified\s+by)\s+",
        r"(?P<quote>')(?P<secret>[^'\n]{1,4096})",
    ),
    _after("value", (">",), rf"<[\w:.-]{{0,40}}?(?:{_NAMES})>", _UNQUOTED + r"(?P<secret>[^<‹\n]{1,4096})"),
    _after(
        "value",
        ("auth",),
        rf"{_QUOTE}auth{_QUOTE}{_IS}",
        rf"(?P<quote>{_QUOTE})(?P<secret>[A-Za-z0-9+/=]{{4,4096}})",
    ),
    _after(
        "value",
        ("mysql", "mariadb"),
        r"\b(?:mysql|mariadb)[a-z-]{0,10}\s[^\n]{0,200}?(?<=\s)-p",
        r"(?P<quote>['\"])?(?P<secret>[^\s'\"‹]{3,4096})",
    ),
    _after(
        "value",
        ("curl",),
        r"\bcurl\s[^\n]{0,200}?(?<=\s)-u\s{0,3}['\"]?[^\s:'\"]{1,128}:",
        _UNQUOTED + r"(?P<secret>[^\s'\"‹]{1,4096})",
    ),
    _after(
        "value",
        ("requirepass", "masterauth"),
        r"\b(?:requirepass|masterauth)\s+",
        r"(?P<quote>[\"'])?(?P<secret>[^\s\"'‹]{1,4096})",
    ),
)

HINTS = ("-----begin", *dict.fromkeys(hint for shape in (*URLS, *WHOLE, *NAMED) for hint in shape.hints))
"""Of all shapes and of keys: most lines have none."""

SAYING = frozenset(
    ("true", "false", "null", "none", "nil", "yes", "no", "required", "missing", "invalid", "expired", "wrong", "empty")
)
"""Words after `password:` that are no password: "token: expired" says something that people need."""
