"""`bot doctor`: looks at every connection and right that the bot needs, changes nothing, and says what to mend."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from bot.ceph.storage import open_storage
from bot.clock import SystemClock
from bot.configuration import load_policy, slack_settings, storage_nodes
from bot.engine.policy import NOBODY, Policy
from bot.errors import BotError
from bot.granted import Granted, look, spare
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.session import Session, connect
from bot.manifest import BOT_SCOPES
from bot.rights import Right
from bot.settings import Settings
from bot.slack.checks import check_slack
from bot.slack.web import open_web
from bot.store.checks import look_at_database, look_at_redis

DIRECT_MESSAGES = "dm"
"""The policy's name for them; Slack has no channel of that name."""

NAMED = 5
"""Rights that one line names; who lacks more than these lacks the role."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, as one line."""

    name: str
    ok: bool
    said: str

    def __str__(self) -> str:
        """`ok       database        PostgreSQL 18.6, prepared.`"""
        return f"{'ok' if self.ok else 'missing':8} {self.name:16} {self.said}"


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; what does not answer is a finding, never an exception."""
    told, policy = _policy(settings)
    channels = policy.channels.keys() - {DIRECT_MESSAGES}
    looks = (
        _database(settings),
        _redis(settings),
        _slack(settings, channels),
        _cluster(settings, policy),
        _storage(settings),
    )
    parts = await asyncio.gather(*looks)
    return [Finding("settings", ok=True, said="Complete."), told, *(found for part in parts for found in part)]


def _policy(settings: Settings) -> tuple[Finding, Policy]:
    """What is said of the policy file, and what it holds."""
    if settings.policy_file is None:
        said = "POLICY_FILE is not set, so nobody may do anything. Write one by docs/policy.md."
        return Finding("policy", ok=False, said=said), NOBODY
    try:
        policy = load_policy(settings)
    except BotError as error:
        return Finding("policy", ok=False, said=_sentences(error)), NOBODY
    return Finding("policy", ok=bool(policy.rules), said=_summary(policy)), policy


def _summary(policy: Policy) -> str:
    if not policy.rules:
        return "The file has no rules, so nobody may change anything. Add one by docs/policy.md."
    return f"{len(policy.people)} people, {len(policy.channels)} channels, {len(policy.rules)} rules."


async def _database(settings: Settings) -> list[Finding]:
    async def look() -> tuple[bool, str]:
        state = await look_at_database(settings.database_url.get_secret_value())
        if state.missing:
            return False, f"PostgreSQL {state.version} lacks {', '.join(state.missing)}. `bot migrate` prepares it."
        return True, f"PostgreSQL {state.version}, prepared by {state.applied} migrations."

    return [await _looked("database", look)]


async def _redis(settings: Settings) -> list[Finding]:
    async def look() -> tuple[bool, str]:
        if settings.redis_url is None:
            return True, "None: each copy of the bot counts Slack's limits alone."
        return True, f"Redis {await look_at_redis(settings.redis_url.get_secret_value())}."

    return [await _looked("redis", look)]


async def _slack(settings: Settings, channels: Collection[str]) -> list[Finding]:
    ours = slack_settings(settings)
    async with open_web(token=ours.bot_token, api_url=ours.api_url) as web:
        checks = await check_slack(web, ours, SystemClock(), scopes=frozenset(BOT_SCOPES), channels=channels)
    return [Finding(f"slack {check.name}", ok=check.ok, said=check.said) for check in checks]


async def _cluster(settings: Settings, policy: Policy) -> list[Finding]:
    try:
        session = await connect(settings.kubeconfig or None, settings.kube_context or None, old_ca=settings.kube_old_ca)
    except BotError as error:
        return [Finding("cluster", ok=False, said=_sentences(error))]

    async def look() -> tuple[bool, str]:
        version = await KubernetesCluster(session).get_path("/version")
        return True, f"Kubernetes {version.get('gitVersion', 'of an unknown version')} at {session.host}."

    try:
        reached = await _looked("cluster", look)
        return [reached, *(await _rights_in(session, policy, settings.own_namespace) if reached.ok else [])]
    finally:
        await session.close()


async def _rights_in(session: Session, policy: Policy, own_namespace: str) -> list[Finding]:
    try:
        found = [_rights(granted) for granted in await look(session, policy, own_namespace)]
        return [*found, _spare(await spare(session, policy, own_namespace))]
    except BotError as error:
        return [Finding("rights", ok=False, said=_sentences(error))]


def _rights(granted: Granted) -> Finding:
    """One place's; what is missing in many is named by its first few."""
    where = f" in {granted.namespace}" if granted.namespace else " everywhere" if granted.is_served else ""
    if granted.unknown:
        return Finding(f"rights{where}", ok=False, said=granted.unknown)
    if not granted.missing:
        return Finding(f"rights{where}", ok=True, said=f"All {granted.asked} that the commands declare.")
    more = f" and {len(granted.missing) - NAMED} more" if len(granted.missing) > NAMED else ""
    mend = "Name it in the chart’s `namespaces`" if granted.is_served else "Apply the chart"
    said = f"The bot may not {', '.join(map(str, granted.missing[:NAMED]))}{more}. {mend}, or `bot manifest roles`."
    return Finding(f"rights{where}", ok=False, said=said)


def _spare(rights: list[Right]) -> Finding:
    """What it could do without: nothing is missing, but whoever takes over the bot has these too."""
    name = "rights to spare"
    if not rights:
        return Finding(name, ok=True, said="None: it may no more than the commands declare.")
    if any((right.resource, right.verb) == ("*", "*") for right in rights):
        return Finding(name, ok=True, said="It may do everything. Give it the chart’s roles, or `bot manifest roles`.")
    more = f" and {len(rights) - NAMED} more" if len(rights) > NAMED else ""
    return Finding(name, ok=True, said=f"It may {', '.join(map(str, rights[:NAMED]))}{more}, which no command needs.")


async def _storage(settings: Settings) -> list[Finding]:
    nodes = storage_nodes(settings)
    if not nodes:
        return [Finding("storage", ok=True, said="No nodes: the quota and storage commands say how to add them.")]
    async with open_storage(nodes, namespace=settings.storage_namespace) as storage:
        seen = await storage.nodes()
    return [Finding(f"storage {node.node}", ok=not node.fault, said=node.fault or node.mount) for node in seen]


async def _looked(name: str, look: Callable[[], Awaitable[tuple[bool, str]]]) -> Finding:
    try:
        ok, said = await look()
    except BotError as error:
        return Finding(name, ok=False, said=_sentences(error))
    return Finding(name, ok=ok, said=said)


def _sentences(error: BotError) -> str:
    return " ".join(filter(None, (str(error), error.hint)))
