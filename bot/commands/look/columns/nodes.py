"""kubectl get nodes."""

from datetime import datetime

from bot.commands import names
from bot.commands.look.columns.column import NONE, UNKNOWN, Column, View, age_of, joined, name
from bot.model.kube.nodes import Node
from bot.model.reply import Button
from bot.model.resources import NODE

ROLE_LABEL = "node-role.kubernetes.io/"
OLD_ROLE_LABEL = "kubernetes.io/role"


def status(node: Node) -> str:
    """`Ready`, `NotReady,SchedulingDisabled`."""
    ready = node.ready
    words = ["Unknown" if ready is None else "Ready" if ready.status == "True" else "NotReady"]
    return ",".join([*words, *(["SchedulingDisabled"] if node.spec.unschedulable else [])])


def roles(node: Node, now: datetime) -> str:
    """`control-plane`, `<none>`."""
    labels = node.metadata.labels
    found = {key.removeprefix(ROLE_LABEL) for key in labels if key.startswith(ROLE_LABEL)} - {""}
    old = {labels[OLD_ROLE_LABEL]} if labels.get(OLD_ROLE_LABEL) else set()
    return joined(sorted(found | old))


def address(node: Node, kind: str) -> str:
    """The first address of that type."""
    return next((one.address for one in node.status.addresses if one.type == kind), NONE)


def is_unhealthy(node: Node) -> bool:
    """Whether it takes no pods because it is not Ready."""
    return node.ready is None or node.ready.status != "True"


def _buttons(node: Node) -> tuple[Button, ...]:
    called = node.metadata.name
    return (Button(f"Describe {called}", names.line("describe", "node", called)),) if is_unhealthy(node) else ()


VIEW = View[Node](
    NODE,
    Node,
    (
        Column("NAME", name),
        Column("STATUS", lambda node, now: status(node)),
        Column("ROLES", roles),
        Column("AGE", age_of),
        Column("VERSION", lambda node, now: node.status.node_info.kubelet_version),
        Column("INTERNAL-IP", lambda node, now: address(node, "InternalIP"), wide=True),
        Column("EXTERNAL-IP", lambda node, now: address(node, "ExternalIP"), wide=True),
        Column("OS-IMAGE", lambda node, now: node.status.node_info.os_image or UNKNOWN, wide=True),
        Column("KERNEL-VERSION", lambda node, now: node.status.node_info.kernel_version or UNKNOWN, wide=True),
        Column(
            "CONTAINER-RUNTIME",
            lambda node, now: node.status.node_info.container_runtime_version or UNKNOWN,
            wide=True,
        ),
    ),
    is_unhealthy=is_unhealthy,
    state=status,
    buttons=_buttons,
)
