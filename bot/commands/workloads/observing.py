"""What a change of a workload was planned against, in an operator's words."""

from bot.commands.workloads.find import images_of, replicas_of, reread
from bot.commands.workloads.revisions import known_number
from bot.model.kube.workloads import DaemonSet, Deployment
from bot.model.plan import Json, Observed, Step
from bot.model.rollout import Workload
from bot.ports import ReadOnly


def fields_of(workload: Workload) -> dict[str, Json]:
    """The fields whose change makes a plan outdated; a DaemonSet's pod count follows its nodes and is none of them."""
    fields: dict[str, Json] = {"uid": workload.metadata.uid, "image": images_of(workload)}
    if not isinstance(workload, DaemonSet):
        fields["replicas"] = replicas_of(workload)
    if isinstance(workload, Deployment):
        fields["paused"] = workload.spec.paused
        if number := known_number(workload):
            fields["revision"] = number
    return {**fields, "generation": workload.metadata.generation}


async def observe_workload(step: Step, on: ReadOnly) -> Observed:
    """The same fields now. Raises NotFound.

    A revision by itself is no change: a controller numbers a template when it comes to it, and another template makes
    another generation. One that is not known tells nothing either.
    """
    workload = await reread(on.cluster, step.target)
    now, planned = fields_of(workload), step.observed
    if "revision" in planned and (now["generation"] == planned.get("generation") or not now.get("revision")):
        now["revision"] = planned["revision"]
    return Observed(fields=now, resource_version=workload.metadata.resource_version)
