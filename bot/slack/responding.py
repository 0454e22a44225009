"""Answering through a response_url: works where the bot is not a member, five times within half an hour."""

import aiohttp

from bot.errors import Throttled, Unreachable
from bot.model.plan import Json
from bot.slack.web import NotSent, Refused, retry_after_s


async def respond(session: aiohttp.ClientSession, url: str, body: dict[str, Json]) -> None:
    """Post *body*, seen by one person only. Raises Refused (used up), Throttled, NotSent, Unreachable."""
    try:
        async with session.post(
            url, json={"response_type": "ephemeral", "replace_original": False, **body}
        ) as response:
            status, pause_s = response.status, retry_after_s(response.headers)
    except aiohttp.ClientConnectorError as error:
        raise NotSent("Slack cannot be reached.") from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unreachable("Slack gave no answer.") from error
    if status == 429:
        raise Throttled("Slack asks for a pause.", retry_after_s=pause_s)
    if status >= 500:
        raise Unreachable(f"Slack answered with HTTP {status}.")
    if status != 200:
        raise Refused("used_url")
