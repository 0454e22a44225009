"""rollout resume: let the rollouts of a paused deployment go on."""

from bot.commands.workloads import following
from bot.commands.workloads.find import READS
from bot.commands.workloads.following import follow_rollout
from bot.commands.workloads.marking import effect_on_workload
from bot.commands.workloads.observing import observe_workload
from bot.commands.workloads.pausing import PauseArgs, Wording, planner, set_paused
from bot.spec import Change, Risk, access

WORDING = Wording(
    verb="resume",
    doing="Resuming",
    done="Resumed",
    opposite="pause",
    meaning="what was changed while it was paused is rolled out now",
)

COMMAND = Change(
    name="rollout resume",
    summary="Let the rollouts of a paused deployment go on.",
    args=PauseArgs,
    plan=planner(False, WORDING),
    observe=observe_workload,
    apply=set_paused,
    effect=effect_on_workload,
    progress=follow_rollout,
    access=(access("apps", ["deployments"], ["get", "patch"]),),
    reads=(*READS, *following.READS),
    risk=Risk.CHANGE,
    area="Change",
    examples=("rollout resume instance-worker",),
)
