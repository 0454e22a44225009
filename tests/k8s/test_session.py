"""The way to the API server: credentials, timeouts and what goes with each request."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
import yaml
from aiohttp import web

from bot.errors import BadArguments, BotError, Denied, NotFound, Unreachable
from bot.k8s.request import Request
from bot.k8s.session import Session, connect
from playground.cluster.certificate import make_certificate
from playground.cluster.cluster import PracticeCluster
from tests.k8s.scripted_server import ScriptedServer, answering, in_turn, kubeconfig, status

VERSION = Request(path="/version")
UNAUTHORIZED = status(401, "Unauthorized", "Unauthorized")


async def test_the_token_and_our_name_go_with_each_request(server: ScriptedServer, session: Session) -> None:
    await session.send(VERSION)
    headers = server.heard[0].headers
    assert headers["Authorization"] == "Bearer first"
    assert headers["User-Agent"].startswith("saas-bot/")
    assert headers["Accept-Encoding"] == "identity"


async def test_a_refused_token_is_read_again_and_the_request_sent_once_more(
    server: ScriptedServer, session: Session, tmp_path: Path
) -> None:
    server.respond = in_turn(UNAUTHORIZED, answering({"gitVersion": "v1.36.0"}))
    server.kubeconfig(tmp_path, token="second")
    answer = await session.send(VERSION)
    assert b"v1.36.0" in answer.body
    assert [heard.headers["Authorization"] for heard in server.heard] == ["Bearer first", "Bearer second"]


async def test_a_token_refused_twice_is_said_so_without_a_third_try(server: ScriptedServer, session: Session) -> None:
    server.respond = UNAUTHORIZED
    with pytest.raises(Denied, match="does not accept the bot's credentials"):
        await session.send(VERSION)
    assert len(server.heard) == 2


async def test_many_requests_refused_at_once_load_the_credentials_once(
    server: ScriptedServer, session: Session, tmp_path: Path
) -> None:
    async def first_is_old(request: web.Request) -> web.StreamResponse:
        fresh = request.headers["Authorization"] == "Bearer second"
        return await (answering({}) if fresh else UNAUTHORIZED)(request)

    server.respond = first_is_old
    server.kubeconfig(tmp_path, token="second")
    await asyncio.gather(*(session.send(VERSION) for _ in range(10)))
    assert session._credentials.generation == 2


async def test_a_login_plugin_is_run_and_run_again_when_its_token_expired(
    server: ScriptedServer, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    plugin = tmp_path / "plugin.py"
    plugin.write_text(
        f"import json, pathlib; runs = pathlib.Path({str(runs)!r})\n"
        "n = len(runs.read_text()) if runs.exists() else 0; runs.write_text('x' * (n + 1))\n"
        "print(json.dumps({'apiVersion': 'client.authentication.k8s.io/v1', 'kind': 'ExecCredential',\n"
        "  'status': {'token': f'run-{n}', 'expirationTimestamp': '2020-01-01T00:00:00Z'}}))\n"
    )
    execution = {
        "apiVersion": "client.authentication.k8s.io/v1", "command": sys.executable, "args": [str(plugin)], "env": None,
    }  # fmt: skip
    session = await connect(server.kubeconfig(tmp_path, exec=execution))
    await session.send(VERSION)
    await session.send(VERSION)
    await session.close()
    tokens = [heard.headers["Authorization"] for heard in server.heard]
    assert tokens == ["Bearer run-1", "Bearer run-2"]


@pytest.mark.parametrize(
    ("content", "context", "words"),
    [
        pytest.param(None, None, "there is no such file", id="missing"),
        pytest.param("", None, "cannot be used", id="empty"),
        pytest.param("a: [", None, "it is not YAML", id="not YAML"),
        pytest.param("[1, 2]", None, "cannot be used", id="a list"),
        pytest.param("just words", None, "cannot be used", id="words"),
        pytest.param("clusters: []", None, "current-context", id="no context"),
        pytest.param(yaml.safe_dump(kubeconfig("http://x", {})), "there", "there", id="unknown context"),
        pytest.param(
            yaml.safe_dump(kubeconfig("https://x", {"client-certificate": "/nowhere.crt"})), None, "nowhere.crt",
            id="missing certificate",
        ),
    ],
)  # fmt: skip
async def test_an_unusable_kubeconfig_is_one_clear_sentence(
    tmp_path: Path, content: str | None, context: str | None, words: str
) -> None:
    path = tmp_path / "config"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadArguments, match=words) as raised:
        await connect(str(path), context)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a kubeconfig, outside of any pod."""
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


async def test_without_any_credentials_it_is_said_where_they_are_looked_for(home: Path) -> None:
    with pytest.raises(BadArguments, match="The pod's service account cannot be used") as raised:
        await connect(None)
    assert raised.value.hint == "Outside of a pod, set KUBECONFIG or write ~/.kube/config."


async def test_outside_of_a_pod_kubectls_own_file_is_read(home: Path) -> None:
    (home / ".kube").mkdir()
    (home / ".kube" / "config").write_text(yaml.safe_dump(kubeconfig("http://127.0.0.1:1", {})))
    session = await connect(None)
    assert session.host == "http://127.0.0.1:1"
    await session.close()


async def test_a_context_is_looked_for_in_kubectls_own_file(home: Path) -> None:
    with pytest.raises(BadArguments, match=r"\.kube/config cannot be used: there is no such file"):
        await connect(None, "staging")


async def test_in_a_pod_its_own_account_comes_before_kubectls_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".kube").mkdir()
    (home / ".kube" / "config").write_text(yaml.safe_dump(kubeconfig("http://127.0.0.1:1", {})))
    (home / "token").write_text("pod's own")
    monkeypatch.setattr("bot.k8s.credentials.SERVICE_TOKEN_FILENAME", str(home / "token"))
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    with pytest.raises(BadArguments, match="The pod's service account cannot be used"):
        await connect(None)


async def test_a_server_that_is_not_there_is_unreachable_and_the_write_did_not_happen(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(kubeconfig("http://127.0.0.1:1", {})))
    session = await connect(str(path))
    with pytest.raises(Unreachable, match=r"could not be reached for /version\. Nothing was changed\."):
        await session.send(Request(path="/version", verb="create", method="POST"))
    await session.close()


async def test_a_write_that_is_cut_off_may_have_happened(server: ScriptedServer, session: Session) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        assert request.transport
        request.transport.abort()
        return web.Response()

    server.respond = cut
    with pytest.raises(Unreachable, match="Whether it took effect is not known"):
        await session.send(Request(path="/version", verb="patch", method="PATCH"))


async def test_a_silent_server_is_given_up_in_time(server: ScriptedServer, session: Session) -> None:
    never = asyncio.Event()

    async def silent(_: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    server.respond = silent
    with pytest.raises(Unreachable, match="did not answer in time"):
        await session.send(VERSION, timeout_s=0.05)
    never.set()


async def test_open_streams_use_up_nothing_that_a_call_needs(server: ScriptedServer, session: Session) -> None:
    async def stream(request: web.Request) -> web.StreamResponse:
        if request.path == "/version":
            return await answering({})(request)
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"x")
        await asyncio.sleep(3600)
        return response

    server.respond = stream
    async with asyncio.timeout(120):
        opened = [session.open(Request(path="/watch")) for _ in range(120)]
        responses = [await stream.__aenter__() for stream in opened]
        assert (await session.send(VERSION)).code == 200
        assert len(responses) == 120
        for stream_ in opened:
            await stream_.__aexit__(None, None, None)


async def test_a_redirect_is_not_followed_with_our_token(server: ScriptedServer, session: Session) -> None:
    server.respond = answering("", 302, Location="http://127.0.0.1:1/elsewhere")
    with pytest.raises(BotError):
        await session.send(VERSION)
    assert len(server.heard) == 1


async def test_a_refusal_that_arrives_in_pieces_is_read_to_its_end(server: ScriptedServer, session: Session) -> None:
    async def in_pieces(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=404)
        await response.prepare(request)
        await response.write(b'{"kind":"Status","message":"' + b"x" * 100_000)
        await response.write(b'","details":{"kind":"namespaces","name":""}}')
        return response

    server.respond = in_pieces
    with pytest.raises(NotFound):
        await session.send(VERSION)


async def test_a_rotated_certificate_is_taken_up_and_calls_under_way_end_on_the_old_one(tmp_path: Path) -> None:
    async with PracticeCluster(world=[]) as practice:
        authority = tmp_path / "ca.crt"
        authority.write_bytes(practice.certificate_pem)
        path = tmp_path / "config"
        path.write_text(trusting(practice, authority))
        session = await connect(str(path))
        before = session._connections
        async with before.used():
            await session.send(VERSION)
            assert session._connections is before
            os.utime(authority, ns=(0, 1))
            await session.send(VERSION)
            assert session._connections is not before
            closed = [before.calls.closed]
        closed.append(before.calls.closed)
        await session.close()
    assert closed == [False, True]


async def test_a_certificate_that_is_not_trusted_is_said_so(tmp_path: Path) -> None:
    async with PracticeCluster(world=[]) as practice:
        authority = tmp_path / "ca.crt"
        authority.write_bytes(make_certificate("127.0.0.1").certificate_pem)
        path = tmp_path / "config"
        path.write_text(trusting(practice, authority))
        session = await connect(str(path))
        with pytest.raises(Unreachable, match="shows a certificate that is not trusted"):
            await session.send(VERSION)
        await session.close()


def trusting(practice: PracticeCluster, authority: Path) -> str:
    config = yaml.safe_load(practice.kubeconfig())
    cluster = config["clusters"][0]["cluster"]
    del cluster["certificate-authority-data"]
    cluster["certificate-authority"] = str(authority)
    return yaml.safe_dump(config)


async def test_a_revoked_token_is_said_so_until_another_is_there(tmp_path: Path) -> None:
    async with PracticeCluster(world=[]) as practice:
        path = tmp_path / "config"
        path.write_text(practice.kubeconfig("practice:bot", ["system:masters"]))
        session = await connect(str(path))
        await session.send(VERSION)
        token = yaml.safe_load(path.read_text())["users"][0]["user"]["token"]
        practice.users.revoke(token)
        with pytest.raises(Denied, match="does not accept the bot's credentials"):
            await session.send(VERSION)
        path.write_text(practice.kubeconfig("practice:bot", ["system:masters"]))
        assert (await session.send(VERSION)).code == 200
        await session.close()
