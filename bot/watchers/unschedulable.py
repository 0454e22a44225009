"""unschedulable: no node takes a pod, for longer than an autoscaler needs to add one."""

from datetime import datetime, timedelta

from bot.model.kube.pods import WatchedPod
from bot.model.symptom import Fault, Symptom
from bot.spec import Watcher
from bot.watchers.owners import owner_of_pod, subject_of

PATIENCE = timedelta(minutes=5)
"""An autoscaler has a node ready by then."""


def symptoms(pod: WatchedPod, now: datetime) -> list[Symptom]:
    """The pod, if the scheduler found no node for it; one that waits behind a gate is meant to wait."""
    if pod.metadata.deletion_timestamp is not None or pod.spec.node_name:
        return []
    for condition in pod.status.conditions:
        if condition.type == "PodScheduled" and condition.status == "False" and condition.reason == "Unschedulable":
            since = condition.last_transition_time or pod.metadata.creation_timestamp or now
            return [
                Symptom(
                    fault=Fault.UNSCHEDULABLE,
                    subject=subject_of("pod", pod.metadata),
                    owner=owner_of_pod(pod.metadata),
                    reason=condition.reason,
                    message=condition.message,
                    since=since,
                    ripe_at=since + PATIENCE,
                )
            ]
    return []


WATCHER = Watcher(
    name="unschedulable",
    summary="No node has taken a pod for 5 minutes.",
    kind=WatchedPod,
    symptoms=symptoms,
    tells=(Fault.UNSCHEDULABLE,),
)
