"""Who we are in Slack: which app, in which workspace, under which user."""

from dataclasses import dataclass

from bot.slack.web import Refused, Web


@dataclass(frozen=True, slots=True)
class Identity:
    """The ids that every payload is compared with."""

    team_id: str
    user_id: str
    """Our bot user."""
    bot_id: str
    app_id: str
    """Empty when Slack does not tell: then the token alone stands for the app."""
    scopes: frozenset[str]


async def read_identity(web: Web) -> Identity:
    """Ask Slack who we are. Raises Refused, Throttled, Unreachable."""
    who, headers = await web.response(web.api.auth_test)
    bot_id = who.get("bot_id", "")
    scopes = frozenset(scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",") if scope.strip())
    return Identity(who["team_id"], who["user_id"], bot_id, await _app_id(web, bot_id), scopes)


async def _app_id(web: Web, bot_id: str) -> str:
    try:
        bot = (await web.call(web.api.bots_info, bot=bot_id)).get("bot") or {}
    except Refused:
        return ""
    return str(bot.get("app_id", ""))
