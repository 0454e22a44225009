"""The composition root: builds the adapters, hands them to the flows, runs all in one TaskGroup. No logic."""

import asyncio
import gc
import logging
import signal
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from bot.adapters import Adapters, opened_adapters
from bot.clock import SystemClock
from bot.commands import COMMANDS
from bot.configuration import audit_signer, load_policy
from bot.engine.acknowledging import Acknowledging
from bot.engine.acting import Acting
from bot.engine.anchoring import Anchoring
from bot.engine.approval import Approvals
from bot.engine.asking import Asking
from bot.engine.authority import Authority
from bot.engine.authorize import Authorizer
from bot.engine.consoles import Consoles
from bot.engine.deciding import Deciding
from bot.engine.dialogs import Dialogs
from bot.engine.dispatch import Dispatcher
from bot.engine.execution import Executor
from bot.engine.following import Follower
from bot.engine.forms import Forms
from bot.engine.glances import FRESH as GLANCES_FRESH
from bot.engine.glances import Glances
from bot.engine.homes import Homes
from bot.engine.incident_notices import IncidentNotices
from bot.engine.live import Lives
from bot.engine.notices import Notices
from bot.engine.policy import Policy
from bot.engine.registry import Registry
from bot.engine.remembering import Remembered
from bot.engine.stopping import Stopping
from bot.engine.suggesting import FRESH as NAMES_FRESH
from bot.engine.suggesting import Suggesting
from bot.engine.sweeping import Sweeper
from bot.health import Health, Parts, serving_health
from bot.render.cards import operation_card, operation_dm
from bot.render.story import operation_line
from bot.settings import Settings
from bot.slack.features import Features
from bot.spec import Change
from bot.watch import Watch

EXECUTORS = 4
"""Operations written at once by one replica; writing takes a moment, following is not counted."""

log = logging.getLogger(__name__)


def run(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT. Raises BadArguments on unusable settings."""
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("asyncssh").setLevel(logging.WARNING)  # six lines per question asked of a node hide all others
    asyncio.run(_until_stopped(settings))


async def _until_stopped(settings: Settings) -> None:
    """Serve until a signal comes; a loop that ends by itself ends the process, for Kubernetes to start it anew."""
    serving = asyncio.ensure_future(serve(settings))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        log.info("stopped")


async def serve(settings: Settings) -> None:
    """Build everything and run it."""
    clock = SystemClock()
    policy = load_policy(settings)
    health = Health()
    async with (
        serving_health(health, settings.health_host, settings.health_port),
        opened_adapters(settings, clock) as adapters,
    ):
        watch = _watch(settings, policy, adapters, clock)
        flows = _flows(settings, policy, adapters, clock, watch)
        health.parts = _parts(adapters, watch)
        gc.freeze()  # what was imported lives as long as the process; a full collection would stall the loop by 30 ms
        async with asyncio.TaskGroup() as tasks:
            for loop in flows:
                tasks.create_task(loop)


def _flows(
    settings: Settings, policy: Policy, adapters: Adapters, clock: SystemClock, watch: Watch
) -> list[Coroutine[Any, Any, None]]:
    """Every loop of the process, wired to the adapters."""
    authorizer = Authorizer(
        policy=policy,
        directory=adapters.slack.directory,
        cluster=adapters.backends.cluster,
        registry=Registry(COMMANDS),
        own_namespace=settings.own_namespace,
    )
    notices = Notices(card=operation_card, line=operation_line, dm=operation_dm)
    approvals = Approvals(adapters.ledger, Authority(authorizer), notices)
    return [
        adapters.ledger.wakeups.run(),
        *_talking(settings, adapters, clock, authorizer, approvals),
        watch.run(),
        *_operating(settings, adapters, clock, authorizer, approvals),
        Anchoring(adapters.ledger, audit_signer(settings), settings.audit_channel).run(),
    ]


def _talking(
    settings: Settings, adapters: Adapters, clock: SystemClock, authorizer: Authorizer, approvals: Approvals
) -> list[Coroutine[Any, Any, None]]:
    """What people ask and press, and what goes on because they look at it."""
    ledger, slack, reading = adapters.ledger, adapters.slack, adapters.backends.reading
    lives = Lives(ledger, authorizer, clock)
    asking = Asking(
        authorizer=authorizer,
        ledger=ledger,
        reading=reading,
        clock=clock,
        propose=approvals.propose,
        lives=lives,
        slash=settings.slack_command,
    )
    forms = Forms(authorizer, ledger, asking)
    glances = Glances(asking, Remembered(clock, GLANCES_FRESH))
    homes = Homes(authorizer, slack.directory, ledger, glances, clock, settings.slack_command)
    suggesting = Suggesting(authorizer, ledger, reading, Remembered(clock, NAMES_FRESH))
    dispatcher = Dispatcher(
        ledger=ledger,
        asking=asking,
        deciding=Deciding(authorizer, Authority(authorizer), approvals, ledger),
        stopping=Stopping(authorizer, ledger),
        acknowledging=Acknowledging(authorizer, ledger, IncidentNotices()),
        homes=homes,
        dialogs=Dialogs(forms, Consoles(authorizer, slack.directory, ledger), Acting(authorizer, ledger)),
    )
    return [slack.run(Features(forms.validate, suggesting.options)), dispatcher.run(), homes.run(), lives.run()]


def _operating(
    settings: Settings, adapters: Adapters, clock: SystemClock, authorizer: Authorizer, approvals: Approvals
) -> list[Coroutine[Any, Any, None]]:
    """What brings operations to their end."""
    ledger, notices, here = adapters.ledger, approvals.notices, {settings.cluster_name: adapters.backends}
    changes = {command.name: command for command in COMMANDS if isinstance(command, Change)}
    executor = Executor(ledger, changes, here, Authority(authorizer), notices)
    return [
        *(executor.run() for _ in range(EXECUTORS)),
        Follower(ledger, changes, here, notices, clock).run(),
        Sweeper(ledger, approvals).run(),
    ]


def _watch(settings: Settings, policy: Policy, adapters: Adapters, clock: SystemClock) -> Watch:
    return Watch(
        session=adapters.session,
        on=adapters.backends,
        ledger=adapters.ledger,
        policy=policy,
        clock=clock,
        own_namespace=settings.own_namespace,
        settle=timedelta(seconds=settings.incident_settle_s),
    )


def _parts(adapters: Adapters, watch: Watch) -> Parts:
    """Who is asked how the bot stands."""
    return Parts(
        slack=adapters.slack.health,
        backlog=adapters.ledger.backlog,
        budgets_shared=lambda: adapters.budgets.shared,
        watched=lambda: watch.freshness,
    )
