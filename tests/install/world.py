"""What an installed bot needs around it, reachable from pods: practice Slack, PostgreSQL, the cluster's own address.

kubelab has no kube-proxy, so the service address of its API server is given to the bridge, and relayed.
"""

import asyncio
import contextlib
import json
import secrets
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from playground.demo.workspace import practice_slack
from playground.slack.server import PracticeSlack
from tests.fakes.relays import relayed, to_port, to_socket
from tests.kubelab import FOLDER

ROOT = Path(__file__).parents[2]
BRIDGE, HOST = "kubelab0", "10.85.0.1"
"""The bridge of kubelab's pods, and the host's address on it."""
API_SERVICE = "10.96.0.1"
IMAGE = "saas-bot:install-test"
ACK_TIMEOUT_S = 45.0
"""In place of 3 s, which are held elsewhere: here a copy that died is told from a machine that is busy."""


@dataclass(frozen=True)
class Kubectl:
    """kubectl as administrator, beside our own loop: the pods it waits for are served by it."""

    run: Callable[..., str]

    async def __call__(self, *arguments: str, stdin: str | None = None) -> str:
        return await asyncio.to_thread(self.run, *arguments, stdin=stdin)

    async def get(self, *arguments: str) -> Any:
        """What `kubectl get` knows, as JSON."""
        return json.loads(await self("get", *arguments, "-o", "json"))

    async def apply(self, manifests: list[dict[str, Any]], namespace: str) -> None:
        """Apply on the server's side, which refuses unknown fields; what names no namespace belongs to *namespace*."""
        elsewhere = [one for one in manifests if "namespace" in one["metadata"]]
        here = [one for one in manifests if one not in elsewhere]
        for where, some in ((("-n", namespace), here), ((), elsewhere)):
            text = yaml.safe_dump_all(some)
            await self(*where, "apply", "--server-side", "--validate=strict", "-f", "-", stdin=text)

    @contextlib.asynccontextmanager
    async def namespace(self) -> AsyncIterator[str]:
        """Make a namespace for the block."""
        name = f"bot-{secrets.token_hex(3)}"
        await self("create", "namespace", name)
        try:
            yield name
        finally:
            await self("delete", "namespace", name, "--wait=false")


@dataclass(frozen=True)
class Surroundings:
    """How pods reach the rest of the world."""

    slack: PracticeSlack
    slack_proxy: str
    """The practice Slack answers only to loopback names; through this proxy a pod can use them."""
    database_url: str


@contextlib.asynccontextmanager
async def surroundings(kubeconfig: Path, postgres_dsn: str) -> AsyncIterator[Surroundings]:
    """Serve everything while the block runs."""
    database = urlsplit(postgres_dsn)
    socket = Path(database.query.removeprefix("host="), ".s.PGSQL.5432")
    api = yaml.safe_load(kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
    with service_address():
        async with (
            practice_slack() as slack,
            relayed(to_port(urlsplit(slack.url).port or 80), HOST) as proxy,
            relayed(to_socket(socket), HOST) as postgres,
            relayed(to_port(urlsplit(api).port or 443), API_SERVICE, 443),
        ):
            slack.sockets.ack_timeout_s = ACK_TIMEOUT_S
            dsn = f"postgresql://postgres@{HOST}:{postgres.port}{database.path}"
            yield Surroundings(slack, f"http://{HOST}:{proxy.port}", dsn)


@contextlib.contextmanager
def service_address() -> Iterator[None]:
    """Give the bridge the API server's service address."""
    address = ["address", "replace", f"{API_SERVICE}/32", "dev", BRIDGE]
    subprocess.run(["ip", *address], check=True)
    try:
        yield
    finally:
        subprocess.run(["ip", *address[:1], "delete", *address[2:]], check=True)


def import_image(folder: Path) -> None:
    """Build the image without a Docker engine, and hand it to kubelab's containerd."""
    archive = folder / "image.tar"
    subprocess.run([ROOT / "image" / "without-docker.sh", IMAGE, archive], check=True)
    client = ["ctr", "-a", str(FOLDER / "run" / "containerd.sock"), "-n", "k8s.io"]
    subprocess.run([*client, "images", "import", "--no-unpack=false", archive], check=True, stdout=subprocess.DEVNULL)
    archive.unlink()
