"""The practice Slack by itself: python -m playground.slack --manifest FILE, for anyone who writes a Slack app."""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from playground.slack.manifest import BadManifest, load_manifest
from playground.slack.server import PracticeSlack
from playground.slack.snapshot import BadSnapshot, load, save


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m playground.slack", description=__doc__)
    parser.add_argument("--manifest", type=Path, required=True, help="the app's manifest, YAML or JSON")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--keep", type=Path, help="go on from this file, if it is there, and write it at the end")
    parser.add_argument("--record", type=Path, help="append every delivery and call to this file, as JSON lines")
    options = parser.parse_args()
    try:
        slack = PracticeSlack(load_manifest(options.manifest), port=options.port)
        slack.journal.record_to(options.record)
        if options.keep is not None and options.keep.exists():
            load(slack.workspace, options.keep)
        asyncio.run(_serve(slack))
    except (BadManifest, BadSnapshot) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError:
        print(f"Port {options.port} is in use. Nothing was started; choose another with --port.", file=sys.stderr)
        return 1
    if options.keep is not None:
        save(slack.workspace, options.keep)
    return 0


async def _serve(slack: PracticeSlack) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with slack:
        for name, value in ({"page": slack.page_url} | slack.settings).items():
            print(json.dumps({name: value}), flush=True)
        await stopping.wait()


if __name__ == "__main__":
    sys.exit(main())
