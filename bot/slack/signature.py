"""Slack's signature on a request over HTTP: who it comes from, and that it is not an old one sent again.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime

WINDOW_S = 300
"""A request signed longer ago, or so far ahead, is refused: Slack's own advice against replays."""
SECONDS = re.compile(r"[0-9]{1,12}")
"""Since 1970; a longer number no clock tells, and Python refuses to read one of 5,000 digits."""
TIMESTAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"


def is_from_slack(body: bytes, headers: Mapping[str, str], *, secret: str, now: datetime) -> bool:
    """Whether *body* was signed with *secret* within five minutes of *now*; *headers* as aiohttp gives them."""
    timestamp = headers.get(TIMESTAMP, "")
    if not SECONDS.fullmatch(timestamp) or abs(now.timestamp() - int(timestamp)) > WINDOW_S:
        return False
    # Compared as bytes: compare_digest raises on text beyond ASCII, which anybody may send.
    given = headers.get(SIGNATURE, "").encode(errors="surrogateescape")
    return hmac.compare_digest(_signature(body, timestamp, secret=secret).encode(), given)


def signed(body: bytes, *, secret: str, now: datetime) -> dict[str, str]:
    """The headers that Slack would send with *body*."""
    timestamp = str(int(now.timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: _signature(body, timestamp, secret=secret)}


def _signature(body: bytes, timestamp: str, *, secret: str) -> str:
    base = b"v0:%s:%s" % (timestamp.encode(), body)
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
