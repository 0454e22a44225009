"""Fingerprints: they tell whether two values are the same, and nothing else of them.

A plain hash of a password gives it away to whoever can guess it. These are keyed (RFC 2104) by what only the
installation knows, and hold within one object: nobody learns about a value by trying others somewhere else.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from functools import partial

import msgspec

from bot.model.plan import Json

SHOWN = 8
"""Hexadecimal digits that people compare: two of a handful of values are alike once in a thousand million times."""


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Those of one installation."""

    key: bytes = field(default_factory=partial(secrets.token_bytes, 32), repr=False)

    @classmethod
    def of(cls, secret: str) -> "Fingerprints":
        """Derived from a *secret* of the installation, which serves something else too."""
        return cls(hmac.digest(secret.encode(), b"fingerprints of values", "sha256"))

    def whole(self, value: bytes, *, within: str) -> str:
        """To bind a decision to *value*, which is not stored."""
        return hmac.new(self.key, within.encode() + b"\0" + value, "sha256").hexdigest()

    def digest(self, body: Json, *, within: str) -> str:
        """The same of what JSON can hold."""
        return self.whole(msgspec.json.encode(body, order="sorted"), within=within)

    def shown(self, value: str, *, within: str) -> str:
        """To show people whether it differs."""
        return self.whole(value.encode(), within=within)[:SHOWN]


OF_THIS_PROCESS = Fingerprints()
"""Where nobody hands in the installation's."""
