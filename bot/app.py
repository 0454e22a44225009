"""The composition root: builds the adapters, hands them to the flows, runs all in one TaskGroup. No logic."""

import asyncio
import gc
import logging
import signal
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import BinaryIO

from bot.ceph.link import NodeAddress
from bot.ceph.storage import open_storage
from bot.clock import SystemClock
from bot.commands import COMMANDS
from bot.engine import policy as policies
from bot.engine.acting import Acting
from bot.engine.approval import Approvals
from bot.engine.asking import Asking
from bot.engine.authorize import Authorizer
from bot.engine.caring import Caring
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
from bot.engine.registry import Registry
from bot.engine.remembering import Remembered
from bot.engine.stopping import Stopping
from bot.engine.suggesting import FRESH as NAMES_FRESH
from bot.engine.suggesting import Suggesting
from bot.engine.sweeping import Sweeper
from bot.errors import BadArguments, Unreachable
from bot.health import Health, serve_health
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.logs import KubernetesLogs
from bot.k8s.probe import KubernetesProbes
from bot.k8s.session import connect
from bot.model.backup import BackupPlaces
from bot.ports import Backends
from bot.ports_budgets import Budgets
from bot.ports_ledger import AuditReport
from bot.render.cards import operation_card, operation_dm
from bot.render.story import operation_line
from bot.settings import Settings
from bot.slack.features import Features
from bot.slack.limits import LocalBudgets
from bot.slack.settings import SlackSettings
from bot.slack.side import open_slack
from bot.spec import Change
from bot.store.budgets import shared_budgets
from bot.store.ledger import opened_ledger
from bot.store.migrate import migrate
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
    dsn = settings.database_url.get_secret_value()
    policy = load_policy(settings)
    async with AsyncExitStack() as stack:
        await _migrated(dsn, clock)
        ledger = await stack.enter_async_context(opened_ledger(dsn))
        session = await connect(settings.kubeconfig or None, settings.kube_context or None)
        stack.push_async_callback(session.close)
        cluster = KubernetesCluster(session, settings.cluster_name)
        budgets: Budgets = LocalBudgets(clock)
        if settings.redis_url:
            url = settings.redis_url.get_secret_value()
            budgets = await stack.enter_async_context(shared_budgets(url, otherwise=budgets))
        slack = await stack.enter_async_context(
            open_slack(slack_settings(settings), inbox=ledger, outbox=ledger, clock=clock, budgets=budgets)
        )
        nodes = storage_nodes(settings)
        storage = (
            await stack.enter_async_context(open_storage(nodes, namespace=settings.storage_namespace))
            if nodes
            else None
        )
        backends = Backends(
            cluster=cluster,
            storage=storage,
            logs=KubernetesLogs(session),
            places=backup_places(settings),
            probes=KubernetesProbes(session),
        )
        registry = Registry(COMMANDS)
        authorizer = Authorizer(
            policy=policy,
            directory=slack.directory,
            cluster=cluster,
            registry=registry,
            own_namespace=settings.own_namespace,
        )
        notices = Notices(card=operation_card, line=operation_line, dm=operation_dm)
        approvals = Approvals(ledger, authorizer, notices)
        lives = Lives(ledger, authorizer, clock)
        asking = Asking(
            authorizer=authorizer,
            ledger=ledger,
            reading=backends.reading,
            clock=clock,
            propose=approvals.propose,
            lives=lives,
            slash=settings.slack_command,
        )
        forms = Forms(authorizer, ledger, asking)
        glances = Glances(asking, Remembered(clock, GLANCES_FRESH))
        homes = Homes(authorizer, slack.directory, ledger, glances, clock, settings.slack_command)
        suggesting = Suggesting(authorizer, ledger, backends.reading, Remembered(clock, NAMES_FRESH))
        dispatcher = Dispatcher(
            ledger=ledger,
            asking=asking,
            deciding=Deciding(authorizer, approvals, ledger),
            stopping=Stopping(authorizer, ledger),
            caring=Caring(authorizer, ledger, IncidentNotices()),
            homes=homes,
            dialogs=Dialogs(
                forms=forms,
                consoles=Consoles(authorizer, slack.directory, ledger),
                acting=Acting(authorizer, ledger),
            ),
        )
        changes = {command.name: command for command in COMMANDS if isinstance(command, Change)}
        here = {settings.cluster_name: backends}
        executor = Executor(ledger, changes, here, authorizer, notices)
        watch = Watch(
            session=session,
            on=backends,
            ledger=ledger,
            policy=policy,
            clock=clock,
            own_namespace=settings.own_namespace,
            settle=timedelta(seconds=settings.incident_settle_s),
        )
        health = Health(
            slack=slack.health,
            backlog=ledger.backlog,
            budgets_shared=lambda: budgets.shared,
            watched=lambda: watch.freshness,
        )
        gc.freeze()  # what was imported lives as long as the process; a full collection would stall the loop by 30 ms
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve_health(health, settings.health_host, settings.health_port))
            tasks.create_task(ledger.wakeups.run())
            tasks.create_task(slack.run(Features(forms.validate, suggesting.options)))
            tasks.create_task(dispatcher.run())
            tasks.create_task(homes.run())
            tasks.create_task(lives.run())
            tasks.create_task(watch.run())
            for _ in range(EXECUTORS):
                tasks.create_task(executor.run())
            tasks.create_task(Follower(ledger, changes, here, notices, clock).run())
            tasks.create_task(Sweeper(ledger, approvals).run())


async def _migrated(dsn: str, clock: SystemClock) -> None:
    """Prepare the database; wait for one that is still starting."""
    while True:
        try:
            await migrate(dsn)
            return
        except Unreachable as error:
            log.warning("waiting for the database: %s", error)
            await clock.sleep(1)


def load_policy(settings: Settings) -> policies.Policy:
    """The policy file. Raises BadArguments."""
    if settings.policy_file is None:
        log.warning("POLICY_FILE is not set: nobody may do anything")
        return policies.NOBODY
    try:
        return policies.load(settings.policy_file.read_text())
    except OSError as error:
        raise BadArguments(f"The policy file {settings.policy_file} can't be read: {error.strerror}.") from None


def slack_settings(settings: Settings) -> SlackSettings:
    """The Slack side's part of the settings."""
    return SlackSettings(
        bot_token=settings.slack_bot_token.get_secret_value(),
        app_token=settings.slack_app_token.get_secret_value(),
        api_url=settings.slack_api_url,
        command=settings.slack_command,
        deeds_per_minute=settings.deeds_per_minute,
    )


def storage_nodes(settings: Settings) -> list[NodeAddress]:
    """The storage nodes' part of the settings."""
    key_file, known_hosts = settings.storage_key_file, settings.storage_known_hosts
    if key_file is None or known_hosts is None:
        return []
    return [
        NodeAddress(
            name=node.name,
            host=node.host,
            port=node.port,
            user=settings.storage_user,
            key_file=key_file,
            known_hosts=known_hosts,
        )
        for node in settings.storage_nodes
    ]


def backup_places(settings: Settings) -> BackupPlaces:
    """The backups' part of the settings."""
    return BackupPlaces(
        instances=settings.backup_instances,
        prefix=settings.backup_prefix,
        backups=settings.backup_root,
        image=settings.backup_image,
        service_account=settings.backup_service_account,
        deployment=settings.backup_deployment,
    )


async def verify_audit(settings: Settings) -> AuditReport:
    """Walk the audit chain. Raises Unreachable."""
    async with opened_ledger(settings.database_url.get_secret_value()) as ledger:
        return await ledger.verify_audit()


async def export_audit(settings: Settings, file: BinaryIO) -> None:
    """Write the audit chain as JSON lines. Raises Unreachable."""
    async with opened_ledger(settings.database_url.get_secret_value()) as ledger:
        async for line in ledger.export_audit():
            file.write(line + b"\n")
