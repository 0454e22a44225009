"""kubectl get pods."""

from datetime import datetime

from bot.commands import names
from bot.commands.look.columns.column import NONE, Column, View, age_of, name, since
from bot.model.kube.pods import Pod
from bot.model.pod_status import has, summary
from bot.model.pod_trouble import Weight, trouble
from bot.model.reply import Button
from bot.model.resources import POD


def ready(pod: Pod, now: datetime) -> str:
    """`1/2`."""
    return f"{summary(pod).ready}/{summary(pod).containers}"


def status(pod: Pod, now: datetime) -> str:
    """`Running`, `CrashLoopBackOff`, `Init:0/1`."""
    return summary(pod).status


def restarts(pod: Pod, now: datetime) -> str:
    """`7 (80s ago)`."""
    told = summary(pod)
    ago = f" ({since(told.last_restart, now)} ago)" if told.restarts and told.last_restart else ""
    return f"{told.restarts}{ago}"


def gates(pod: Pod, now: datetime) -> str:
    """`1/2` readiness gates."""
    wanted = [gate.condition_type for gate in pod.spec.readiness_gates]
    return f"{sum(has(pod, gate) for gate in wanted)}/{len(wanted)}" if wanted else NONE


def is_unhealthy(pod: Pod) -> bool:
    """Whether something other than a start keeps it from being ready."""
    found = trouble(pod)
    return found is not None and found.weight > Weight.STARTING


def buttons(pod: Pod) -> tuple[Button, ...]:
    """For a pod in trouble: look closer, or let its controller make a new one."""
    if not is_unhealthy(pod):
        return ()
    called, namespace = pod.metadata.name, pod.metadata.namespace
    return (
        Button(f"Logs {called}", names.line("logs", called, namespace=namespace)),
        Button(f"Describe {called}", names.line("describe", "pod", called, namespace=namespace)),
        Button(f"Delete {called}…", names.line("delete", "pod", called, namespace=namespace)),
    )


VIEW = View[Pod](
    POD,
    Pod,
    (
        Column("NAME", name),
        Column("READY", ready),
        Column("STATUS", status),
        Column("RESTARTS", restarts),
        Column("AGE", age_of),
        Column("IP", lambda pod, now: pod.status.pod_ip or NONE, wide=True),
        Column("NODE", lambda pod, now: pod.spec.node_name or NONE, wide=True),
        Column("NOMINATED NODE", lambda pod, now: pod.status.nominated_node_name or NONE, wide=True),
        Column("READINESS GATES", gates, wide=True),
    ),
    is_unhealthy=is_unhealthy,
    state=lambda pod: summary(pod).status,
    buttons=buttons,
)
