"""backup_overdue: the newest backup of an instance is older than it may become, or there is none."""

from datetime import datetime

from bot.model.backup import KeptInstance
from bot.model.durations import spoken
from bot.model.refs import ObjectRef
from bot.model.symptom import Fault, Symptom
from bot.spec import Watcher
from bot.watchers.owners import subject_of


def symptoms(instance: KeptInstance, now: datetime) -> list[Symptom]:
    """What is overdue. It says the same until there is another backup, so that nothing is told twice."""
    if instance.due_at is not None and now < instance.due_at:
        return []
    has = f"Its newest backup is {instance.newest}" if instance.newest else "It has no backup"
    since = instance.due_at or now
    return [
        Symptom(
            fault=Fault.BACKUP_OVERDUE,
            subject=subject_of("instance", instance.metadata),
            owner=ObjectRef("deployment", instance.deployment, instance.metadata.namespace),
            message=f"{has}; one is due every {spoken(instance.every)}",
            since=since,
            ripe_at=since,
        )
    ]


WATCHER = Watcher(
    name="backup_overdue",
    summary="The newest backup of an instance is overdue.",
    kind=KeptInstance,
    symptoms=symptoms,
    tells=(Fault.BACKUP_OVERDUE,),
)
"""Not one of `WATCHERS`: the cluster knows nothing of it. It is asked where there are storage nodes."""
