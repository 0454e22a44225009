"""Whether the bot's own account was granted what its commands declare, and what beyond: asked of the API server."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot import rights
from bot.commands import COMMANDS
from bot.engine.policy import Policy
from bot.k8s.access_review import review_self, rules
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.session import Session
from bot.model.kube.nodes import Namespace
from bot.rights import Right
from bot.watch import ELSEWHERE, LEASE

REVIEWS_AT_ONCE = 8
"""About sixty rights are asked for; more at once would be held back by the API server's own fairness."""
OF_EVERYBODY = frozenset(("authentication.k8s.io", "authorization.k8s.io"))
"""Whoever is let in may ask who he is and what he may (ClusterRole system:basic-user)."""
EVERYWHERE = "*"
"""The policy's pattern for every namespace."""


@dataclass(frozen=True)
class Granted:
    """What was asked for in one place, and what of it is missing there."""

    namespace: str
    """Empty: the whole cluster."""
    is_served: bool = False
    """Whether the place is one that the bot serves."""
    asked: int = 0
    missing: tuple[Right, ...] = ()
    unknown: str = ""
    """Why it could not be told."""


async def look(session: Session, policy: Policy, own_namespace: str) -> list[Granted]:
    """Ask for the whole cluster, for the bot's own Lease, and for each namespace that the policy lets it serve."""
    turns = asyncio.Semaphore(REVIEWS_AT_ONCE)
    served = await _served(session, policy, own_namespace)
    return [
        await _asked(session, rights.everywhere(COMMANDS), Granted(""), turns),
        await _asked(session, rights.leases(COMMANDS), Granted(own_namespace), turns),
        *[await _asked(session, rights.served(COMMANDS), Granted(one, is_served=True), turns) for one in served],
    ]


async def spare(session: Session, policy: Policy, own_namespace: str) -> list[Right]:
    """What the bot may in its own namespace, and so perhaps everywhere, that no command declares.

    As far as the server's authorizers can list rules. Raises what `rules` raises.
    """
    needed = {*rights.everywhere(COMMANDS), *rights.leases(COMMANDS)}
    if "" in await _served(session, policy, own_namespace):
        needed |= set(rights.served(COMMANDS))
    found = (await rules(session, own_namespace or ELSEWHERE)).resource_rules or ()
    held = {
        Right(group, resource, verb)
        for rule in found
        for group in rule.api_groups
        for resource in rule.resources
        for verb in rule.verbs
        if group not in OF_EVERYBODY
    }
    return sorted(held - needed)


async def _served(session: Session, policy: Policy, own_namespace: str) -> list[str]:
    """The namespaces that channels are bound to; the bot's own is closed to it. Empty text: every one."""
    patterns = {pattern for channel in policy.channels.values() for pattern in channel.namespaces}
    if EVERYWHERE in patterns:
        return [""]
    named = {pattern for pattern in patterns if EVERYWHERE not in pattern}
    if patterns - named:
        there = await KubernetesCluster(session).list(Namespace)
        bound = policy.channels.values()
        named |= {one.metadata.name for one in there if any(channel.covers(one.metadata.name) for channel in bound)}
    return sorted(named - {own_namespace})


async def _asked(session: Session, wanted: Sequence[Right], of: Granted, turns: asyncio.Semaphore) -> Granted:
    async def ask(right: Right) -> tuple[bool, str]:
        name = LEASE if right.resource == "leases" and right.verb != "create" else ""
        async with turns:
            answer = await review_self(
                session, verb=right.verb, resource=right.resource, group=right.group, namespace=of.namespace, name=name
            )
        return answer.allowed, "" if answer.is_known else answer.reason

    answers = await asyncio.gather(*map(ask, wanted))
    missing = tuple(right for right, (allowed, _) in zip(wanted, answers, strict=True) if not allowed)
    return replace(of, asked=len(wanted), missing=missing, unknown=_first(unknown for _, unknown in answers))


def _first(texts: Iterable[str]) -> str:
    return next(filter(None, texts), "")
