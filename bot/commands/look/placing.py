"""Where a pod may run, in the words of `kubectl describe`: pure."""

from collections.abc import Mapping, Sequence

from bot.commands.look.columns.column import NONE
from bot.model.kube.pods import PodSpec, Toleration
from bot.model.plan import Fact


def placing(spec: PodSpec) -> list[Fact]:
    """On nodes with which labels, and with which taints even so."""
    return [
        Fact("Node selector", node_selector_text(spec.node_selector)),
        Fact("Tolerations", ", ".join(tolerations(spec.tolerations)) or NONE),
    ]


def node_selector_text(labels: Mapping[str, str]) -> str:
    """`disk=ssd,zone=a`, or `<none>`."""
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items())) or NONE


def tolerations(found: Sequence[Toleration]) -> list[str]:
    """kubectl's: `dedicated=db:NoSchedule`, `node.kubernetes.io/not-ready:NoExecute op=Exists for 300s`."""
    return [_toleration(one) for one in sorted(found, key=lambda one: one.key)]


def _toleration(one: Toleration) -> str:
    what = f"{one.key}{f'={one.value}' if one.value else ''}{f':{one.effect}' if one.effect else ''}"
    exists = "op=Exists" if one.operator == "Exists" and not one.value else ""
    lasts = f"for {one.toleration_seconds}s" if one.toleration_seconds is not None else ""
    return " ".join(filter(None, (what, exists, lasts)))
