"""The Slack side as one piece: built from settings and ports, run as one coroutine."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.ports import Clock
from bot.ports_budgets import Budgets
from bot.ports_slack import Inbox, Outbox
from bot.slack.ack_times import AckTimes
from bot.slack.afterwards import Afterwards
from bot.slack.answering import Answering
from bot.slack.app import build_app
from bot.slack.backoff import Random
from bot.slack.cards import Cards
from bot.slack.channels import Channels
from bot.slack.dialect import Dialect
from bot.slack.directory import SlackDirectory
from bot.slack.documents import Documents
from bot.slack.failures import Failures
from bot.slack.features import NO_FEATURES, Features
from bot.slack.handlers import Handlers
from bot.slack.health import SlackHealth, SocketHealth
from bot.slack.http import HttpListener
from bot.slack.identity import Identity
from bot.slack.intake import Intake
from bot.slack.limits import LocalBudgets
from bot.slack.opening import Modals
from bot.slack.outage import Outage
from bot.slack.overtime import Overtime
from bot.slack.paced import PacedWeb
from bot.slack.patience import Patience
from bot.slack.places import Places
from bot.slack.questions import Questions
from bot.slack.reactions import Reactions
from bot.slack.response_urls import ResponseUrls
from bot.slack.screens import Screens
from bot.slack.secrecy import keep_tokens_out_of_logs
from bot.slack.sender import Sender
from bot.slack.settings import SlackSettings
from bot.slack.socket import SocketSupervisor
from bot.slack.standing import Standing
from bot.slack.web import Web, open_web
from bot.slack.whispers import Whispers

ANSWERED_WITHIN_S = 120.0
"""auth.test is asked every minute; two misses and we are not ready."""


class SlackSide:
    """Everything between Slack and the ports. Made by `open_slack`."""

    def __init__(
        self,
        settings: SlackSettings,
        web: Web,
        *,
        inbox: Inbox,
        outbox: Outbox,
        clock: Clock,
        budgets: Budgets,
        random: Random,
    ) -> None:
        """Wire the parts that need no word from Slack."""
        outage = Outage(clock, random)
        self._paced = PacedWeb(web, budgets, clock)  # a delivery tells the outage itself, once the outbox knows of it
        self.web = web = web.telling(outage.heard)
        questions = Questions(web, clock)
        self._channels = Channels(web, clock, questions)
        self.directory = SlackDirectory(web, clock, self._channels, questions)
        self._settings = settings
        self._clock = clock
        self._random = random
        self._urls = ResponseUrls()
        self._afterwards = Afterwards()
        self._overtime = Overtime()
        self._intake = Intake(
            inbox=inbox,
            modals=Modals(web=web, overtime=self._overtime, afterwards=self._afterwards),
            urls=self._urls,
            overtime=self._overtime,
            patience=Patience(settings.deeds_per_minute, clock),
            clock=clock,
        )
        self._standing = Standing(web, clock, random)
        self._sender = self._build_sender(outbox, outage)
        self._acks = AckTimes()
        self._sockets: SocketSupervisor | None = None
        self._listener: HttpListener | None = None

    def _build_sender(self, outbox: Outbox, outage: Outage) -> Sender:
        paced, urls, channels, clock = self._paced, self._urls, self._channels, self._clock
        dialect = Dialect(clock)
        places = Places(paced, clock, our_bot_id=lambda: self._standing.bot_id)
        return Sender(
            outbox=outbox,
            cards=Cards(
                paced=paced, places=places, urls=urls, channels=channels, outbox=outbox, clock=clock, dialect=dialect
            ),
            whispers=Whispers(paced=paced, places=places, urls=urls, clock=clock, dialect=dialect),
            documents=Documents(paced=paced, places=places, channels=channels, outbox=outbox),
            screens=Screens(paced=paced),
            reactions=Reactions(paced=paced, channels=channels),
            outage=outage,
            clock=clock,
            random=self._random,
        )

    async def run(self, features: Features = NO_FEATURES) -> None:
        """Ask Slack who we are, then receive and send until cancelled."""
        us = await self._standing.establish()
        self.directory.team_id = us.team_id
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._sender.run())
                tasks.create_task(self._afterwards.run())
                tasks.create_task(self._standing.run())
                tasks.create_task(self._receive(us, features))
        finally:
            await self._overtime.end()

    def health(self) -> SlackHealth:
        """Say how it stands now."""
        socket = self._sockets.health() if self._sockets else None
        answered_at = self._standing.answered_at
        age_s = (self._clock.now() - answered_at).total_seconds() if answered_at else None
        why_not = self._why_not(age_s, socket)
        return SlackHealth(
            ready=not why_not,
            why_not=why_not,
            socket=socket,
            acks=self._acks.latency(),
            throttled=self._paced.throttled,
            auth_age_s=age_s,
            lacking=dict(self.web.lacking.now()),
            counts={**self._intake.counts, **self._sender.counts, **self._refused()},
        )

    def _why_not(self, auth_age_s: float | None, socket: SocketHealth | None) -> str:
        if auth_age_s is None or auth_age_s > ANSWERED_WITHIN_S:
            return self._standing.problem or "Slack has not been asked for a while who we are."
        if self._settings.http:
            return "" if self._listener and self._listener.is_listening else "Not listening to Slack yet."
        return socket.why_not if socket else "No socket to Slack is open yet."

    def _refused(self) -> dict[str, int]:
        return {"refused": self._listener.refused} if self._listener else {}

    async def _receive(self, us: Identity, features: Features) -> None:
        app = build_app(
            web=self.web,
            us=us,
            handlers=Handlers(
                us=us,
                intake=self._intake,
                features=features,
                modal_actions=self._settings.modal_actions,
                ack_within_s=self._settings.ack_within_s,
            ),
            failures=Failures(web=self.web, afterwards=self._afterwards),
            directory=self.directory,
        )
        if http := self._settings.http:
            self._listener = HttpListener(app, http, clock=self._clock, times=self._acks)
            await self._listener.run()
            return
        self._sockets = SocketSupervisor(
            web=self.web,
            app_token=self._settings.app_token,
            answer=Answering(app, self._acks).answer,
            clock=self._clock,
            random=self._random,
            settings=self._settings.socket,
        )
        await self._sockets.run()


@asynccontextmanager
async def open_slack(
    settings: SlackSettings,
    *,
    inbox: Inbox,
    outbox: Outbox,
    clock: Clock,
    budgets: Budgets | None = None,
    random: Random = random.random,
) -> AsyncIterator[SlackSide]:
    """A SlackSide with its HTTP session; *budgets* shared by all replicas, or this process's own."""
    keep_tokens_out_of_logs()
    async with open_web(token=settings.bot_token, api_url=settings.api_url) as web:
        yield SlackSide(
            settings,
            web,
            inbox=inbox,
            outbox=outbox,
            clock=clock,
            budgets=budgets or LocalBudgets(clock),
            random=random,
        )
