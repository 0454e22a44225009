"""What containers do, and what the cluster tells of it: states, restarts, images. Needs a kubelet."""

import asyncio

import pytest

from tests.contract.cluster.api import PATIENCE_S, Api
from tests.contract.cluster.manifests import container
from tests.contract.cluster.running import is_ready, run, state


async def test_a_pod_is_scheduled_started_and_ready(api: Api, core: str) -> None:
    path = await run(api, core)
    found = await api.until(path, is_ready)
    held = {each["type"] for each in found["status"]["conditions"] if each["status"] == "True"}
    assert held >= {"PodScheduled", "Initialized", "ContainersReady", "Ready", "PodReadyToStartContainers"}
    assert found["status"]["podIP"]
    assert found["status"]["startTime"]
    assert found["spec"]["nodeName"]
    status = state(found)
    assert status["started"]
    assert status["restartCount"] == 0
    assert status["containerID"].startswith("containerd://")
    assert status["state"]["running"]["startedAt"]


async def test_a_crash_is_restarted_and_remembered(api: Api, core: str) -> None:
    path = await run(api, core, container(["sh", "-c", "echo broken; exit 3"]))
    found = await api.until(path, lambda one: state(one)["restartCount"] >= 2)
    last = state(found)["lastState"]["terminated"]
    assert (last["exitCode"], last["reason"]) == (3, "Error")
    assert last["containerID"]
    assert last["finishedAt"] >= last["startedAt"]


async def test_a_crash_loop_backs_off(api: Api, core: str) -> None:
    path = await run(api, core, container(["sh", "-c", "exit 1"]))
    found = await api.until(
        path, lambda one: state(one)["state"].get("waiting", {}).get("reason") == "CrashLoopBackOff"
    )
    waiting = state(found)["state"]["waiting"]
    assert waiting["message"].startswith("back-off ")
    assert "restarting failed container=app pod=one_" in waiting["message"]
    assert state(found)["lastState"]["terminated"]["exitCode"] == 1
    assert not is_ready(found)


async def test_a_clean_exit_is_restarted_too(api: Api, core: str) -> None:
    path = await run(api, core, container(["true"]))
    found = await api.until(path, lambda one: state(one)["restartCount"] >= 1 and state(one)["lastState"])
    assert state(found)["lastState"]["terminated"]["reason"] == "Completed"


@pytest.mark.parametrize(
    ("command", "phase", "reason"), [("exit 0", "Succeeded", "Completed"), ("exit 4", "Failed", "Error")]
)
async def test_a_pod_that_is_never_restarted_ends(api: Api, core: str, command: str, phase: str, reason: str) -> None:
    path = await run(api, core, container(["sh", "-c", command]), restartPolicy="Never")
    found = await api.until(path, lambda one: one["status"]["phase"] == phase)
    assert state(found)["state"]["terminated"]["reason"] == reason
    assert state(found)["restartCount"] == 0


async def test_an_image_that_cannot_be_pulled_flips_between_two_reasons(api: Api, core: str) -> None:
    path = await run(api, core, container(image="registry.invalid/nothing:1"))
    first = await api.until(path, lambda one: state(one)["state"].get("waiting", {}).get("reason") == "ErrImagePull")
    assert "registry.invalid/nothing:1" in state(first)["state"]["waiting"]["message"]
    found = await api.until(
        path, lambda one: state(one)["state"].get("waiting", {}).get("reason") == "ImagePullBackOff"
    )
    assert state(found)["state"]["waiting"]["message"].startswith('Back-off pulling image "registry.invalid/nothing:1"')
    assert found["status"]["phase"] == "Pending"


async def test_an_image_name_that_is_none_is_told(api: Api, core: str) -> None:
    path = await run(api, core, container(image="Not//An:Image"))
    found = await api.until(
        path, lambda one: "waiting" in state(one)["state"] and state(one)["state"]["waiting"].get("message")
    )
    assert state(found)["state"]["waiting"]["reason"] == "InvalidImageName"


async def test_a_missing_secret_holds_the_container(api: Api, core: str) -> None:
    source = {"secretKeyRef": {"name": "none", "key": "password"}}
    path = await run(api, core, container(env=[{"name": "PASSWORD", "valueFrom": source}]))
    reason = "CreateContainerConfigError"
    found = await api.until(path, lambda one: state(one)["state"].get("waiting", {}).get("reason") == reason)
    assert state(found)["state"]["waiting"]["message"] == 'secret "none" not found'
    await api.post(f"{core}/secrets", {"metadata": {"name": "none"}, "stringData": {"password": "x"}})
    await api.until(path, is_ready)


async def test_a_missing_key_is_named(api: Api, core: str) -> None:
    await api.post(f"{core}/configmaps", {"metadata": {"name": "settings"}, "data": {"a": "1"}})
    source = {"configMapKeyRef": {"name": "settings", "key": "b"}}
    path = await run(api, core, container(env=[{"name": "B", "valueFrom": source}]))
    reason = "CreateContainerConfigError"
    found = await api.until(path, lambda one: state(one)["state"].get("waiting", {}).get("reason") == reason)
    namespace = found["metadata"]["namespace"]
    assert state(found)["state"]["waiting"]["message"] == f"couldn't find key b in ConfigMap {namespace}/settings"


async def test_init_containers_go_first(api: Api, core: str) -> None:
    path = await run(api, core, initContainers=[container(["sh", "-c", "echo prepared"], "first")])
    found = await api.until(path, is_ready)
    first = found["status"]["initContainerStatuses"][0]
    assert first["state"]["terminated"]["exitCode"] == 0
    assert first["ready"] is True


async def test_a_failing_init_container_holds_the_pod(api: Api, core: str) -> None:
    path = await run(api, core, initContainers=[container(["false"], "first")])
    found = await api.until(
        path, lambda one: one["status"].get("initContainerStatuses", [{}])[0].get("restartCount", 0) >= 1
    )
    assert found["status"]["phase"] == "Pending"
    assert state(found)["state"]["waiting"]["reason"] == "PodInitializing"


async def test_a_pod_that_fits_nowhere_says_so(api: Api, core: str) -> None:
    path = await run(api, core, container(resources={"requests": {"cpu": "5000"}}))
    found = await api.until(path, lambda one: one["status"].get("conditions"))
    scheduled = next(each for each in found["status"]["conditions"] if each["type"] == "PodScheduled")
    assert (scheduled["status"], scheduled["reason"]) == ("False", "Unschedulable")
    assert "Insufficient cpu" in scheduled["message"]


async def test_events_tell_the_story_of_a_pod(api: Api, core: str) -> None:
    path = await run(api, core)
    uid = (await api.until(path, is_ready))["metadata"]["uid"]
    wanted = {"Scheduled", "Pulled", "Created", "Started"}
    async with (
        asyncio.timeout(PATIENCE_S),
        api.watch(f"{core}/events", fieldSelector=f"involvedObject.uid={uid}") as events,
    ):
        while wanted:
            wanted -= {(await events.next())["object"]["reason"]}
