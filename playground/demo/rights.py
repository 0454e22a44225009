"""The bot's own rights in the practice cluster: exactly those that its commands declare, proven by every use."""

from typing import Any

from bot.commands import COMMANDS
from bot.manifest import cluster_role
from playground.demo.people import BOT_NAMESPACE

NAME = "saas-bot"


def bot_rights() -> list[dict[str, Any]]:
    """Manifests of the bot's account and its one ClusterRole."""
    subject = {"kind": "ServiceAccount", "name": NAME, "namespace": BOT_NAMESPACE}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": NAME}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": NAME, "namespace": BOT_NAMESPACE}},
        cluster_role(COMMANDS, NAME),
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": NAME},
            "roleRef": role,
            "subjects": [subject],
        },
    ]
