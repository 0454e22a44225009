"""Probing through the API server: what is sent, what comes back, and who said it."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from bot.errors import BadArguments, Denied, NotFound, Unreachable
from bot.k8s.probe import HEAD_BYTES, KubernetesProbes, request_of
from bot.k8s.session import Session, connect
from bot.model.probe import NoAnswer, ProbeAnswer, ProbeQuery
from bot.model.refs import ObjectRef
from bot.model.resources import POD, SERVICE
from tests.k8s.conftest import Target
from tests.k8s.scripted_server import ScriptedServer, answering

WEB = ObjectRef("service", "web", "shop")
FORBIDDEN = (
    'services "web" is forbidden: User "bot" cannot get resource "services/proxy" in API group "" '
    'in the namespace "shop"'
)


def query(path: str = "/health", port: str = "80", scheme: str = "http", timeout_s: float = 5) -> ProbeQuery:
    return ProbeQuery(target=WEB, port=port, path=path, scheme=scheme, timeout_s=timeout_s)


def status(code: int, message: str, kind: str = "services", name: str = "web") -> dict[str, object]:
    return {"kind": "Status", "code": code, "message": message, "details": {"kind": kind, "name": name}}


@pytest.fixture
def probes(session: Session) -> KubernetesProbes:
    return KubernetesProbes(session)


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        (query(), "services/web:80/proxy/health"),
        (query(scheme="https", port="tls"), "services/https:web:tls/proxy/health"),
        (query("/a%20b?x=%2e%2e&y=../.."), "services/web:80/proxy/a%20b?x=%2e%2e&y=../.."),
    ],
    ids=["plain", "https by a port's name", "escapes and a query"],
)
def test_the_path_goes_through_the_objects_proxy(asked: ProbeQuery, path: str) -> None:
    assert request_of(asked).path == f"/api/v1/namespaces/shop/{path}"


@pytest.mark.parametrize(
    "path",
    [
        "health",
        "/a/../b",
        "/%2e%2e/b",
        "/a/%2E./b",
        "/..%2fb",
        "/a b",
        "/a\r\nb",
        "/a#b",
        "/a\\b",
        "/%zz",
        "/é",
        "/" * 2_000,
    ],
)
def test_no_path_leads_out_of_the_proxy(path: str) -> None:
    with pytest.raises(BadArguments):
        request_of(query(path))


@pytest.mark.parametrize("port", ["80/../x", "", "a:b", "x" * 16, "80?", "%38"])
def test_a_port_is_a_number_or_a_name(port: str) -> None:
    with pytest.raises(BadArguments):
        request_of(query(port=port))


@pytest.mark.parametrize("code", [200, 204, 401, 403, 404, 500, 503])
async def test_whatever_the_target_says_is_its_answer(
    server: ScriptedServer, probes: KubernetesProbes, code: int
) -> None:
    server.respond = answering("" if code == 204 else "said", code)
    answer = await probes.get(query())
    assert isinstance(answer, ProbeAnswer)
    assert (answer.code, answer.head) == (code, "" if code == 204 else "said")
    assert len(server.heard) == 1


@pytest.mark.parametrize(
    ("code", "message", "error"),
    [(403, FORBIDDEN, Denied), (404, 'services "web" not found', NotFound), (401, "Unauthorized", Denied)],
)
async def test_a_refusal_of_the_api_servers_own_is_no_answer_of_the_target(
    server: ScriptedServer, probes: KubernetesProbes, code: int, message: str, error: type[Exception]
) -> None:
    server.respond = answering(status(code, message), code)
    with pytest.raises(error):
        await probes.get(query())


async def test_secrets_are_taken_out_before_anything_is_cut(server: ScriptedServer, probes: KubernetesProbes) -> None:
    server.respond = answering("password=hunter2 " + "x" * 3 * HEAD_BYTES)
    answer = await probes.get(query())
    assert isinstance(answer, ProbeAnswer)
    assert "hunter2" not in answer.head
    assert not answer.is_whole
    assert len(answer.head) < HEAD_BYTES + 100


async def test_what_is_no_text_is_not_shown(server: ScriptedServer, probes: KubernetesProbes) -> None:
    async def respond(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"\x89PNG\0\0", content_type="image/png")

    server.respond = respond
    answer = await probes.get(query())
    assert isinstance(answer, ProbeAnswer)
    assert (answer.head, answer.is_whole, answer.content_type) == ("", False, "image/png")


async def test_a_redirect_is_told_as_the_target_meant_it_and_not_followed(
    server: ScriptedServer, probes: KubernetesProbes
) -> None:
    server.respond = answering("", 302, Location="/api/v1/namespaces/shop/services/web:80/proxy/login")
    answer = await probes.get(query())
    assert isinstance(answer, ProbeAnswer)
    assert (answer.code, answer.location) == (302, "/login")
    assert len(server.heard) == 1


async def test_a_target_that_hangs_is_not_waited_for(server: ScriptedServer, probes: KubernetesProbes) -> None:
    ended = asyncio.Event()

    async def respond(request: web.Request) -> web.StreamResponse:
        await ended.wait()
        return web.Response()

    server.respond = respond
    assert await probes.get(query(timeout_s=0.05)) == NoAnswer(why="nothing came within 0.05 s")
    ended.set()


async def test_an_api_server_that_is_away_is_told_as_such(tmp_path: Path, server: ScriptedServer) -> None:
    server.url = "http://127.0.0.1:1"
    session = await connect(server.kubeconfig(tmp_path))
    with pytest.raises(Unreachable):
        await KubernetesProbes(session).get(query())
    await session.close()


SERVES = 'mkdir -p /www/health; echo \'{"status": "ok"}\' > /www/health/index.html; httpd -p 8080 -h /www; sleep 36000'


async def test_on_either_cluster_a_service_is_reached_or_said_not_to_be(target: Target) -> None:
    probed = KubernetesProbes(target.session)
    container = {"name": "app", "image": target.image, "imagePullPolicy": "Never", "command": ["sh", "-c", SERVES]}
    spec = {"containers": [container], "terminationGracePeriodSeconds": 1}
    ports = [{"name": "http", "port": 80, "targetPort": 8080}]
    for name in ("web", "nobody"):
        body = {"metadata": {"name": name}, "spec": {"selector": {"app": name}, "ports": ports}}
        await target.cluster.create(SERVICE, body, namespace=target.namespace)
    body = {"metadata": {"name": "web-1", "labels": {"app": "web"}}, "spec": spec}
    await target.cluster.create(POD, body, namespace=target.namespace)

    async def ask(name: str, port: str = "80") -> ProbeAnswer | NoAnswer:
        where = ObjectRef("service", name, target.namespace)
        return await probed.get(ProbeQuery(target=where, port=port, path="/health/"))

    async with asyncio.timeout(120):
        while not isinstance(answer := await ask("web"), ProbeAnswer):  # noqa: ASYNC110
            await asyncio.sleep(0.1)  # a real cluster has no clock to turn
    assert answer.code == 200
    assert '"status": "ok"' in answer.head
    assert await ask("nobody") == NoAnswer(why='no endpoints available for service "nobody"')
    assert await ask("web", "82") == NoAnswer(why='no service port 82 found for service "web"')
    with pytest.raises(NotFound):
        await ask("gone")
