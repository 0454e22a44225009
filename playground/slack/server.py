"""The practice Slack as one server: composed here, started on a loopback port, stopped without a trace."""

from types import TracebackType
from typing import Self

from aiohttp import web

from playground.page.routes import mount
from playground.slack.admin import Admin
from playground.slack.api.call import Backstage
from playground.slack.api.endpoint import Endpoint
from playground.slack.background import Background
from playground.slack.clock import Clock
from playground.slack.control import Control
from playground.slack.deliveries import Delivery
from playground.slack.envelopes import SocketMode
from playground.slack.events import Events
from playground.slack.faults import Faults
from playground.slack.http_delivery import HttpDelivery
from playground.slack.journal import Journal
from playground.slack.limits import Limits
from playground.slack.loopback import loopback_only
from playground.slack.manifest import Manifest
from playground.slack.mischief import Wires
from playground.slack.modals import Modals
from playground.slack.payloads import Payloads
from playground.slack.people import People
from playground.slack.replay import Replay
from playground.slack.response_urls import ResponseUrls
from playground.slack.routes import add_routes
from playground.slack.stage import Stage
from playground.slack.triggers import Triggers
from playground.slack.world import installation, populated

HOST = "127.0.0.1"
# An ops bot uploads logs and pictures; Slack itself would take a gigabyte.
UPLOAD_BYTES = 64 * 1024 * 1024


class PracticeSlack:
    """Use as an async context manager, or start() and stop(). One app, one workspace, in memory."""

    def __init__(
        self, manifest: Manifest, *, port: int = 0, clock: Clock | None = None, request_url: str | None = None
    ) -> None:
        """Serve the app of *manifest*; with a *request_url* it is reached by HTTP, else over its sockets."""
        self.clock = clock or Clock()
        self.installation = installation(manifest)
        self.manifest = manifest
        self.workspace = populated(self.installation, self.clock)
        self.journal = Journal()
        self.faults = Faults()
        self.limits = Limits(self.clock)
        self.background = Background()
        self._port = port
        self._runner: web.AppRunner | None = None
        self.sockets = SocketMode(
            app=self.installation,
            clock=self.clock,
            faults=self.faults,
            journal=self.journal,
            background=self.background,
        )
        self.http = HttpDelivery(app=self.installation, url=request_url or "", clock=self.clock, journal=self.journal)
        self._compose(self.http if request_url else self.sockets)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    @property
    def page_url(self) -> str:
        return f"{self.url}/"

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        return self.installation.bot_token

    @property
    def app_token(self) -> str:
        return self.installation.app_token

    async def start(self) -> None:
        self._runner = web.AppRunner(self.web, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        self.workspace.close()
        await self.background.stop()
        await self.sockets.close()
        await self.http.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _compose(self, delivery: Delivery) -> None:
        app, workspace, clock = self.installation, self.workspace, self.clock
        payloads = Payloads(workspace, app)
        triggers = self.triggers = Triggers(clock)
        modals = Modals(workspace, triggers)
        response_urls = ResponseUrls(workspace, app, clock, address=lambda token: f"{self.url}/response/{token}")
        self.events = Events(
            app=app, payloads=payloads, delivery=delivery, background=self.background, clock=clock, faults=self.faults
        )
        self.people = People(
            Stage(
                workspace=workspace,
                app=app,
                payloads=payloads,
                triggers=triggers,
                response_urls=response_urls,
                modals=modals,
                events=self.events,
                delivery=delivery,
                clock=clock,
            )
        )
        self.admin = Admin(workspace, app, self.events)
        on = Backstage(
            admin=self.admin,
            workspace=workspace,
            app=app,
            modals=modals,
            events=self.events,
            sockets=self.sockets,
            background=self.background,
            address=lambda path: f"{self.url}{path}",
            socket_address=lambda path: f"ws://{HOST}:{self._port}{path}",
        )
        endpoint = Endpoint(on, limits=self.limits, faults=self.faults, journal=self.journal, clock=clock)
        self.web = web.Application(middlewares=[loopback_only], client_max_size=UPLOAD_BYTES)
        add_routes(self.web, endpoint=endpoint, sockets=self.sockets, response_urls=response_urls, on=on)
        wires = Wires(sockets=self.sockets, faults=self.faults, limits=self.limits, clock=clock, app=app)
        replay = Replay(delivery=delivery, triggers=triggers, response_urls=response_urls, clock=clock)
        self.control = Control(
            wires=wires, workspace=workspace, people=self.people, journal=self.journal, replay=replay
        )
        self.control.add_routes(self.web)
        mount(self.web, self)
