"""Delivery by signed HTTP requests, checked by slack_sdk's own verifier and served by slack_bolt."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.manifest import parse_manifest
from playground.slack.server import PracticeSlack
from tests.playground.slack.app import MANIFEST, MAYA, OPS, Json, button, until


@dataclass
class Endpoint:
    """An app's web server; it notes what came and answers by a Bolt app, or with a status."""

    url: str = ""
    status: int = 200
    app: AsyncApp | None = None
    bodies: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.bodies.append((await request.read(), {k.lower(): v for k, v in request.headers.items()}))
        if self.app is None:
            return web.Response(status=self.status)
        bolt_request = await to_bolt_request(request)
        return await to_aiohttp_response(await self.app.async_dispatch(bolt_request))


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    served = Endpoint()
    site_app = web.Application()
    site_app.router.add_post("/slack/events", served.handle)
    runner = web.AppRunner(site_app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield served
    await runner.cleanup()


@pytest.fixture
async def slack(endpoint: Endpoint) -> AsyncIterator[PracticeSlack]:
    async with PracticeSlack(parse_manifest(MANIFEST), request_url=endpoint.url) as practice:
        yield practice


async def test_a_bolt_app_behind_http_answers_commands_and_clicks(slack: PracticeSlack, endpoint: Endpoint) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    endpoint.app = AsyncApp(client=client, signing_secret=slack.installation.signing_secret)
    clicks: list[Json] = []

    @endpoint.app.command("/saas")
    async def saas(ack: AsyncAck, command: Json) -> None:
        await ack(f"You said {command['text']}")

    @endpoint.app.action("go")
    async def go(ack: AsyncAck, body: Json) -> None:
        clicks.append(body)
        await ack()

    posted = await client.chat_postMessage(channel=OPS, text="x", blocks=[button("go")])
    assert (await slack.people.say(MAYA, OPS, "/saas help & more")).ok
    assert (await slack.people.click(MAYA, OPS, posted["ts"], "b", "go")).ok
    assert [m.text for m in slack.workspace.ephemerals_of(OPS, MAYA)] == ["You said help &amp; more"]
    assert clicks[0]["actions"][0]["value"] == "v"


async def test_every_request_is_signed(slack: PracticeSlack, endpoint: Endpoint) -> None:
    await slack.people.say(MAYA, OPS, "/saas help")
    await slack.people.say(MAYA, OPS, "@saas hello")
    await until(lambda: len(endpoint.bodies) == 2)
    verifier = SignatureVerifier(slack.installation.signing_secret)
    assert all(verifier.is_valid_request(body, headers) for body, headers in endpoint.bodies)
    assert not verifier.is_valid_request(b"forged", endpoint.bodies[0][1])


async def test_a_refusing_app_is_told_apart_from_one_that_is_away(slack: PracticeSlack, endpoint: Endpoint) -> None:
    message = slack.workspace.post(OPS, user="U", bot_id="B", blocks=(button("go"),))
    endpoint.status = 500
    refused = await slack.people.click(MAYA, OPS, message.ts, "b", "go")
    slack.http.url = "http://127.0.0.1:1/"
    away = await slack.people.say(MAYA, OPS, "/saas help")
    assert refused.failure == "SaaS responded with status code 500."
    assert away.failure == '/saas failed with the error "dispatch_failed"'


async def test_a_refused_event_comes_again_with_number_and_reason(slack: PracticeSlack, endpoint: Endpoint) -> None:
    endpoint.status = 503
    await slack.people.say(MAYA, OPS, "@saas hello")
    await until(lambda: len(endpoint.bodies) == 2)
    _, again = endpoint.bodies[1]
    assert (again["x-slack-retry-num"], again["x-slack-retry-reason"]) == ("1", "http_error")
