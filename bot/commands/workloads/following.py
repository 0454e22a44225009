"""Follow a rollout: kubectl's rules for how far it is, and the worst pod for why it waits."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import structs

from bot.commands import names
from bot.commands.workloads.find import reread
from bot.commands.workloads.last_words import with_last_words
from bot.commands.workloads.pods import newest_pods, pods_of
from bot.commands.workloads.revisions import before, current_number, revisions
from bot.diagnosis.evidence import warnings_about
from bot.diagnosis.image_pull import pull_fault, registry_words
from bot.errors import NotFound
from bot.model.kube.meta import Condition
from bot.model.kube.pods import Pod
from bot.model.kube.workloads import Deployment
from bot.model.plan import Phase, Progress, Step
from bot.model.pod_status import is_ready
from bot.model.pod_trouble import Trouble, Weight, worst
from bot.model.refs import ObjectRef
from bot.model.rollout import Workload, condition, is_observed, rollout
from bot.ports import ClusterReader, ReadOnly
from bot.spec import access

READS = (
    access("apps", ["replicasets", "controllerrevisions"], ["list"]),
    access("", ["pods"], ["list"]),
    access("", ["pods/log"], ["get"]),
    access("", ["events"], ["list"]),
)
"""What following reads on the bot's own account."""


LATELY = timedelta(minutes=5)
"""A controller tries again ever more seldom; what it said earlier may be mended."""


async def follow_rollout(step: Step, on: ReadOnly, now: datetime) -> Progress:
    """One look at a workload that is being rolled out."""
    try:
        workload = await reread(on.cluster, step.target)
    except NotFound:
        return gone(step)
    if workload.metadata.uid != step.target.uid:
        return gone(step)
    pods = await pods_of(on.cluster, workload)
    newest = await newest_pods(on.cluster, workload, pods)
    found = await with_last_words(worst(newest), on, step.target.namespace)
    refused = "" if found else await _refused(on.cluster, workload, step.target, now)
    at = look(workload, newest, found, refused)
    return at if at.phase is not Phase.STALLED else structs.replace(at, next_line=await way_back(on.cluster, workload))


def look(workload: Workload, newest: Sequence[Pod], found: Trouble | None, refused: str = "") -> Progress:
    """What people read: counts first, then who is waited for; a hopeless new pod stalls the rollout at once.

    *refused*: why pods were not created lately, by an event, which is no proof that it is so now.
    """
    at = rollout(workload)
    if at.phase is Phase.DONE:
        return Progress(Phase.DONE, f"{at.ready} of {at.wanted} ready", ready=at.ready, wanted=at.wanted)
    if not is_observed(workload):  # pods and conditions are still those of the spec before
        return Progress(Phase.RUNNING, f"0 of {at.wanted} ready · {at.line}", wanted=at.wanted)
    count = min(at.ready, sum(is_ready(pod) for pod in newest))  # old pods are ready too and do not count
    ready = f"{count} of {at.wanted} ready"
    reason = _stalls(workload, found)
    if reason or at.phase is Phase.STALLED:
        why = reason or (found.line if found else refused or at.line)
        return Progress(Phase.STALLED, ready, ready=count, wanted=at.wanted, reason=why)
    waiting = f"waiting for {found.line}" if found else refused or at.line
    return Progress(Phase.RUNNING, f"{ready} · {waiting}", ready=count, wanted=at.wanted)


def _stalls(workload: Workload, found: Trouble | None) -> str:
    """Why waiting longer will not help; empty where it may."""
    if found is not None and found.weight is Weight.HOPELESS:
        return f"{found.pod}: {_in_words(found.text)}"
    refused = _creation_failure(workload)
    return f"pods cannot be created: {refused.said}" if refused else ""


def _in_words(text: str) -> str:
    """A pull that failed as what it means and the registry's own words; anything else as it is."""
    reason, _, said = text.partition(", ")
    if reason not in _PULLS:
        return text
    words = registry_words(said).replace("`", "’")
    return f"{reason}: {pull_fault(reason, said).likely}" + (f": `{words}`" if words else "")


_PULLS = {"ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"}
"""Waiting reasons whose message is the runtime's, wrapped by every layer above."""


def gone(step: Step) -> Progress:
    """The object was deleted, or another has its name now."""
    reason = f"{step.target} was deleted while it was being followed"
    return Progress(Phase.STALLED, "deleted", reason=reason)


async def way_back(cluster: ClusterReader, workload: Workload) -> str:
    """The line that brings back the last revision of other pods; empty where none is kept."""
    found = await revisions(cluster, workload)
    current = next((one for one in found if one.number == current_number(workload, found)), None)
    earlier = before(found, current) if current else None
    if earlier is None:
        return ""
    meta = workload.metadata
    target = f"{type(workload).__name__.lower()}/{meta.name}"
    return names.line("rollback", target, "--to-revision", str(earlier.number), namespace=meta.namespace)


async def _refused(cluster: ClusterReader, workload: Workload, target: ObjectRef, now: datetime) -> str:
    """What admission said lately against new pods of a workload that has no condition for it; empty where nothing."""
    if isinstance(workload, Deployment) or rollout(workload).phase is not Phase.RUNNING:
        return ""
    for event in reversed(await warnings_about(cluster, target)):
        if event.reason == "FailedCreate" and event.last_seen is not None and now - event.last_seen < LATELY:
            return f"pods cannot be created: {event.said.partition(' error: ')[2] or event.said}"
    return ""


def _creation_failure(workload: Workload) -> Condition | None:
    """A quota or webhook that refuses new pods."""
    failure = condition(workload, "ReplicaFailure") if isinstance(workload, Deployment) else None
    return failure if failure is not None and failure.status == "True" else None
