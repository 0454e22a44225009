"""pods/log: tail, since, previous, timestamps, limits, and following, from the programs that containers act out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from playground.cluster.api.request import RequestInfo, truth, whole_number
from playground.cluster.clock import moment_of
from playground.cluster.errors import ApiError, Cause, bad_request, invalid
from playground.cluster.kobject import Object
from playground.cluster.nodes.container import Container
from playground.cluster.nodes.container_run import Phase, Run
from playground.cluster.nodes.kubelet import Kubelets
from playground.cluster.nodes.pod_run import PodRun
from playground.cluster.nodes.program import Line
from playground.cluster.resources import PODS, Resource
from playground.cluster.state import ClusterState

LONGEST_WAIT_S = 5.0
"""Cluster seconds between two looks at a followed container that says nothing."""
_OPTIONS = Resource("", "v1", "podlogoptions", "PodLogOptions")


@dataclass(frozen=True)
class _Asked:
    container: str
    follow: bool
    previous: bool
    timestamps: bool
    tail: int | None
    since_s: float | None
    since_time: str
    limit_bytes: int | None

    @staticmethod
    def of(query: Mapping[str, str]) -> "_Asked":
        tail, since_s, limit = (whole_number(query, name) for name in ("tailLines", "sinceSeconds", "limitBytes"))
        for name, value, least in (("tailLines", tail, 0), ("sinceSeconds", since_s, 1), ("limitBytes", limit, 1)):
            if value is not None and value < least:
                says = "must be greater than or equal to 0" if least == 0 else "must be greater than 0"
                raise invalid(_OPTIONS, "", [Cause("FieldValueInvalid", f"Invalid value: {value}: {says}", name)])
        return _Asked(
            query.get("container", ""), truth(query, "follow"), truth(query, "previous"), truth(query, "timestamps"),
            tail, since_s, query.get("sinceTime", ""), limit,
        )  # fmt: skip


class LogSubresource:
    def __init__(self, state: ClusterState, kubelets: Kubelets) -> None:
        self._state = state
        self._kubelets = kubelets

    async def serve(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.StreamResponse:
        del resource
        pod = self._state.store.get(PODS, info.namespace, info.name)
        asked = _Asked.of(request.query)
        name = _container_name(pod, asked.container)
        run = self._kubelets.run_of(pod)
        life = _life(pod, run, name, asked)
        response = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await response.prepare(request)
        await self._send(response, life, run, name, asked)
        await response.write_eof()
        return response

    async def _send(
        self, response: web.StreamResponse, life: Run, run: PodRun | None, name: str, asked: _Asked
    ) -> None:
        until_s = self._lived_s(life)
        text = b"".join(self._shown(life, asked, until_s))
        if asked.limit_bytes is not None:
            text = text[: asked.limit_bytes]
        if text:
            await response.write(text)
        while asked.follow and run is not None and _is_alive(run, name, life):
            next_s = life.program.next_at_s(until_s)
            wait_s = LONGEST_WAIT_S if next_s is None else min(LONGEST_WAIT_S, next_s - self._lived_s(life))
            await self._state.clock.sleep(max(0.02, wait_s))
            now_s = self._lived_s(_current(run, name, life))
            fresh = [line for line in life.program.lines(now_s) if line.at_s > until_s]
            until_s = now_s
            if fresh:
                await response.write(b"".join(self._encoded(life, line, asked) for line in fresh))

    def _lived_s(self, life: Run) -> float:
        lived_s = self._state.clock.elapsed_s(life.started)
        return lived_s - self._state.clock.elapsed_s(life.ended) if life.ended is not None else lived_s

    def _shown(self, life: Run, asked: _Asked, until_s: float) -> Iterator[bytes]:
        lines = life.program.lines(until_s)
        since_s = self._since_s(life, asked)
        if since_s is not None:
            lines = [line for line in lines if line.at_s >= since_s]
        if asked.tail is not None:
            lines = lines[-asked.tail :] if asked.tail else []
        return (self._encoded(life, line, asked) for line in lines)

    def _since_s(self, life: Run, asked: _Asked) -> float | None:
        """Return the moment, counted from the container's start, from which lines are wanted."""
        if asked.since_s is not None:
            return self._state.clock.elapsed_s(life.started) - asked.since_s
        if asked.since_time:
            try:
                since = moment_of(asked.since_time)
            except ValueError:
                raise bad_request(f"sinceTime: not a time: {asked.since_time[:40]}") from None
            return self._state.clock.elapsed_s(life.started) - self._state.clock.elapsed_s(since)
        return None

    def _encoded(self, life: Run, line: Line, asked: _Asked) -> bytes:
        if not asked.timestamps:
            return f"{line.text}\n".encode()
        total_s = max(self._state.clock.elapsed_s(life.started), 1e-9)
        share = min(1.0, line.at_s / total_s)
        moment = life.started + timedelta(seconds=(self._state.clock.now() - life.started).total_seconds() * share)
        return f"{moment.strftime('%Y-%m-%dT%H:%M:%S.%f')}000Z {line.text}\n".encode()


def _container_name(pod: Object, asked: str) -> str:
    spec = pod["spec"]
    known = [each["name"] for each in [*(spec.get("initContainers") or ()), *spec["containers"]]]
    if asked:
        if asked not in known:
            raise bad_request(f"container {asked} is not valid for pod {pod['metadata']['name']}")
        return asked
    if len(spec["containers"]) > 1:
        names = " ".join(each["name"] for each in spec["containers"])
        inits = " ".join(each["name"] for each in spec.get("initContainers") or ())
        more = f" or one of the init containers: [{inits}]" if inits else ""
        told = f"a container name must be specified for pod {pod['metadata']['name']}, choose one of: [{names}]{more}"
        raise bad_request(told)
    return str(spec["containers"][0]["name"])


def _life(pod: Object, run: PodRun | None, name: str, asked: _Asked) -> Run:
    """Return the run of the container whose log is asked for (raises 400)."""
    container = run.named(name) if run is not None else None
    title = f'container "{name}" in pod "{pod["metadata"]["name"]}"'
    if container is None:
        if not pod["spec"].get("nodeName"):
            raise ApiError(400, "BadRequest", f"pod {pod['metadata']['name']} does not have a host assigned")
        raise bad_request(f"{title} is waiting to start: ContainerCreating")
    if asked.previous:
        previous = container.run if container.phase in {Phase.CRASH_BACKOFF} else container.previous
        if previous is None:
            raise bad_request(f"previous terminated {title} not found")
        return previous
    if container.run is None:
        raise bad_request(f"{title} is waiting to start: {_reason(container)}")
    return container.run


def _reason(container: Container) -> str:
    return {
        "ErrImagePull": "image can't be pulled", "ImagePullBackOff": "trying and failing to pull image",
        "InvalidImageName": "image can't be pulled", "ErrImageNeverPull": "image can't be pulled",
    }.get(container.waiting[0], container.waiting[0])  # fmt: skip


def _current(run: PodRun, name: str, life: Run) -> Run:
    """Return the run with its end, once it has one."""
    container = run.named(name)
    if container is not None:
        for each in (container.run, container.previous):
            if each is not None and each.container_id == life.container_id:
                return each
    return life


def _is_alive(run: PodRun, name: str, life: Run) -> bool:
    return _current(run, name, life).ended is None
