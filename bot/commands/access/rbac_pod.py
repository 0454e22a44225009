"""rbac pod: which service account a pod runs as, what that is bound to, and what it may do."""

import asyncio
from collections.abc import Sequence

from bot.commands import names
from bot.commands.look.columns import VIEW_OF
from bot.commands.look.named import named
from bot.commands.look.verb_table import verb_table
from bot.commands.names import Name, Namespace, namespace_flag
from bot.errors import NotFound
from bot.model.counting import counted
from bot.model.kube.pods import Pod
from bot.model.kube.rbac import ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleSubject
from bot.model.plan import Fact
from bot.model.reply import Facts, Part, Reply, Table, Text
from bot.model.resources import POD
from bot.ports import ClusterReader
from bot.spec import Args, Context, Paged, Query, access, positional

Binding = RoleBinding | ClusterRoleBinding


class RbacPodArgs(Args):
    """Which pod."""

    name: Name = positional("the pod", metavar="NAME", title="Pod", completes="pod")
    namespace: Namespace = namespace_flag()


async def run(args: RbacPodArgs, ctx: Context) -> Reply:
    """Follow the pod's account through its bindings to the rules. Raises NotFound."""
    namespace = args.namespace or ctx.namespace
    cluster = ctx.on.cluster
    pod = await _pod(cluster, args.name, namespace)
    account = pod.spec.service_account_name or "default"
    bindings = await _bindings(cluster, account, namespace)
    rules = await asyncio.gather(*(_rules(cluster, binding) for binding in bindings))
    here, everywhere = _split(bindings, rules)
    roles = ", ".join(sorted({binding.role_ref.name for binding in bindings}))
    headline = f"pod/{args.name} runs as serviceaccount/{account}"
    parts: list[Part] = [Facts((Fact("Token", _token(pod)), Fact("Roles", roles or "none")))]
    if bindings:
        parts.append(Table(("BINDING", "ROLE", "WHERE"), tuple(_row(binding) for binding in bindings)))
    parts += _allowed(f"In {namespace} it may", here) + _allowed("Everywhere it may", everywhere)
    return Reply(f"{headline}: {counted(len(bindings), 'binding')}", tuple(parts))


async def _pod(cluster: ClusterReader, name: str, namespace: str) -> Pod:
    pod: Pod = await named(
        cluster, VIEW_OF[POD], name, namespace, lambda near: names.line("rbac", "pod", near, namespace=namespace)
    )
    return pod


async def _bindings(cluster: ClusterReader, account: str, namespace: str) -> list[Binding]:
    """Those that name the account or its groups of accounts; not those of everybody who is logged in."""
    local, wide = await asyncio.gather(cluster.list(RoleBinding, namespace), cluster.list(ClusterRoleBinding))
    every: list[Binding] = [*local, *wide]
    return [one for one in every if any(_means(subject, account, namespace) for subject in one.subjects)]


def _means(subject: RoleSubject, account: str, namespace: str) -> bool:
    """Whether a binding's subject is the account, under its own name, as a user or by a group."""
    match subject.kind:
        case "ServiceAccount":
            return (subject.name, subject.namespace) == (account, namespace)
        case "User":
            return subject.name == f"system:serviceaccount:{namespace}:{account}"
        case _:
            return subject.name in ("system:serviceaccounts", f"system:serviceaccounts:{namespace}")


async def _rules(cluster: ClusterReader, binding: Binding) -> Sequence[PolicyRule]:
    """The role's rules; none of a role that does not exist."""
    ref = binding.role_ref
    try:
        if ref.kind == "Role":
            return (await cluster.get(Role, ref.name, binding.metadata.namespace)).rules or ()
        return (await cluster.get(ClusterRole, ref.name)).rules or ()
    except NotFound:
        return ()


def _split(
    bindings: Sequence[Binding], rules: Sequence[Sequence[PolicyRule]]
) -> tuple[list[PolicyRule], list[PolicyRule]]:
    """The rules that hold in the pod's namespace, and those that hold everywhere."""
    here: list[PolicyRule] = []
    everywhere: list[PolicyRule] = []
    for binding, found in zip(bindings, rules, strict=True):
        (here if isinstance(binding, RoleBinding) else everywhere).extend(found)
    return here, everywhere


def _row(binding: Binding) -> tuple[str, str, str]:
    kind = type(binding).__name__.lower()
    where = binding.metadata.namespace or "everywhere"
    return f"{kind}/{binding.metadata.name}", f"{binding.role_ref.kind.lower()}/{binding.role_ref.name}", where


def _token(pod: Pod) -> str:
    """Whether its containers can use the account."""
    mounts = [mount for one in pod.spec.containers for mount in one.volume_mounts]
    is_mounted = any(mount.mount_path.startswith("/var/run/secrets/kubernetes.io/serviceaccount") for mount in mounts)
    return "mounted in its containers" if is_mounted else "not mounted: its containers cannot use the account"


def _allowed(title: str, rules: Sequence[PolicyRule]) -> list[Part]:
    return [Text(f"{title}:"), verb_table(rules)] if rules else []


COMMAND = Query(
    name="rbac pod",
    summary="Show which service account a pod runs as, and what that may do.",
    args=RbacPodArgs,
    run=run,
    options=Paged,
    access=(
        access("", ["pods"], ["get"]),
        access("rbac.authorization.k8s.io", ["rolebindings", "clusterrolebindings"], ["list"]),
        access("rbac.authorization.k8s.io", ["roles", "clusterroles"], ["get"]),
    ),
    reads=(access("", ["pods"], ["list"]),),
    area="Access",
    examples=("rbac pod instance-worker-7c9-x2x", "rbac pod postgres-0 -n saasodoo"),
)
