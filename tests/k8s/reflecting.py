"""A reflector in a hurry, a sink that writes down what it is told, and what a scripted server answers both."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.k8s.reflector import Pace, Reflector
from bot.k8s.session import Session
from bot.k8s.watching import Limits
from bot.model.kube.pods import Pod
from tests.k8s.scripted_server import Respond, answering

HURRIED = Pace(first=0.001, longest=0.002, forbidden=0.001, breath=0.001, instant=0.0)


class Notes:
    """A sink that writes down what it is told; failed pods matter to it."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def on_object(self, obj: Pod, live: bool) -> bool:
        if obj.status.phase == "Odd":
            raise ValueError("a bug of the detector")
        self.told.append(f"{'live' if live else 'read'} {obj.metadata.uid}@{obj.metadata.resource_version}")
        return obj.status.phase == "Failed"

    def on_deleted(self, uid: str, last: Pod | None) -> None:
        self.told.append(f"gone {uid}{'' if last else ', unseen'}")

    def on_synced(self) -> None:
        self.told.append("synced")


@asynccontextmanager
async def reflecting(session: Session, notes: Notes, **limits: float) -> AsyncIterator[Reflector[Pod]]:
    reflector = Reflector(session, Pod, notes, pace=HURRIED, limits=Limits(**limits))  # type: ignore[arg-type]
    task = asyncio.ensure_future(reflector.run())
    try:
        async with asyncio.timeout(120):
            yield reflector
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(notes: Notes, text: str) -> None:
    while text not in notes.told:  # noqa: ASYNC110  # told synchronously
        await asyncio.sleep(0.001)


LIST = answering({"metadata": {"resourceVersion": "5"}, "items": [{"metadata": {"uid": "a", "resourceVersion": "3"}}]})


def lists(watch: Respond) -> Respond:
    """Answer lists with one pod, and watches as told."""

    async def respond(request: web.Request) -> web.StreamResponse:
        return await (watch if "watch" in request.query else LIST)(request)

    return respond


def streaming(*lines: bytes) -> Respond:
    """Say these lines and then nothing."""

    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"".join(line + b"\n" for line in lines))
        await asyncio.Event().wait()
        return response

    return respond
