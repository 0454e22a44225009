"""The Slack Web API over one shared session, with Slack's refusals and silences in our words."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from copy import copy

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import Rejected, Throttled, Unreachable
from bot.model.plan import Json
from bot.slack.scopes import LackingScopes

REQUEST_TIMEOUT_S = 30.0
"""For a whole Web API request; slack_sdk ignores its own timeout when a session is handed in."""
DEFAULT_RETRY_AFTER_S = 30.0
"""When a 429 names no Retry-After."""

Call = Callable[..., Awaitable[AsyncSlackResponse]]


class Refused(Rejected):
    """Slack answered `ok: false`; *code* is its error code, *details* what it says beside it."""

    def __init__(self, code: str, details: tuple[str, ...] = (), needed: str = "") -> None:
        """Keep the code (`channel_not_found`), the sentences of response_metadata, and the scope that is *needed*."""
        super().__init__(f"Slack refused: {code}.")
        self.code = code
        self.details = details
        self.needed = needed

    def lacks(self, scope: str) -> bool:
        """Whether it is for want of *scope*; Slack may name several, of which one is enough."""
        return self.code == "missing_scope" and scope in self.needed.split(",")


class NotSent(Unreachable):
    """No connection to Slack: the request did not reach it."""


class Web:
    """Calls of the Web API. Raises Refused, Throttled and NotSent (surely without effect), Unreachable (not known)."""

    def __init__(self, api: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        """Speak through *api*, which shares *session*."""
        self.api = api
        self.session = session
        self.lacking = LackingScopes()
        self._heard: Callable[[], None] = lambda: None

    def telling(self, heard: Callable[[], None]) -> "Web":
        """The same, scopes that are lacking included, which tells *heard* of each good answer."""
        web = copy(self)
        web._heard = heard
        return web

    async def call(self, method: Call, /, **arguments: Json) -> dict[str, Json]:
        """Call one method of `self.api` and return Slack's answer."""
        return (await self.response(method, **arguments))[0]

    async def response(self, method: Call, /, **arguments: Json) -> tuple[dict[str, Json], dict[str, str]]:
        """Call one method and return Slack's answer with its headers, whose names are in lower case."""
        try:
            response = await method(**arguments)
        except SlackApiError as error:
            refusal = _in_our_words(error)
            if isinstance(refusal, Refused) and refusal.code == "missing_scope":
                self.lacking.refused(_name(method), refusal.needed)
            raise refusal from error
        except aiohttp.ClientConnectorError as error:
            raise NotSent("Slack cannot be reached.") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable("Slack gave no answer.") from error
        self._heard()
        self.lacking.answered(_name(method))
        body = response.data if isinstance(response.data, dict) else {}
        return body, {name.lower(): value for name, value in response.headers.items()}


def _name(method: Call) -> str:
    return method.__name__.replace("_", ".")


def _in_our_words(error: SlackApiError) -> Rejected | Throttled | Unreachable:
    response = error.response
    # A body that is no JSON comes as aiohttp's response, not as slack_sdk's.
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    if status == 429:
        return Throttled("Slack asks for a pause.", retry_after_s=retry_after_s(response.headers))
    body = response.data if isinstance(response, AsyncSlackResponse) else None
    if status >= 500 or not isinstance(body, dict) or "error" not in body:
        return Unreachable(f"Slack answered with HTTP {status} and nothing usable.")
    if body["error"] == "ratelimited":
        return Throttled("Slack asks for a pause.", retry_after_s=retry_after_s(response.headers))
    said = (body.get("response_metadata") or {}).get("messages") or body.get("errors") or ()
    return Refused(body["error"], tuple(str(one) for one in said), str(body.get("needed", "")))


def retry_after_s(headers: Mapping[str, str]) -> float:
    """What a 429 asks for, in seconds; a date, which a proxy may write, counts as nothing said."""
    try:
        return max(1.0, float(next(value for name, value in headers.items() if name.lower() == "retry-after")))
    except (StopIteration, ValueError):
        return DEFAULT_RETRY_AFTER_S


@asynccontextmanager
async def open_web(*, token: str, api_url: str) -> AsyncIterator[Web]:
    """A Web that is closed at the end.

    slack_sdk's own retry handlers are left out: its retry after a lost connection posts twice.
    """
    timeout = aiohttp.ClientTimeout(total=REQUEST_TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
        base_url = api_url if api_url.endswith("/") else f"{api_url}/"
        yield Web(AsyncWebClient(token=token, base_url=base_url, session=session, retry_handlers=[]), session)
