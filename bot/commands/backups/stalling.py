"""A Job that does not start: what its node says of the folders that it mounts, and the end of it."""

from datetime import datetime, timedelta

from msgspec import structs

from bot.commands.backups.task import BACKUPS, Task, Work, task_of
from bot.diagnosis.evidence import safe, warnings_about
from bot.errors import Denied, NotFound
from bot.model.kube.jobs import Job
from bot.model.kube.pods import Pod
from bot.model.plan import Progress, Step
from bot.model.refs import ObjectRef
from bot.ports import Backends, ReadOnly

SETTLING = timedelta(seconds=30)
"""The kubelet tries a mount again within seconds: what has not healed by then is not there."""
UNMOUNTED = frozenset({"FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"})
NO_FOLDER = ("is not a directory", "no such file or directory")
"""What the kubelet says of a folder that it should mount and does not find."""

UNTOUCHED = {
    Work.BACKUP: "No backup was made.",
    Work.RESTORE: "The data is as it was.",
    Work.PRUNE: "No backup was deleted.",
}


async def unmountable(pod: Pod, task: Task, on: ReadOnly, now: datetime) -> str:
    """Why the node cannot give *pod* its folders, with what to do; empty while it may still heal."""
    made = pod.metadata.creation_timestamp
    if pod.status.phase != "Pending" or made is None or now - made < SETTLING:
        return ""
    ref = ObjectRef("pod", pod.metadata.name, pod.metadata.namespace, on.cluster.name, pod.metadata.uid)
    said = [event for event in await warnings_about(on.cluster, ref) if event.reason in UNMOUNTED]
    return _in_words(safe(said[-1].message), task, pod.spec.node_name) if said else ""


def _in_words(message: str, task: Task, node: str) -> str:
    for mount in task.mounts:
        if mount.on_node in message and any(words in message for words in NO_FOLDER):
            setting = "BACKUP_ROOT" if mount.name == BACKUPS else "BACKUP_INSTANCES and BACKUP_PREFIX"
            return (
                f"node {node} has no folder {mount.on_node}. See whether the file system is mounted there, "
                f"make the folder or correct {setting}, then ask again"
            )
    return f"node {node} cannot give it its folders: {message.rstrip('.')}. Mend that, then ask again"


async def stop(step: Step, on: Backends, seen: Progress) -> Progress:
    """Delete the Job, so that it begins nothing once nobody waits for it. One that has ended stays to be read."""
    task = task_of(step)
    try:
        job = await on.cluster.get(Job, task.job, step.target.namespace)
    except NotFound:
        return seen
    if job.completion or job.failure:
        return seen
    ref = ObjectRef("job", task.job, step.target.namespace, step.target.cluster, job.metadata.uid)
    try:
        await on.cluster.delete(ref, propagation="Foreground")
    except NotFound:
        pass
    except Denied as refusal:
        return _told(seen, f"The Job could not be stopped ({refusal}): delete job/{task.job}.")
    return _told(seen, f"The Job was stopped. {UNTOUCHED[task.work]}")


def _told(seen: Progress, more: str) -> Progress:
    return structs.replace(seen, reason=f"{seen.reason.rstrip('.')}. {more}")
