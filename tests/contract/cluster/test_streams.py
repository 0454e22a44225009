"""Logs and exec: what a container says, and what is said to it. Needs a kubelet."""

import asyncio

import pytest

from tests.contract.cluster.api import PATIENCE_S, Api, Object
from tests.contract.cluster.manifests import container
from tests.contract.cluster.running import is_ready, run, state

SAYING = ["sh", "-c", "echo line 1; echo line 2; echo line 3; sleep 600"]


@pytest.fixture
async def talker(api: Api, core: str) -> str:
    path = await run(api, core, container(SAYING))
    await api.until(path, is_ready)
    await until_it_says(api, f"{path}/log", "line 1\nline 2\nline 3\n")
    return f"{path}/log"


async def until_it_says(api: Api, log: str, text: str) -> None:
    """A container that runs may have said nothing yet."""
    async with asyncio.timeout(PATIENCE_S):
        while (await api.get(log)).body != text:  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # a real cluster has no clock to turn


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
    await until_it_says(api, f"{path}/log", "mended\n")


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
    async with (
        asyncio.timeout(PATIENCE_S),
        api.session.get(f"{api.url}{path}/log", params={"follow": "true"}) as response,
    ):
        assert await response.text() == "one\ntwo\n"


async def execute(
    api: Api, path: str, *command: str, protocol: str = "v5.channel.k8s.io", **query: str
) -> dict[int, bytes]:
    """Run a command and return what came on each channel."""
    parameters = [("command", each) for each in command]
    parameters += [*{"stdout": "true", "stderr": "true", **query}.items()]
    url = api.url.replace("https", "wss")
    channels: dict[int, bytes] = {}
    async with (
        asyncio.timeout(PATIENCE_S),
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
