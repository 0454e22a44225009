"""The Bolt app: which payload goes to which listener. The same app serves Socket Mode and HTTP."""

import logging
import re

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.slack.convert import Payload
from bot.slack.directory import SlackDirectory
from bot.slack.failures import Failures
from bot.slack.handlers import Ack, Handlers
from bot.slack.identity import Identity
from bot.slack.web import Web

ANY = re.compile(r".*", re.DOTALL)
LOST = ("app_uninstalled", "tokens_revoked")

log = logging.getLogger(__name__)


def build_app(
    *,
    web: Web,
    us: Identity,
    handlers: Handlers,
    failures: Failures,
    directory: SlackDirectory,
) -> AsyncApp:
    """Wire the listeners.

    They run before the response is made (`process_before_response`): an ack means that the deed is in the inbox.
    """

    async def authorize() -> AuthorizeResult:
        """Answer from what auth.test said at the start: no call of Slack before an ack."""
        return AuthorizeResult(
            enterprise_id=None, team_id=us.team_id, bot_user_id=us.user_id, bot_id=us.bot_id, bot_token=web.api.token
        )

    bolt_log = logging.getLogger("slack_bolt")
    bolt_log.setLevel(logging.ERROR)  # it warns of the token in our environment at each start
    app = AsyncApp(
        logger=bolt_log,
        authorize=authorize,
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        signing_secret="",
        request_verification_enabled=False,  # a socket needs none; over HTTP the listener checks before it parses
    )
    _listen_to_deeds(app, handlers)
    _listen_to_changes(app, directory)
    app.error(failures.answer)
    return app


def _listen_to_deeds(app: AsyncApp, handlers: Handlers) -> None:
    app.command(ANY)(handlers.command)
    app.action(ANY)(handlers.action)
    app.shortcut(ANY)(handlers.shortcut)
    app.view(ANY)(handlers.submission)
    app.view_closed(ANY)(handlers.closed)
    app.options(ANY)(handlers.options)
    app.event("app_mention")(handlers.message)
    app.event("message")(handlers.message)
    app.event("app_home_opened")(handlers.home)


def _listen_to_changes(app: AsyncApp, directory: SlackDirectory) -> None:
    async def person_changed(body: Payload, ack: Ack) -> None:
        directory.forget_person(body["event"]["user"]["id"])
        await ack()

    async def lost(body: Payload, ack: Ack) -> None:
        log.error("Slack says %s: install the app again.", body["event"]["type"])
        await ack()

    app.event("user_change")(person_changed)
    for name in LOST:
        app.event(name)(lost)
