"""The practice Slack of the demo: the bot installed in it, and what was kept from last time."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from bot.manifest import slack_manifest
from bot.slack.http_manifest import over_http
from playground.demo.trouble import Trouble
from playground.slack.manifest import parse_manifest
from playground.slack.server import PracticeSlack
from playground.slack.snapshot import BadSnapshot, load, save


@contextlib.asynccontextmanager
async def practice_slack(
    *, port: int = 0, kept: Path | None = None, called_at: str = ""
) -> AsyncIterator[PracticeSlack]:
    """Serve while the block runs; conversations stay in *kept* where given. Raises Trouble.

    The bot comes by sockets; with *called_at* (http://host:port) Slack calls it there.
    """
    manifest = over_http(slack_manifest(), called_at) if called_at else slack_manifest()
    slack = PracticeSlack(parse_manifest(manifest), port=port)
    if kept is not None:
        _go_on(slack, kept)
    async with serving(slack, port):
        try:
            yield slack
        finally:
            if kept is not None:
                save(slack.workspace, kept)


@contextlib.asynccontextmanager
async def serving(slack: PracticeSlack, port: int) -> AsyncIterator[None]:
    """Serve *slack* while the block runs. Raises Trouble when *port* is taken."""
    try:
        await slack.start()
    except OSError as error:
        await slack.stop()
        raise Trouble(f"Port {port} is in use. Nothing was started; choose another with --port.") from error
    try:
        yield
    finally:
        await slack.stop()


def _go_on(slack: PracticeSlack, kept: Path) -> None:
    if not kept.exists():
        return
    try:
        load(slack.workspace, kept)
    except BadSnapshot as error:
        raise Trouble(f"{error} Remove {kept.parent} to begin anew.") from error
