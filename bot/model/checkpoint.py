"""Checkpoint: how long the audit chain was, and its last hash; and the keys that sign one.

The keys live outside the database: who may rewrite every row there can compute all hashes anew, but sign none of them.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass, field

TOLD = re.compile(r"([1-9][0-9]{0,17}):([0-9A-Fa-f]{64})")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A head of the chain."""

    size: int
    """Rows up to and with it."""
    head: bytes
    """Hash of the last of them."""

    @classmethod
    def read(cls, text: str) -> "Checkpoint":
        """`1234:6f1c…`, as it is told in Slack. Raises ValueError."""
        found = TOLD.fullmatch(text)
        if found is None:
            raise ValueError("a head is written SIZE:HEAD, with 64 hexadecimal digits")
        return cls(int(found[1]), bytes.fromhex(found[2]))

    def __str__(self) -> str:
        """As `read` takes it."""
        return f"{self.size}:{self.head.hex()}"


@dataclass(frozen=True, slots=True)
class Signer:
    """The first key signs; all of them know again what they signed."""

    keys: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, keys: str) -> "Signer":
        """Keys in a row, with commas between them: the newest first."""
        return cls(tuple(key.strip().encode() for key in keys.split(",") if key.strip()))

    def signature(self, checkpoint: Checkpoint) -> tuple[str, bytes]:
        """Id of the key, and what it says of *checkpoint*."""
        return key_id(self.keys[0]), _signed(self.keys[0], checkpoint)

    def knows(self, checkpoint: Checkpoint, by: str, signature: bytes) -> bool | None:
        """Whether the key *by* made the *signature*; None where that key is not here."""
        key = next((one for one in self.keys if key_id(one) == by), None)
        return hmac.compare_digest(_signed(key, checkpoint), signature) if key is not None else None


def key_id(key: bytes) -> str:
    """Tells keys apart; a key of 32 random characters cannot be found from it."""
    return hashlib.sha256(b"\x03" + key).hexdigest()[:12]


def _signed(key: bytes, checkpoint: Checkpoint) -> bytes:
    """RFC 2104; the first byte tells it apart from the hashes of the chain."""
    return hmac.digest(key, b"\x02" + checkpoint.size.to_bytes(8, "big") + checkpoint.head, "sha256")
