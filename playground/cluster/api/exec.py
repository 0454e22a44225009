"""pods/exec over WebSocket, in the channel protocols v5 and v4, onto the small shell."""

import asyncio

import orjson
from aiohttp import WSMsgType, web

from playground.cluster.api.request import RequestInfo, truth
from playground.cluster.errors import ApiError, bad_request
from playground.cluster.kobject import Object
from playground.cluster.nodes.kubelet import Kubelets
from playground.cluster.nodes.shell import Exit, Machine, Say, Wait, run
from playground.cluster.resources import PODS, Resource
from playground.cluster.state import ClusterState

PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
STDOUT, STDERR, STATUS = 1, 2, 3
CLOSE_STDIN = b"\xff\x00"
"""v5: channel 255 names the channel to close."""


class ExecSubresource:
    def __init__(self, state: ClusterState, kubelets: Kubelets) -> None:
        self._state = state
        self._kubelets = kubelets

    async def serve(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.StreamResponse:
        del resource
        pod = self._state.store.get(PODS, info.namespace, info.name)
        command = request.query.getall("command", [])
        if not command:
            raise bad_request("you must specify at least 1 command for the container")
        machine = self._machine(pod, request.query.get("container", ""))
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise ApiError(400, "BadRequest", "Upgrade request required")
        socket = web.WebSocketResponse(protocols=PROTOCOLS, heartbeat=30)
        await socket.prepare(request)
        machine.stdin = (
            await _input(socket) if truth(request.query, "stdin") and not truth(request.query, "tty") else ""
        )
        status = await self._run(socket, command, machine)
        await socket.send_bytes(bytes([STATUS]) + orjson.dumps(status))
        await socket.close()
        return socket

    def _machine(self, pod: Object, name: str) -> Machine:
        """Return the running container's inside (raises 400, 500 as a real server does)."""
        name = name or pod["spec"]["containers"][0]["name"]
        pod_run = self._kubelets.run_of(pod)
        container = pod_run.named(name) if pod_run else None
        if container is None and name not in {each["name"] for each in pod["spec"]["containers"]}:
            raise bad_request(f"container {name} is not valid for pod {pod['metadata']['name']}")
        if pod_run is None or container is None or not container.is_running:
            if pod["status"].get("phase") in {"Succeeded", "Failed"}:
                told = f"cannot exec into a container in a completed pod; current phase is {pod['status']['phase']}"
                raise bad_request(told)
            raise ApiError(500, "InternalError", f'unable to upgrade connection: container not found ("{name}")')
        return pod_run.machines[name]

    async def _run(self, socket: web.WebSocketResponse, command: list[str], machine: Machine) -> Object:
        if not _exists(command):
            told = f'exec: "{command[0]}": executable file not found in $PATH'
            return _not_started(f"OCI runtime exec failed: exec failed: unable to start container process: {told}")
        for step in run(command, machine):
            match step:
                case Say():
                    await socket.send_bytes(bytes([STDERR if step.error else STDOUT]) + step.text.encode())
                case Wait():
                    await self._state.clock.sleep(step.seconds)
                case Exit():
                    return _outcome(step.code)
        return _outcome(0)


async def _input(socket: web.WebSocketResponse) -> str:
    """Read stdin until it is closed, or until a client that cannot close it (v4) pauses."""
    received = b""
    while True:
        try:
            message = await asyncio.wait_for(socket.receive(), 0.3)
        except TimeoutError:
            return received.decode(errors="replace")
        if message.type is not WSMsgType.BINARY or message.data == CLOSE_STDIN:
            return received.decode(errors="replace")
        if message.data[:1] == b"\x00":
            received += message.data[1:]


def _exists(command: list[str]) -> bool:
    first = next(run(command, Machine("probe")), None)
    return not (isinstance(first, Say) and first.text.endswith(": not found\n"))


def _outcome(code: int) -> Object:
    if code == 0:
        return {"metadata": {}, "status": "Success"}
    return _failure(code, f"command terminated with non-zero exit code: exit status {code}")


def _not_started(why: str) -> Object:
    told = f"Internal error occurred: error executing command in container: failed to exec in container: {why}: unknown"
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"Internal error occurred: {told}",
        "reason": "InternalError",
        "details": {"causes": [{"message": told}]},
        "code": 500,
    }


def _failure(code: int, message: str) -> Object:
    causes = [{"reason": "ExitCode", "message": str(code)}]
    return {
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": "NonZeroExitCode",
        "details": {"causes": causes},
    }
