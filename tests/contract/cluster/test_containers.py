"""What containers do, and what the cluster tells of it: states, restarts, images, logs, exec. Needs a kubelet."""

import asyncio
from typing import Any

import pytest

from tests.contract.cluster.api import Api, Object
from tests.contract.cluster.manifests import container, pod


def state(obj: Object, name: str = "app") -> Object:
    statuses = obj["status"].get("containerStatuses", [])
    return next((each for each in statuses if each["name"] == name), {"state": {}, "lastState": {}, "restartCount": 0})


def is_ready(obj: Object) -> bool:
    conditions = obj["status"].get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


async def run(api: Api, core: str, *containers: Object, **spec: Any) -> str:
    made = await api.post(f"{core}/pods", pod("one", *containers, **spec))
    assert made.status == 201, made.body
    return f"{core}/pods/one"


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
    async with asyncio.timeout(60), api.watch(f"{core}/events", fieldSelector=f"involvedObject.uid={uid}") as events:
        while wanted:
            wanted -= {(await events.next())["object"]["reason"]}


# logs

LINES = "for n in 1 2 3; do echo line $n; done"
SAYING = ["sh", "-c", "echo line 1; echo line 2; echo line 3; sleep 600"]


@pytest.fixture
async def talker(api: Api, core: str) -> str:
    path = await run(api, core, container(SAYING))
    await api.until(path, is_ready)
    for _ in range(200):
        if "line 3" in (await api.get(f"{path}/log")).body:
            break
    return f"{path}/log"


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({}, "line 1\nline 2\nline 3\n"),
        ({"tailLines": 2}, "line 2\nline 3\n"),
        ({"tailLines": 0}, ""),
        ({"limitBytes": 9}, "line 1\nli"),
        ({"container": "app"}, "line 1\nline 2\nline 3\n"),
        ({"sinceSeconds": 3600}, "line 1\nline 2\nline 3\n"),
    ],
    ids=["all", "tail", "no lines", "bytes", "container", "since"],
)
async def test_logs_are_text_and_cut_as_asked(api: Api, talker: str, query: Object, text: str) -> None:
    answer = await api.get(talker, **query)
    assert (answer.status, answer.body) == (200, text)
    assert answer.headers["Content-Type"].startswith("text/plain")


async def test_log_lines_carry_their_time_when_asked(api: Api, talker: str) -> None:
    first = (await api.get(talker, timestamps=True)).body.splitlines()[0]
    time, _, text = first.partition(" ")
    assert text == "line 1"
    assert time.startswith("20")
    assert time.endswith("Z")
    assert "." in time


@pytest.mark.parametrize("query", [{"tailLines": -1}, {"sinceSeconds": 0}, {"limitBytes": 0}])
async def test_absurd_log_options_are_refused(api: Api, talker: str, query: Object) -> None:
    assert (await api.get(talker, **query)).status in {400, 422}


async def test_logs_of_an_unknown_container_are_refused(api: Api, talker: str) -> None:
    answer = await api.get(talker, container="none")
    assert (answer.status, answer.reason) == (400, "BadRequest")
    assert answer.body["message"] == "container none is not valid for pod one"


async def test_logs_of_several_containers_need_a_choice(api: Api, core: str) -> None:
    path = await run(api, core, container(name="a"), container(name="b"))
    answer = await api.get(f"{path}/log")
    assert answer.status == 400
    assert answer.body["message"] == "a container name must be specified for pod one, choose one of: [a b]"


async def test_logs_of_an_earlier_life(api: Api, core: str) -> None:
    once = "test -f /kept/mark && echo mended && sleep 600; touch /kept/mark; echo broken; exit 1"
    mount = {"name": "kept", "mountPath": "/kept"}
    path = await run(
        api, core, container(["sh", "-c", once], volumeMounts=[mount]), volumes=[{"name": "kept", "emptyDir": {}}]
    )
    await api.until(path, lambda one: state(one)["restartCount"] == 1 and is_ready(one))
    assert (await api.get(f"{path}/log", previous=True)).body == "broken\n"
    assert (await api.get(f"{path}/log")).body == "mended\n"


async def test_logs_of_an_earlier_life_that_never_was(api: Api, talker: str) -> None:
    answer = await api.get(talker, previous=True)
    assert answer.status == 400
    assert 'previous terminated container "app" in pod "one" not found' in answer.body["message"]


async def test_logs_of_a_container_that_waits(api: Api, core: str) -> None:
    path = await run(api, core, container(image="registry.invalid/nothing:1"))
    await api.until(path, lambda one: state(one)["state"].get("waiting", {}).get("reason") == "ImagePullBackOff")
    answer = await api.get(f"{path}/log")
    assert answer.status == 400
    assert 'container "app" in pod "one" is waiting to start' in answer.body["message"]


async def test_logs_of_no_pod(api: Api, core: str) -> None:
    assert (await api.get(f"{core}/pods/none/log")).status == 404


async def test_a_followed_log_goes_on_until_the_container_ends(api: Api, core: str) -> None:
    path = await run(api, core, container(["sh", "-c", "echo one; sleep 2; echo two"]), restartPolicy="Never")
    await api.until(path, lambda one: one["status"]["phase"] != "Pending")
    async with asyncio.timeout(60), api.session.get(f"{api.url}{path}/log", params={"follow": "true"}) as response:
        assert await response.text() == "one\ntwo\n"


# exec


async def execute(
    api: Api, path: str, *command: str, protocol: str = "v5.channel.k8s.io", **query: str
) -> dict[int, bytes]:
    """Run a command and return what came on each channel."""
    parameters = [("command", each) for each in command]
    parameters += [*{"stdout": "true", "stderr": "true", **query}.items()]
    url = api.url.replace("https", "wss")
    channels: dict[int, bytes] = {}
    async with (
        asyncio.timeout(60),
        api.session.ws_connect(f"{url}{path}/exec", params=parameters, protocols=[protocol]) as socket,
    ):
        assert socket.protocol == protocol
        if query.get("stdin"):
            await socket.send_bytes(b"\x00hello\n")
            await socket.send_bytes(b"\xff\x00")
        async for message in socket:
            channels[message.data[0]] = channels.get(message.data[0], b"") + message.data[1:]
    return channels


@pytest.fixture
async def shell(api: Api, core: str) -> str:
    path = await run(api, core)
    await api.until(path, is_ready)
    return path


@pytest.mark.parametrize("protocol", ["v5.channel.k8s.io", "v4.channel.k8s.io"])
async def test_exec_gives_output_and_success(api: Api, shell: str, protocol: str) -> None:
    channels = await execute(api, shell, "echo", "hello", protocol=protocol)
    assert channels[1] == b"hello\n"
    assert b'"status":"Success"' in channels[3]


async def test_exec_keeps_the_two_outputs_apart(api: Api, shell: str) -> None:
    channels = await execute(api, shell, "sh", "-c", "echo out; echo err >&2")
    assert (channels[1], channels[2]) == (b"out\n", b"err\n")


async def test_exec_tells_the_exit_code(api: Api, shell: str) -> None:
    channels = await execute(api, shell, "sh", "-c", "exit 7")
    assert b'"reason":"NonZeroExitCode"' in channels[3]
    assert b'{"reason":"ExitCode","message":"7"}' in channels[3]


async def test_exec_reads_stdin_until_it_is_closed(api: Api, shell: str) -> None:
    assert (await execute(api, shell, "cat", stdin="true"))[1] == b"hello\n"


async def test_exec_of_an_unknown_program_fails(api: Api, shell: str) -> None:
    channels = await execute(api, shell, "nothing-of-that-name")
    assert b"Failure" in channels[3]


async def test_exec_needs_a_command(api: Api, shell: str) -> None:
    assert (await api.get(f"{shell}/exec")).status == 400
