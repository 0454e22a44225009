"""The bot may not create Jobs: which Role of its ServiceAccount lacks the rule."""

import re

from bot.errors import Denied
from bot.model.kube.rbac import ClusterRoleBinding, RoleBinding
from bot.ports import ClusterReader
from bot.spec import access

READS = (access("rbac.authorization.k8s.io", ["rolebindings", "clusterrolebindings"], ["list"]),)
"""What `where_to_add` reads on the bot's own account."""

ACCOUNT = re.compile(r"system:serviceaccount:([a-z0-9-]+):([a-z0-9.-]+)")


async def where_to_add(refusal: Denied, cluster: ClusterReader, namespace: str) -> Denied:
    """The refusal, with the missing rule and the Role that lacks it in its own sentences."""
    said = " ".join(part for part in (str(refusal), refusal.hint) if part)
    account = ACCOUNT.search(str(refusal))
    if account is None:
        return Denied(said)
    try:
        roles = await _roles(cluster, namespace, *account.groups())
    except Denied:
        return Denied(f"{said} Add it to a Role of ServiceAccount {account[2]} -n {account[1]}.")
    if not roles:
        return Denied(f"{said} No Role is bound to ServiceAccount {account[2]} -n {account[1]} there.")
    verb = "lacks" if len(roles) == 1 else "lack"
    return Denied(f"{said} {' and '.join(roles)} of ServiceAccount {account[2]} -n {account[1]} {verb} it.")


async def _roles(cluster: ClusterReader, namespace: str, home: str, name: str) -> list[str]:
    """What is bound to the account, in the namespace and everywhere: `Role x -n ns`, `ClusterRole y`."""
    bindings: list[RoleBinding | ClusterRoleBinding] = [*await cluster.list(RoleBinding, namespace)]
    bindings += await cluster.list(ClusterRoleBinding)
    refs = [
        (binding.role_ref.kind, binding.role_ref.name)
        for binding in bindings
        for subject in binding.subjects
        if (subject.kind, subject.name, subject.namespace) == ("ServiceAccount", name, home)
    ]
    return list(dict.fromkeys(f"{kind} {ref}" + (f" -n {namespace}" if kind == "Role" else "") for kind, ref in refs))
