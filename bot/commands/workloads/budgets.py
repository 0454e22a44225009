"""PodDisruptionBudgets limit evictions only; whoever trusts in one is told where it does not hold."""

from bot.errors import BotError
from bot.model.kube.meta import LabelSelector
from bot.model.kube.policy import PodDisruptionBudget
from bot.model.rollout import Workload
from bot.ports import ClusterReader
from bot.spec import access

READS = (access("policy", ["poddisruptionbudgets"], ["list"]),)
"""What `unlimited_by_budgets` reads on the bot's own account."""


async def unlimited_by_budgets(cluster: ClusterReader, workload: Workload, doing: str) -> list[str]:
    """One warning where a budget covers the pods: it does not limit *doing*."""
    try:
        budgets = await cluster.list(PodDisruptionBudget, workload.metadata.namespace)
    except BotError as error:
        return [f"Not known whether a PodDisruptionBudget covers its pods: {error}"]
    labels = workload.spec.template.metadata.labels
    names = [one.metadata.name for one in budgets if _covers(one.spec.selector, labels)]
    if not names:
        return []
    return [f"PodDisruptionBudget {', '.join(names)} does not limit {doing}: it holds for evictions only"]


def _covers(selector: LabelSelector, labels: dict[str, str]) -> bool:
    """By labels alone: a selector of expressions is left to the API server."""
    return not selector.match_expressions and selector.match_labels.items() <= labels.items()
