"""The adapters, opened from the settings: what speaks to Slack, the cluster, the database and the storage nodes."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.ceph.storage import open_storage
from bot.configuration import backup_places, fingerprints, slack_settings, storage_nodes
from bot.errors import Unreachable
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.exec import KubernetesExec
from bot.k8s.logs import KubernetesLogs
from bot.k8s.probe import KubernetesProbes
from bot.k8s.session import Session, connect
from bot.ports import Backends, Clock, Storage
from bot.ports_budgets import Budgets
from bot.settings import Settings
from bot.slack.limits import LocalBudgets
from bot.slack.side import SlackSide, open_slack
from bot.store.budgets import shared_budgets
from bot.store.ledger import PostgresLedger, opened_ledger
from bot.store.migrate import migrate

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Adapters:
    """Everything that has a connection."""

    ledger: PostgresLedger
    session: Session
    backends: Backends
    budgets: Budgets
    slack: SlackSide


@asynccontextmanager
async def opened_adapters(settings: Settings, clock: Clock) -> AsyncIterator[Adapters]:
    """Hold them while the block runs; waits for a database that is still starting. Raises BadArguments."""
    dsn = settings.database_url.get_secret_value()
    async with AsyncExitStack() as stack:
        await _migrated(dsn, clock)
        ledger = await stack.enter_async_context(opened_ledger(dsn))
        session = await connect(settings.kubeconfig or None, settings.kube_context or None, old_ca=settings.kube_old_ca)
        stack.push_async_callback(session.close)
        budgets = await _budgets(settings, clock, stack)
        slack = await stack.enter_async_context(
            open_slack(slack_settings(settings), inbox=ledger, outbox=ledger, clock=clock, budgets=budgets)
        )
        backends = Backends(
            cluster=KubernetesCluster(session, settings.cluster_name),
            storage=await _storage(settings, stack),
            logs=KubernetesLogs(session),
            places=backup_places(settings),
            probes=KubernetesProbes(session),
            exec=KubernetesExec(session),
            fingerprints=fingerprints(settings),
        )
        yield Adapters(ledger, session, backends, budgets, slack)


async def _migrated(dsn: str, clock: Clock) -> None:
    """Prepare the database; wait for one that is still starting."""
    while True:
        try:
            await migrate(dsn)
            return
        except Unreachable as error:
            log.warning("waiting for the database: %s", error)
            await clock.sleep(1)


async def _budgets(settings: Settings, clock: Clock, stack: AsyncExitStack) -> Budgets:
    """Shared by all replicas where there is a Redis, else this process's own."""
    own = LocalBudgets(clock)
    if settings.redis_url is None:
        return own
    return await stack.enter_async_context(shared_budgets(settings.redis_url.get_secret_value(), otherwise=own))


async def _storage(settings: Settings, stack: AsyncExitStack) -> Storage | None:
    """None where no storage nodes are configured."""
    nodes = storage_nodes(settings)
    if not nodes:
        return None
    return await stack.enter_async_context(open_storage(nodes, namespace=settings.storage_namespace))
