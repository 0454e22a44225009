"""What `describe` tells of an object beside its columns: pure, one function per kind."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.commands.look.columns.column import NONE, since
from bot.commands.look.columns.storage import access_modes
from bot.commands.look.containers import container_row, mounts, probes, resources
from bot.commands.look.declared import pod_spec
from bot.commands.look.particulars import (
    of_claim,
    of_cron_job,
    of_daemon_set,
    of_deployment,
    of_job,
    of_pod,
    of_replica_set,
    of_service_account,
    of_stateful_set,
    of_volume,
)
from bot.commands.look.placing import placing
from bot.commands.look.rights import rights
from bot.commands.look.verb_table import verb_table
from bot.model.kube.configuration import ConfigMap, Secret
from bot.model.kube.jobs import CronJob, Job
from bot.model.kube.meta import Condition, KubeStruct
from bot.model.kube.nodes import Node
from bot.model.kube.pods import Pod, PodSpec
from bot.model.kube.rbac import Role, ServiceAccount
from bot.model.kube.services import EndpointSlice
from bot.model.kube.storage import PersistentVolume, PersistentVolumeClaim
from bot.model.kube.workloads import DaemonSet, Deployment, ReplicaSet, StatefulSet
from bot.model.plan import Fact
from bot.model.redaction import VALUE, names_a_secret, redact
from bot.model.reply import Code, Facts, Part, Table

KEYS_SHOWN = 40
"""Keys of a ConfigMap that are listed; `config get` has the rest."""


def sections(item: Any, now: datetime) -> list[Part]:
    """The parts for *item*'s kind; none for kinds whose columns say all."""
    tell = _TELL.get(type(item))
    return tell(item, now) if tell else []


def conditions(found: Sequence[Condition], now: datetime) -> list[Part]:
    """The table of conditions, as kubectl describe shows it."""
    rows = tuple((one.type, one.status, one.reason, since(one.last_transition_time, now), one.said) for one in found)
    return [Table(("CONDITION", "STATUS", "REASON", "SINCE", "MESSAGE"), rows)] if rows else []


def pod(item: Pod, now: datetime) -> list[Part]:
    """Owner, containers with state, probes and resources, mounts, conditions."""
    owner = item.metadata.controller
    facts = Facts(
        (
            Fact("Controlled by", f"{owner.kind}/{owner.name}" if owner else NONE),
            Fact("Service account", item.spec.service_account_name or NONE),
            Fact("QoS class", item.status.qos_class or NONE),
            *placing(item.spec),
            *rights(item.spec),
            *of_pod(item),
            *([Fact("Message", redact(item.status.message))] if item.status.message else []),
        )
    )
    statuses = {one.name: one for one in (*item.status.init_container_statuses, *item.status.container_statuses)}
    containers = (*item.spec.init_containers, *item.spec.containers)
    rows = tuple(container_row(one, statuses.get(one.name), now) for one in containers)
    return [
        facts,
        Table(("CONTAINER", "STATE", "LAST STATE", "RESTARTS", "IMAGE"), rows),
        *_of_containers(item),
        *conditions(item.status.conditions, now),
    ]


def _of_containers(item: Any) -> list[Part]:
    """What each asks for, how it is looked at and what it mounts: of a pod, or of what makes pods."""
    spec = pod_spec(item) or PodSpec()
    containers = (*spec.init_containers, *spec.containers)
    return [*resources(containers), *probes(containers), *mounts(containers, spec.volumes)]


def workload(item: Deployment | StatefulSet | DaemonSet, now: datetime) -> list[Part]:
    """Strategy and the containers of its template."""
    strategy = item.spec.strategy if isinstance(item, Deployment) else item.spec.update_strategy
    facts = Facts(
        (
            Fact("Strategy", strategy.type or NONE),
            *_of_workload(item),
            *([Fact("Paused", "yes: rollouts wait")] if isinstance(item, Deployment) and item.spec.paused else []),
            Fact("Service account", item.spec.template.spec.service_account_name or NONE),
            *rights(item.spec.template.spec),
        )
    )
    return [
        facts,
        *_of_containers(item),
        *(claims(item) if isinstance(item, StatefulSet) else []),
        *(conditions(item.status.conditions, now) if isinstance(item, Deployment) else []),
    ]


def claims(item: StatefulSet) -> list[Part]:
    """What each of its pods claims for itself."""
    rows = tuple(
        (
            one.metadata.name,
            one.spec.storage_class_name,
            one.spec.resources.requests.get("storage", ""),
            access_modes(one.spec.access_modes),
        )
        for one in item.spec.volume_claim_templates
    )
    return [Table(("VOLUME CLAIM", "STORAGECLASS", "CAPACITY", "ACCESS MODES"), rows)] if rows else []


def endpoint_slice(item: EndpointSlice, now: datetime) -> list[Part]:
    """Each endpoint: whether traffic goes there, to whom, where."""
    rows = tuple(
        (
            ",".join(one.addresses),
            str(one.is_ready).lower(),
            f"{one.target_ref.kind}/{one.target_ref.name}" if one.target_ref else NONE,
            one.node_name or "<unset>",
        )
        for one in item.endpoints or ()
    )
    return [Table(("ENDPOINT", "READY", "TARGET", "NODE"), rows)] if rows else []


def _of_workload(item: Deployment | StatefulSet | DaemonSet) -> list[Fact]:
    match item:
        case Deployment():
            return of_deployment(item)
        case StatefulSet():
            return of_stateful_set(item)
        case DaemonSet():
            return of_daemon_set(item)


def replica_set(item: ReplicaSet, now: datetime) -> list[Part]:
    """Whose revision it is, and its pods' number."""
    return [Facts(tuple(of_replica_set(item))), *_of_containers(item)]


def node(item: Node, now: datetime) -> list[Part]:
    """Capacity, what pods may have, taints, conditions."""
    names = ("cpu", "memory", "ephemeral-storage", "pods")
    rows = tuple((one, item.status.capacity.get(one, ""), item.status.allocatable.get(one, "")) for one in names)
    taints = [f"{one.key}{f'={one.value}' if one.value else ''}:{one.effect}" for one in item.spec.taints]
    return [
        Facts((Fact("Taints", ", ".join(taints) or NONE),)),
        Table(("RESOURCE", "CAPACITY", "ALLOCATABLE"), rows),
        *conditions(item.status.conditions, now),
    ]


def job(item: Job, now: datetime) -> list[Part]:
    """How its pods ended and why it failed."""
    status, failure = item.status, item.failure
    return [
        Facts(
            (
                *of_job(item),
                *([Fact("Failed because", f"{failure.reason}: {failure.said}")] if failure else []),
                Fact("Removed", _ttl(item)),
            )
        ),
        *_of_containers(item),
        *conditions(status.conditions, now),
    ]


def _ttl(item: Job) -> str:
    ttl = item.spec.ttl_seconds_after_finished
    return f"{ttl} s after it ends" if ttl is not None else "never by itself: it has no ttlSecondsAfterFinished"


def cron_job(item: CronJob, now: datetime) -> list[Part]:
    """What happens when runs overlap, are missed or end."""
    return [Facts(tuple(of_cron_job(item))), *_of_containers(item)]


def service_account(item: ServiceAccount, now: datetime) -> list[Part]:
    """What it hands to pods."""
    return [Facts(tuple(of_service_account(item)))]


def claim(item: PersistentVolumeClaim, now: datetime) -> list[Part]:
    """What keeps it where it was deleted."""
    return [Facts(tuple(of_claim(item)))]


def volume(item: PersistentVolume, now: datetime) -> list[Part]:
    """Where its data is, and what keeps it where it was deleted."""
    return [Facts(tuple(of_volume(item)))]


def role(item: Role, now: datetime) -> list[Part]:
    """A verb table: what may be done to what."""
    return [verb_table(item.rules)] if item.rules else []


def config_map(item: ConfigMap, now: datetime) -> list[Part]:
    """Keys with their values, secrets in them redacted."""
    lines = [f"{key}: {_told(key, value)}" for key, value in sorted(item.data.items())[:KEYS_SHOWN]]
    binary = [f"{key}: {size} bytes" for key, size in sorted(item.binary_sizes.items())]
    return [Code("\n".join([*lines, *binary]), file_name=f"{item.metadata.name}.txt")] if lines or binary else []


def _told(key: str, value: str) -> str:
    return VALUE if names_a_secret(key) else redact(value)


def secret(item: Secret, now: datetime) -> list[Part]:
    """Keys and sizes; never a value."""
    rows = tuple((key, f"{size} bytes") for key, size in sorted(item.sizes.items()))
    return [Table(("KEY", "SIZE"), rows)] if rows else []


_TELL: dict[type[KubeStruct], Callable[[Any, datetime], list[Part]]] = {
    Pod: pod,
    Deployment: workload,
    StatefulSet: workload,
    DaemonSet: workload,
    Node: node,
    Job: job,
    CronJob: cron_job,
    ReplicaSet: replica_set,
    ServiceAccount: service_account,
    EndpointSlice: endpoint_slice,
    PersistentVolumeClaim: claim,
    PersistentVolume: volume,
    Role: role,
    ConfigMap: config_map,
    Secret: secret,
}
