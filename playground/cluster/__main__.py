"""`python -m playground.cluster`: start a practice cluster and print what kubectl needs."""

import argparse
import asyncio
import signal
import tempfile
from pathlib import Path

from playground.cluster.cluster import PracticeCluster
from playground.cluster.world.loader import from_file


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m playground.cluster", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="loopback port (0: any free one)")
    parser.add_argument("--world", type=Path, help="manifests to start with, instead of the practice platform")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times faster than real time things happen")
    return parser.parse_args()


def _write_private(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text)
    return path


async def _serve(arguments: argparse.Namespace) -> None:
    world = from_file(arguments.world) if arguments.world else None
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    cluster = PracticeCluster(world=world, speed=arguments.speed)
    await cluster.start(port=arguments.port)
    try:
        with tempfile.TemporaryDirectory(prefix="practice-cluster-") as folder:
            path = _write_private(Path(folder, "kubeconfig"), cluster.kubeconfig(namespace="saasodoo"))
            print(f"practice cluster at {cluster.url}, kubeconfig {path}\nexport KUBECONFIG={path}", flush=True)
            await stopped.wait()
    finally:
        await cluster.stop()


if __name__ == "__main__":
    asyncio.run(_serve(_arguments()))
