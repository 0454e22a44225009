"""Who fails his liveness probe is started again, who fails his readiness probe is not ready; events say why."""

import asyncio

import pytest

from tests.contract.cluster.api import PATIENCE_S, Api, Object
from tests.contract.cluster.manifests import container, pod
from tests.contract.cluster.running import condition, is_ready

EAGER = {"periodSeconds": 1, "failureThreshold": 2, "timeoutSeconds": 60}
"""It gives up soon on who says no, not on a busy machine that takes long to ask."""


def status(pod: Object) -> Object:
    return next(iter(pod["status"].get("containerStatuses", [])), {"restartCount": 0})


def probed(how: Object, kind: str = "livenessProbe") -> Object:
    """A container that listens on no port, and is asked like that."""
    asked = {**container(ports=[{"name": "web", "containerPort": 8099}]), kind: {**how, **EAGER}}
    return pod("probed", asked, terminationGracePeriodSeconds=1)


def by_command(*command: str) -> Object:
    return {"exec": {"command": list(command)}}


REFUSED = "dial tcp {ip}:8099: connect: connection refused"
FAILING = {
    "by command": (by_command("sh", "-c", "echo no answer; exit 1"), "no answer"),
    "by HTTP": ({"httpGet": {"port": "web", "path": "/alive"}}, f'Get "http://{{ip}}:8099/alive": {REFUSED}'),
    "by TCP": ({"tcpSocket": {"port": 8099}}, REFUSED),
}
"""How it is asked → what the event says of it."""
each_way = pytest.mark.parametrize(("how", "why"), FAILING.values(), ids=FAILING)


@each_way
async def test_who_fails_its_liveness_probe_is_started_again(api: Api, core: str, how: Object, why: str) -> None:
    await api.post(f"{core}/pods", probed(how))
    found = await api.until(f"{core}/pods/probed", lambda pod: status(pod)["restartCount"] >= 1)
    assert status(found)["lastState"]["terminated"]["finishedAt"]
    said = f"Liveness probe failed: {why.format(ip=found['status']['podIP'])}"
    await told(
        api,
        core,
        found,
        ("Warning", "Unhealthy", said),
        ("Normal", "Killing", "Container app failed liveness probe, will be restarted"),
    )


@each_way
async def test_who_fails_its_readiness_probe_runs_and_is_not_ready(api: Api, core: str, how: Object, why: str) -> None:
    await api.post(f"{core}/pods", probed(how, "readinessProbe"))
    found = await api.until(f"{core}/pods/probed", lambda pod: "running" in status(pod).get("state", {}))
    said = f"Readiness probe failed: {why.format(ip=found['status']['podIP'])}"
    await told(api, core, found, ("Warning", "Unhealthy", said))
    found = (await api.get(f"{core}/pods/probed")).body
    assert (status(found)["ready"], status(found)["restartCount"]) == (False, 0)
    assert condition(found, "Ready")["reason"] == "ContainersNotReady"


async def test_who_passes_its_readiness_probe_is_ready(api: Api, core: str) -> None:
    await api.post(f"{core}/pods", probed(by_command("true"), "readinessProbe"))
    await api.until(f"{core}/pods/probed", is_ready)


async def told(api: Api, core: str, found: Object, *events: tuple[str, str, str]) -> None:
    """Wait until its container is said to have met all of these."""
    wanted = {(*event, "spec.containers{app}") for event in events}
    query = {"fieldSelector": f"involvedObject.uid={found['metadata']['uid']}"}
    async with asyncio.timeout(PATIENCE_S), api.watch(f"{core}/events", **query) as heard:
        while wanted:
            event = (await heard.next())["object"]
            place = event["involvedObject"].get("fieldPath", "")
            wanted -= {(event["type"], event["reason"], event["message"].strip(), place)}


async def test_who_passes_is_left_alone(api: Api, core: str) -> None:
    await api.post(f"{core}/pods", probed(by_command("true")))
    others = pod("other", container(livenessProbe={**by_command("false"), **EAGER}))
    await api.post(f"{core}/pods", others)
    await api.until(f"{core}/pods/other", lambda pod: status(pod)["restartCount"] >= 1)
    assert status((await api.get(f"{core}/pods/probed")).body)["restartCount"] == 0
