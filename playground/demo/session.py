"""One session of the demo, from the first line in the terminal to the last."""

import asyncio
import contextlib
import os
import signal
import sys
import webbrowser
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Any, assert_never

from playground.demo.alone import cluster_alone, slack_alone
from playground.demo.arguments import Arguments, Only
from playground.demo.clusters import practice_cluster
from playground.demo.furnishing import furnish
from playground.demo.people import WHO
from playground.demo.trouble import Trouble
from playground.demo.world import Clusters, Kept, World, practice_world

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".cache" / "demo"

CONNECTED_WITHIN_S = 60.0
"""On a machine so busy that this does not do, nothing else would."""


def run(arguments: Arguments) -> None:
    """Run until Ctrl-C or SIGTERM. Raises Trouble, CannotStart."""
    asyncio.run(_until_stopped(_work(arguments)))


def _work(arguments: Arguments) -> Coroutine[Any, Any, None]:
    match arguments.only:
        case None:
            return _session(arguments)
        case Only.SLACK:
            return slack_alone(arguments.port, arguments.manifest)
        case Only.CLUSTER:
            return cluster_alone(arguments.port)
        case unknown:
            assert_never(unknown)


async def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Run *work*; a signal cancels it, also while it is still starting."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _session(arguments: Arguments) -> None:
    kept = Kept(KEPT / "workspace.json", KEPT / "database") if arguments.keeps else Kept()
    if arguments.keeps:
        KEPT.mkdir(parents=True, exist_ok=True)
    async with practice_world(_clusters(arguments), port=arguments.port, kept=kept) as world:
        await _connected(world)
        furnish(world)
        print(f"\n  {world.slack.page_url}\n\n  Be anybody there: {WHO}.\n  Ctrl-C ends everything.\n", flush=True)
        if arguments.opens_browser:
            await asyncio.to_thread(open_browser, world.slack.page_url)
        await asyncio.Event().wait()


def _clusters(arguments: Arguments) -> Clusters:
    if arguments.kubeconfig is None:
        return practice_cluster
    from playground.demo.borrowed import borrowed_cluster  # a second of imports that the practice cluster does without

    return partial(borrowed_cluster, of=arguments.kubeconfig, context=arguments.context, keeps=arguments.keeps)


async def _connected(world: World) -> None:
    try:
        async with asyncio.timeout(CONNECTED_WITHIN_S):
            await world.connected()
    except TimeoutError:
        raise Trouble(f"The bot does not connect. {_last_line(world.bot.log)}") from None


def _last_line(log: Path) -> str:
    lines = log.read_text().splitlines() if log.exists() else []
    return f"It says last: {lines[-1]}" if lines else "It says nothing."


def open_browser(url: str) -> None:
    """Open the page where there is a screen; a text browser would take the terminal away."""
    has_screen = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if has_screen and sys.stdout.isatty():
        webbrowser.open(url)
