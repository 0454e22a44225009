"""The app as it is installed in the workspace: its ids, tokens and granted scopes."""

import hmac
import secrets
from dataclasses import dataclass, field
from enum import Enum, auto

from playground.slack.manifest import Manifest


class TokenKind(Enum):
    BOT = auto()
    APP = auto()


@dataclass(slots=True, kw_only=True)
class Installation:
    """One app in one team. Scopes and tokens may be taken away while it runs, as an admin may."""

    team_id: str
    app_id: str
    bot_id: str
    bot_user: str
    manifest: Manifest
    scopes: set[str]
    bot_token: str = field(default_factory=lambda: f"xoxb-practice-{secrets.token_urlsafe(24)}", repr=False)
    app_token: str = field(default_factory=lambda: f"xapp-1-practice-{secrets.token_urlsafe(24)}", repr=False)
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    revoked: set[TokenKind] = field(default_factory=set)

    def token_kind(self, token: str) -> TokenKind | None:
        """Which of the app's tokens *token* is, compared in constant time; None when it is neither."""
        given = token.encode()
        if hmac.compare_digest(given, self.bot_token.encode()):
            return TokenKind.BOT
        return TokenKind.APP if hmac.compare_digest(given, self.app_token.encode()) else None
