"""The API's Status: the body of every refusal, and the object of a watch's ERROR event."""

import re
from collections.abc import Mapping

import msgspec

from bot.model.kube.meta import KubeStruct
from bot.model.redaction import redact

SHOWN = 300
"""Characters of the server's own message that are shown."""
WHOLE_OBJECT = re.compile(r'Invalid value: "(?:\{.*\}|\[.*\])": ', re.DOTALL)
"""What an API server puts before the reason why a patch does not fit: the object itself, a Secret's data included."""


class Cause(KubeStruct):
    reason: str = ""
    message: str = ""
    field: str = ""


class Details(KubeStruct):
    name: str = ""
    group: str = ""
    kind: str = ""
    causes: tuple[Cause, ...] = ()
    retry_after_seconds: int = 0


class Status(KubeStruct):
    """What the API server says of a request that it refuses."""

    kind: str = ""
    status: str = ""
    """Success or Failure."""
    message: str = ""
    reason: str = ""
    code: int = 0
    details: Details | None = None

    @property
    def about(self) -> Details:
        """The details, or none."""
        return self.details or Details()

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What is wrong in particular, each once."""
        return tuple(dict.fromkeys(self.about.causes))

    @property
    def said(self) -> str:
        """The server's own message, fit to be shown."""
        return fit(self.message)


_decode = msgspec.json.Decoder(Status).decode


def parse_status(body: bytes) -> Status | None:
    """Read a Status; None where the answer is something else (a proxy's page, a truncated body)."""
    try:
        status = _decode(body)
    except msgspec.DecodeError:
        return None
    return status if status.kind == "Status" else None


def retry_after(headers: Mapping[str, str], status: Status | None) -> float:
    """Give the pause that the server asked for, in seconds; 0 where it did not."""
    asked = headers.get("Retry-After", "")
    if asked.isdecimal():
        return float(asked)
    return float(status.about.retry_after_seconds) if status else 0.0


def fit(message: str) -> str:
    """Make a server's message fit to be shown: one line without objects, control characters and secrets, cut."""
    text = WHOLE_OBJECT.sub("", message)
    text = redact("".join(sign if sign.isprintable() else " " for sign in text))
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
