"""kubectl get deployments, replicasets, statefulsets, daemonsets."""

from datetime import datetime
from typing import Protocol

from bot.commands import names
from bot.commands.look.columns.column import NONE, Column, View, age_of, labels_text, name
from bot.model.kube.meta import LabelSelector
from bot.model.kube.pods import PodTemplate
from bot.model.kube.workloads import DaemonSet, Deployment, ReplicaSet, StatefulSet
from bot.model.reply import Button
from bot.model.resources import DAEMON_SET, DEPLOYMENT, REPLICA_SET, STATEFUL_SET
from bot.model.rollout import Workload


class _Spec(Protocol):
    @property
    def template(self) -> PodTemplate: ...

    @property
    def selector(self) -> LabelSelector: ...


class Templated(Protocol):
    """What has a pod template and a selector."""

    @property
    def spec(self) -> _Spec:
        """Its specification."""


def containers(item: Templated, now: datetime) -> str:
    """CONTAINERS: names by commas."""
    return ",".join(one.name for one in item.spec.template.spec.containers)


def images(item: Templated, now: datetime) -> str:
    """IMAGES: whole, by commas."""
    return ",".join(one.image for one in item.spec.template.spec.containers)


def selector(item: Templated, now: datetime) -> str:
    """SELECTOR."""
    return item.spec.selector.text or NONE


def _buttons(kind: str, workload: Workload, ready: int, wanted: int) -> tuple[Button, ...]:
    if ready >= wanted:
        return ()
    target, namespace = f"{kind}/{workload.metadata.name}", workload.metadata.namespace
    return (
        Button(f"Logs {target}", names.line("logs", target, namespace=namespace)),
        Button(f"Rollout status {target}", names.line("rollout", "status", target, namespace=namespace)),
        Button(f"Restart {target}…", names.line("restart", target, namespace=namespace)),
    )


def _state(ready: int, wanted: int) -> str:
    if not wanted:
        return "scaled to 0"
    return "ready" if ready >= wanted else "not ready"


DEPLOYMENTS = View[Deployment](
    DEPLOYMENT,
    Deployment,
    (
        Column("NAME", name),
        Column("READY", lambda it, now: f"{it.status.ready_replicas}/{it.spec.replicas}"),
        Column("UP-TO-DATE", lambda it, now: str(it.status.updated_replicas)),
        Column("AVAILABLE", lambda it, now: str(it.status.available_replicas)),
        Column("AGE", age_of),
        Column("CONTAINERS", containers, wide=True),
        Column("IMAGES", images, wide=True),
        Column("SELECTOR", selector, wide=True),
    ),
    is_unhealthy=lambda it: it.status.ready_replicas < it.spec.replicas,
    state=lambda it: _state(it.status.ready_replicas, it.spec.replicas),
    buttons=lambda it: _buttons("deployment", it, it.status.ready_replicas, it.spec.replicas),
)

REPLICA_SETS = View[ReplicaSet](
    REPLICA_SET,
    ReplicaSet,
    (
        Column("NAME", name),
        Column("DESIRED", lambda it, now: str(it.spec.replicas)),
        Column("CURRENT", lambda it, now: str(it.status.replicas)),
        Column("READY", lambda it, now: str(it.status.ready_replicas)),
        Column("AGE", age_of),
        Column("CONTAINERS", containers, wide=True),
        Column("IMAGES", images, wide=True),
        Column("SELECTOR", selector, wide=True),
    ),
    is_unhealthy=lambda it: it.status.ready_replicas < it.spec.replicas,
)

STATEFUL_SETS = View[StatefulSet](
    STATEFUL_SET,
    StatefulSet,
    (
        Column("NAME", name),
        Column("READY", lambda it, now: f"{it.status.ready_replicas}/{it.spec.replicas}"),
        Column("AGE", age_of),
        Column("CONTAINERS", containers, wide=True),
        Column("IMAGES", images, wide=True),
    ),
    is_unhealthy=lambda it: it.status.ready_replicas < it.spec.replicas,
    state=lambda it: _state(it.status.ready_replicas, it.spec.replicas),
    buttons=lambda it: _buttons("statefulset", it, it.status.ready_replicas, it.spec.replicas),
)

DAEMON_SETS = View[DaemonSet](
    DAEMON_SET,
    DaemonSet,
    (
        Column("NAME", name),
        Column("DESIRED", lambda it, now: str(it.status.desired_number_scheduled)),
        Column("CURRENT", lambda it, now: str(it.status.current_number_scheduled)),
        Column("READY", lambda it, now: str(it.status.number_ready)),
        Column("UP-TO-DATE", lambda it, now: str(it.status.updated_number_scheduled)),
        Column("AVAILABLE", lambda it, now: str(it.status.number_available)),
        Column("NODE SELECTOR", lambda it, now: labels_text(it.spec.template.spec.node_selector)),
        Column("AGE", age_of),
        Column("CONTAINERS", containers, wide=True),
        Column("IMAGES", images, wide=True),
        Column("SELECTOR", selector, wide=True),
    ),
    is_unhealthy=lambda it: it.status.number_ready < it.status.desired_number_scheduled,
    state=lambda it: _state(it.status.number_ready, it.status.desired_number_scheduled),
    buttons=lambda it: _buttons("daemonset", it, it.status.number_ready, it.status.desired_number_scheduled),
)

VIEWS = (DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS, DAEMON_SETS)
