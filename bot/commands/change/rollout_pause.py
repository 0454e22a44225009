"""rollout pause: changes of the template wait until it is resumed."""

from bot.commands.workloads.find import READS
from bot.commands.workloads.marking import effect_on_workload
from bot.commands.workloads.observing import observe_workload
from bot.commands.workloads.pausing import PauseArgs, Wording, paused_now, planner, set_paused
from bot.spec import Change, Risk, access

WORDING = Wording(
    verb="pause",
    doing="Pausing",
    done="Paused",
    opposite="resume",
    meaning="pods keep running; new templates, restarts and rollbacks wait until it is resumed",
)

COMMAND = Change(
    name="rollout pause",
    summary="Hold back further rollouts of a deployment.",
    args=PauseArgs,
    plan=planner(True, WORDING),
    observe=observe_workload,
    apply=set_paused,
    effect=effect_on_workload,
    progress=paused_now,
    access=(access("apps", ["deployments"], ["get", "patch"]),),
    reads=READS,
    risk=Risk.CHANGE,
    area="Change",
    examples=("rollout pause instance-worker",),
)
