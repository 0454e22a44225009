"""node_not_ready: a node says that it is not ready, or says nothing at all."""

from datetime import datetime, timedelta

from bot.model.kube.nodes import Node
from bot.model.refs import ObjectRef
from bot.model.symptom import Fault, Symptom
from bot.spec import Watcher
from bot.watchers.owners import subject_of

PATIENCE = timedelta(seconds=30)
"""A kubelet that restarts is ready again by then."""


def symptoms(node: Node, now: datetime) -> list[Symptom]:
    """The node, if it is not ready."""
    ready = node.ready
    if ready is None or ready.status == "True":
        return []
    since = ready.last_transition_time or now
    return [
        Symptom(
            fault=Fault.NODE_NOT_READY,
            subject=subject_of("node", node.metadata),
            owner=ObjectRef("node", node.metadata.name),
            reason=ready.reason,
            message=ready.message,
            node=node.metadata.name,
            since=since,
            ripe_at=since + PATIENCE,
        )
    ]


WATCHER = Watcher(
    name="node_not_ready",
    summary="A node is not ready, or not heard of, for 30 seconds.",
    kind=Node,
    symptoms=symptoms,
    tells=(Fault.NODE_NOT_READY,),
)
