"""A container whose liveness probe fails is killed and started again, and the events say so. Needs a kubelet."""

import asyncio

from tests.contract.cluster.api import PATIENCE_S, Api, Object
from tests.contract.cluster.manifests import container, pod

EAGER = {"periodSeconds": 1, "failureThreshold": 2, "timeoutSeconds": 60}
"""It gives up soon on who says no, not on a busy machine that takes long to ask."""


def status(pod: Object) -> Object:
    return next(iter(pod["status"].get("containerStatuses", [])), {"restartCount": 0})


def probed(*command: str) -> Object:
    probe = {"exec": {"command": list(command)}, **EAGER}
    return pod("probed", container(livenessProbe=probe), terminationGracePeriodSeconds=1)


async def test_who_fails_its_liveness_probe_is_started_again(api: Api, core: str) -> None:
    await api.post(f"{core}/pods", probed("sh", "-c", "echo no answer; exit 1"))
    found = await api.until(f"{core}/pods/probed", lambda pod: status(pod)["restartCount"] >= 1)
    assert status(found)["lastState"]["terminated"]["finishedAt"]
    wanted = {
        ("Warning", "Unhealthy", "Liveness probe failed: no answer", "spec.containers{app}"),
        ("Normal", "Killing", "Container app failed liveness probe, will be restarted", "spec.containers{app}"),
    }
    query = {"fieldSelector": f"involvedObject.uid={found['metadata']['uid']}"}
    async with asyncio.timeout(PATIENCE_S), api.watch(f"{core}/events", **query) as events:
        while wanted:
            told = (await events.next())["object"]
            place = told["involvedObject"].get("fieldPath", "")
            wanted -= {(told["type"], told["reason"], told["message"].strip(), place)}


async def test_who_passes_is_left_alone(api: Api, core: str) -> None:
    await api.post(f"{core}/pods", probed("true"))
    others = pod("other", container(livenessProbe={"exec": {"command": ["false"]}, **EAGER}))
    await api.post(f"{core}/pods", others)
    await api.until(f"{core}/pods/other", lambda pod: status(pod)["restartCount"] >= 1)
    assert status((await api.get(f"{core}/pods/probed")).body)["restartCount"] == 0
