"""`bot doctor`: looks at every connection and right that the bot needs, changes nothing, and says what to mend."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from bot.ceph.storage import open_storage
from bot.clock import SystemClock
from bot.commands import COMMANDS
from bot.configuration import load_policy, slack_settings, storage_nodes
from bot.engine.policy import Policy
from bot.errors import BotError
from bot.k8s.access_review import review_self
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.session import Session, connect
from bot.manifest import BOT_SCOPES, cluster_role_rules
from bot.ports import Permission
from bot.settings import Settings
from bot.slack.checks import check_slack
from bot.slack.web import open_web
from bot.store.checks import look_at_database, look_at_redis
from bot.watch import LEASE

DIRECT_MESSAGES = "dm"
"""The policy's name for them; Slack has no channel of that name."""

REVIEWS_AT_ONCE = 8
"""About sixty rights are asked for; more at once would be held back by the API server's own fairness."""

NAMED = 5
"""Rights that one line names; who lacks more than these lacks the ClusterRole."""


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
    policy, channels = _policy(settings)
    looks = (_database(settings), _redis(settings), _slack(settings, channels), _cluster(settings), _storage(settings))
    parts = await asyncio.gather(*looks)
    return [Finding("settings", ok=True, said="Complete."), policy, *(found for part in parts for found in part)]


def _policy(settings: Settings) -> tuple[Finding, Collection[str]]:
    """The policy file, and the channels that it binds."""
    if settings.policy_file is None:
        said = "POLICY_FILE is not set, so nobody may do anything. Write one by docs/policy.md."
        return Finding("policy", ok=False, said=said), ()
    try:
        policy = load_policy(settings)
    except BotError as error:
        return Finding("policy", ok=False, said=_sentences(error)), ()
    return Finding("policy", ok=bool(policy.rules), said=_summary(policy)), policy.channels.keys() - {DIRECT_MESSAGES}


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


async def _cluster(settings: Settings) -> list[Finding]:
    try:
        session = await connect(settings.kubeconfig or None, settings.kube_context or None)
    except BotError as error:
        return [Finding("cluster", ok=False, said=_sentences(error))]

    async def look() -> tuple[bool, str]:
        version = await KubernetesCluster(session).get_path("/version")
        return True, f"Kubernetes {version.get('gitVersion', 'of an unknown version')} at {session.host}."

    try:
        reached = await _looked("cluster", look)
        return [reached, *([await _rights(session, settings.own_namespace)] if reached.ok else [])]
    finally:
        await session.close()


async def _rights(session: Session, own_namespace: str) -> Finding:
    """Whether the bot's own account has what its commands declare; of Leases, its own suffices."""
    turns = asyncio.Semaphore(REVIEWS_AT_ONCE)

    async def ask(group: str, resource: str, verb: str) -> Permission:
        namespace, name = (own_namespace, "" if verb == "create" else LEASE) if resource == "leases" else ("", "")
        async with turns:
            return await review_self(session, verb=verb, resource=resource, group=group, namespace=namespace, name=name)

    wanted = [
        (rule["apiGroups"][0], resource, verb)
        for rule in cluster_role_rules(COMMANDS)
        for resource in rule["resources"]
        for verb in rule["verbs"]
    ]
    answers = await asyncio.gather(*(ask(*right) for right in wanted))
    if unknown := [answer for answer in answers if not answer.is_known]:
        return Finding("rights", ok=False, said=unknown[0].reason)
    missing = [_named(*right) for right, answer in zip(wanted, answers, strict=True) if not answer.allowed]
    return _verdict(len(wanted), missing)


def _named(group: str, resource: str, verb: str) -> str:
    """As kubectl names it: `patch deployments.apps`."""
    return f"{verb} {resource}{'.' + group if group else ''}"


def _verdict(wanted: int, missing: list[str]) -> Finding:
    if not missing:
        return Finding("rights", ok=True, said=f"All {wanted} that the commands declare.")
    more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
    said = f"The bot may not {', '.join(missing[:NAMED])}{more}. Apply `bot manifest cluster-role`, or the chart."
    return Finding("rights", ok=False, said=said)


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
