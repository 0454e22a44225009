"""The bot's own rights in the practice cluster: exactly those that its commands declare, proven by every use."""

from typing import Any

from bot.commands import COMMANDS
from bot.rights import roles
from playground.demo.people import BOT_NAMESPACE

Manifest = dict[str, Any]

NAME = "saas-bot"
SERVED = "saasodoo"
"""The one namespace that the demo's policy speaks of: nowhere else the bot may change anything."""


def bot_rights() -> list[Manifest]:
    """Manifests of the bot's account, its roles and what binds them."""
    looks, serves, elects = roles(COMMANDS, NAME)
    elects["metadata"]["namespace"] = BOT_NAMESPACE
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": NAME, "namespace": BOT_NAMESPACE}}
    return [
        account,
        *(looks, serves, elects),
        _binding("ClusterRoleBinding", looks),
        _binding("RoleBinding", serves, namespace=SERVED),
        _binding("RoleBinding", elects, namespace=BOT_NAMESPACE),
    ]


def _binding(kind: str, role: Manifest, **where: str) -> Manifest:
    name = role["metadata"]["name"]
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": name, **where},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role["kind"], "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": BOT_NAMESPACE}],
    }
