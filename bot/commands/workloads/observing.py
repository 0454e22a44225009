"""What a change of a workload was planned against, in an operator's words."""

from bot.commands.workloads.find import images_of, replicas_of, reread
from bot.commands.workloads.revisions import current_number
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
        fields["revision"] = current_number(workload, ())
    return {**fields, "generation": workload.metadata.generation}


async def observe_workload(step: Step, on: ReadOnly) -> Observed:
    """The same fields now. Raises NotFound."""
    workload = await reread(on.cluster, step.target)
    return Observed(fields=fields_of(workload), resource_version=workload.metadata.resource_version)
