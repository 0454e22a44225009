"""The two clients that are compared, each doing the same: find crash-looping containers."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import yaml
from kubernetes_asyncio.client import ApiClient, Configuration, CoreV1Api
from kubernetes_asyncio.watch import Watch

from bot.k8s.reflector import Reflector
from bot.k8s.session import Session, connect
from bot.k8s.watching import Limits
from bot.model.kube.pods import WatchedPod


@dataclass
class Detector:
    """A sink that keeps only what crash-loops, and calls back once it was told of so many objects."""

    wanted: int
    crashing: set[str] = field(default_factory=set)
    seen: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)
    note: Callable[[WatchedPod], None] = lambda pod: None

    def on_object(self, obj: WatchedPod, live: bool) -> bool:
        self.seen += 1
        if self.seen == self.wanted:
            self.done.set()
        if live:
            self.note(obj)
        waiting = [status.state.waiting for status in obj.status.container_statuses if status.state.waiting]
        crashing = any(state.reason == "CrashLoopBackOff" for state in waiting)
        if crashing:
            self.crashing.add(obj.metadata.uid)
        return crashing

    def on_deleted(self, uid: str, last: WatchedPod | None) -> None:
        self.crashing.discard(uid)

    def on_synced(self) -> None:
        pass


def kubeconfig(address: str) -> dict[str, object]:
    """Make a kubeconfig's content."""
    return {
        "current-context": "bench",
        "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": "bench"}}],
        "clusters": [{"name": "bench", "cluster": {"server": address}}],
        "users": [{"name": "bench", "user": {"token": "bench"}}],
    }


@asynccontextmanager
async def session(address: str) -> AsyncIterator[Session]:
    """Connect as the bot does."""
    with tempfile.NamedTemporaryFile("w", suffix=".kubeconfig") as file:
        yaml.safe_dump(kubeconfig(address), file)
        file.flush()
        connected = await connect(file.name)
    yield connected
    await connected.close()


async def reflect(connected: Session, detector: Detector, *, stream: bool = True) -> None:
    """Follow pods with the bot's reflector until the detector has seen what it wants."""
    reflector = Reflector(connected, WatchedPod, detector, limits=Limits())
    reflector._can_stream_everything = stream
    running = asyncio.ensure_future(reflector.run())
    await detector.done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def watch_typed(address: str, wanted: int) -> None:
    """Follow pods with the library's own Watch until so many events were seen."""
    async with ApiClient(Configuration(host=address)) as client, Watch() as watch:
        crashing: set[str] = set()
        seen = 0
        async for event in watch.stream(
            CoreV1Api(client).list_pod_for_all_namespaces, resource_version="1", timeout_seconds=60
        ):
            pod = event["object"]
            if event["type"] != "MODIFIED":
                continue
            if any(
                status.state.waiting and status.state.waiting.reason == "CrashLoopBackOff"
                for status in pod.status.container_statuses
            ):
                crashing.add(pod.metadata.uid)
            seen += 1
            if seen == wanted:
                return


async def list_typed(address: str) -> None:
    """List pods with the library's models, 500 a page."""
    async with ApiClient(Configuration(host=address)) as client:
        api, token = CoreV1Api(client), ""
        crashing: set[str] = set()
        while True:
            page = await api.list_pod_for_all_namespaces(limit=500, _continue=token)
            for pod in page.items:
                if any(status.restart_count for status in pod.status.container_statuses):
                    crashing.add(pod.metadata.uid)
            token = page.metadata._continue
            if not token:
                return
