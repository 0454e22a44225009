"""One stand-in by itself, for whoever writes a Slack app or a controller: prints what a client needs."""

import asyncio
import contextlib
from pathlib import Path

from bot.manifest import slack_manifest
from playground.cluster.cluster import PracticeCluster
from playground.demo.clusters import write_private
from playground.demo.folder import passing_folder
from playground.demo.trouble import Trouble
from playground.demo.workspace import serving
from playground.slack.manifest import BadManifest, load_manifest, parse_manifest
from playground.slack.server import PracticeSlack


async def slack_alone(port: int, manifest: Path | None) -> None:
    """Serve a practice Slack with one app in it until cancelled. Raises Trouble."""
    try:
        app = load_manifest(manifest) if manifest else parse_manifest(slack_manifest())
    except BadManifest as error:
        raise Trouble(str(error)) from error
    slack = PracticeSlack(app, port=port)
    async with serving(slack, port):
        exports = "\n".join(f"  export {name}={value}" for name, value in slack.settings.items())
        print(f"\n  {slack.page_url}\n\n{exports}\n\n  Ctrl-C ends it.\n", flush=True)
        await asyncio.Event().wait()


async def cluster_alone(port: int) -> None:
    """Serve a practice cluster with the platform in it until cancelled. Raises Trouble, CannotStart."""
    practice = PracticeCluster()
    async with passing_folder() as folder, contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(practice.stop)
        try:
            await practice.start(port=port)
        except OSError as error:
            raise Trouble(f"Port {port} is in use. Nothing was started; choose another with --port.") from error
        write_private(folder / "kubeconfig", practice.kubeconfig(namespace="saasodoo"))
        print(f"\n  {practice.url}\n\n  export KUBECONFIG={folder / 'kubeconfig'}\n\n  Ctrl-C ends it.\n", flush=True)
        await asyncio.Event().wait()
