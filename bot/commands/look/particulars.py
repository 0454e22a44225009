"""The labelled lines that `kubectl describe` has of a kind beside its columns: pure, in kubectl's words."""

from collections.abc import Sequence

from bot.commands.look.columns.column import NONE
from bot.commands.look.placing import node_selector_text
from bot.model.kube.jobs import CronJob, Job
from bot.model.kube.pods import Pod
from bot.model.kube.rbac import ServiceAccount
from bot.model.kube.storage import PersistentVolume, PersistentVolumeClaim
from bot.model.kube.workloads import DaemonSet, Deployment, ReplicaSet, StatefulSet
from bot.model.plan import Fact
from bot.model.redaction import redact

UNSET = "<unset>"


def of_pod(item: Pod) -> list[Fact]:
    """What few pods have: a priority, a message, an end that was asked for."""
    leaves = f"{item.metadata.deletion_grace_period_seconds}s" if item.metadata.deletion_timestamp else ""
    return [
        *([Fact("Priority", str(item.spec.priority))] if item.spec.priority else []),
        *([Fact("Termination grace period", leaves)] if leaves else []),
    ]


def of_deployment(item: Deployment) -> list[Fact]:
    """How many pods are how far, and how a rollout goes."""
    status, rolling = item.status, item.spec.strategy.rolling_update
    replicas = (
        f"{item.spec.replicas} desired | {status.updated_replicas} updated | {status.replicas} total | "
        f"{status.available_replicas} available | {status.unavailable_replicas} unavailable"
    )
    surge = f"{rolling.max_unavailable} max unavailable, {rolling.max_surge} max surge" if rolling else ""
    return [
        Fact("Replicas", replicas),
        *([Fact("Rolling update", surge)] if surge else []),
        Fact("Min ready seconds", str(item.spec.min_ready_seconds)),
    ]


def of_stateful_set(item: StatefulSet) -> list[Fact]:
    """How many pods it has, and from which on they are updated."""
    rolling = item.spec.update_strategy.rolling_update
    partition = rolling.partition if rolling else None
    return [
        Fact("Selector", item.spec.selector.text or NONE),
        Fact("Replicas", f"{item.spec.replicas} desired | {item.status.replicas} total"),
        *([Fact("Partition", str(partition))] if partition is not None else []),
    ]


def of_daemon_set(item: DaemonSet) -> list[Fact]:
    """Where it runs, and where it should not."""
    return [
        Fact("Node selector", node_selector_text(item.spec.template.spec.node_selector)),
        Fact("Misscheduled", str(item.status.number_misscheduled)),
    ]


def of_replica_set(item: ReplicaSet) -> list[Fact]:
    """Whose it is, and how many pods it has."""
    owner = item.metadata.controller
    return [
        Fact("Controlled by", f"{owner.kind}/{owner.name}" if owner else NONE),
        Fact("Replicas", f"{item.status.replicas} current / {item.spec.replicas} desired"),
    ]


def of_job(item: Job) -> list[Fact]:
    """How many pods it makes, and how they ended."""
    spec, status = item.spec, item.status
    deadline, owner = spec.active_deadline_seconds, item.metadata.controller
    return [
        *([Fact("Controlled by", f"{owner.kind}/{owner.name}")] if owner else []),
        Fact("Parallelism", _or_unset(spec.parallelism)),
        Fact("Completion mode", spec.completion_mode),
        Fact("Suspend", str(spec.suspend).lower()),
        Fact("Backoff limit", _or_unset(spec.backoff_limit)),
        *([Fact("Active deadline seconds", f"{deadline}s")] if deadline is not None else []),
        Fact(
            "Pods statuses",
            f"{status.active} Active ({status.ready} Ready) / {status.succeeded} Succeeded / {status.failed} Failed",
        ),
        *([Fact("Completed indexes", status.completed_indexes or NONE)] if spec.completion_mode == "Indexed" else []),
    ]


def of_cron_job(item: CronJob) -> list[Fact]:
    """What happens when runs overlap, are missed or end."""
    spec, job, late = item.spec, item.spec.job_template.spec, item.spec.starting_deadline_seconds
    return [
        Fact("Concurrency policy", spec.concurrency_policy),
        Fact("Successful job history limit", _or_unset(spec.successful_jobs_history_limit)),
        Fact("Failed job history limit", _or_unset(spec.failed_jobs_history_limit)),
        Fact("Starting deadline seconds", UNSET if late is None else f"{late}s"),
        Fact("Parallelism", _or_unset(job.parallelism)),
        Fact("Completions", _or_unset(job.completions)),
        Fact("Active jobs", _names([one.name for one in item.status.active])),
    ]


def of_service_account(item: ServiceAccount) -> list[Fact]:
    """What it hands to pods."""
    return [
        Fact("Image pull secrets", _names([one.name for one in item.image_pull_secrets])),
        Fact("Mountable secrets", _names([one.name for one in item.secrets])),
    ]


def of_claim(item: PersistentVolumeClaim) -> list[Fact]:
    """What keeps it where it was deleted."""
    return [Fact("Finalizers", _names(item.metadata.finalizers))]


def of_volume(item: PersistentVolume) -> list[Fact]:
    """Where its data is, and what keeps it where it was deleted."""
    path, message = item.spec.host_path, item.status.message
    return [
        *([Fact("Source", f"HostPath {path.path}")] if path else []),
        Fact("Finalizers", _names(item.metadata.finalizers)),
        *([Fact("Message", redact(message))] if message else []),
    ]


def _or_unset(number: int | None) -> str:
    return UNSET if number is None else str(number)


def _names(found: Sequence[str]) -> str:
    return ", ".join(found) or NONE
