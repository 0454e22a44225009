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
        """Serve the app of *manifest*; at a *request_url*, given or in the manifest, it is called by HTTP."""
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
        url = request_url or ("" if manifest.socket_mode else manifest.request_url or "")
        self.http = HttpDelivery(app=self.installation, url=url, clock=self.clock, journal=self.journal)
        self.stage = self._stage(self.http if url else self.sockets)
        self.people = People(self.stage)
        self.admin = Admin(self.workspace, self.installation, self.stage.events)
        self.control = self._control()
        self.web = self._application()

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

    @property
    def settings(self) -> dict[str, str]:
        """What the app is told, under the names that the bot reads."""
        told = {"SLACK_API_URL": self.api_url, "SLACK_BOT_TOKEN": self.bot_token}
        if self.http.url:
            return told | {"SLACK_SIGNING_SECRET": self.installation.signing_secret}
        return told | {"SLACK_APP_TOKEN": self.app_token}

    async def reaches_the_app(self) -> bool:
        """Whether a socket is open, or the app answers at its request URL."""
        return await self.http.verified() if self.http.url else bool(self.sockets.connections)

    async def start(self) -> None:
        self._runner = web.AppRunner(self.web, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await self.listen()
        self.workspace.origin = self.url

    async def listen(self) -> None:
        """Take connections, once started; on the same port as before."""
        if self._runner is not None:
            await web.TCPSite(self._runner, HOST, self._port).start()
            self._port = self._runner.addresses[0][1]

    async def hang_up(self) -> None:
        """Close every connection and listen no more: who connects is refused, until listen()."""
        if self._runner is None or self._runner.server is None:
            return
        for site in self._runner.sites:
            await site.stop()
        await self._runner.server.shutdown(0)

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

    def _stage(self, delivery: Delivery) -> Stage:
        payloads = Payloads(self.workspace, self.installation)
        triggers = Triggers(self.clock)
        return Stage(
            workspace=self.workspace,
            app=self.installation,
            payloads=payloads,
            triggers=triggers,
            response_urls=ResponseUrls(self.workspace, self.installation, self.clock, address=self._response_url),
            modals=Modals(self.workspace, triggers),
            events=Events(
                app=self.installation,
                payloads=payloads,
                delivery=delivery,
                background=self.background,
                clock=self.clock,
                faults=self.faults,
            ),
            delivery=delivery,
            clock=self.clock,
        )

    def _control(self) -> Control:
        wires = Wires(
            sockets=self.sockets, faults=self.faults, limits=self.limits, clock=self.clock, app=self.installation
        )
        replay = Replay(
            delivery=self.stage.delivery,
            triggers=self.stage.triggers,
            response_urls=self.stage.response_urls,
            clock=self.clock,
        )
        return Control(wires=wires, workspace=self.workspace, people=self.people, journal=self.journal, replay=replay)

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[loopback_only], client_max_size=UPLOAD_BYTES)
        on = self._backstage()
        endpoint = Endpoint(on, limits=self.limits, faults=self.faults, journal=self.journal, clock=self.clock)
        urls = self.stage.response_urls
        add_routes(application, endpoint=endpoint, sockets=self.sockets, response_urls=urls, on=on)
        self.control.add_routes(application)
        mount(application, self)
        return application

    def _backstage(self) -> Backstage:
        return Backstage(
            workspace=self.workspace,
            app=self.installation,
            modals=self.stage.modals,
            events=self.stage.events,
            admin=self.admin,
            sockets=self.sockets,
            background=self.background,
            address=lambda path: f"{self.url}{path}",
            socket_address=lambda path: f"ws://{HOST}:{self._port}{path}",
        )

    def _response_url(self, token: str) -> str:
        return f"{self.url}/response/{token}"
