"""Operations in every state, for drawing."""

from datetime import UTC, datetime, timedelta

from bot.model.actor import Actor, Person, Subject
from bot.model.operation import Approvers, Decision, Operation, Requirements, State, Verdict
from bot.model.plan import Fact, Phase, Plan, Progress, Step
from bot.model.refs import ObjectRef

AT = datetime(2026, 3, 1, 14, 2, tzinfo=UTC)
MAYA = Actor(Person("T1", "UMAYA"), Subject("maya"))
JON = Actor(Person("T1", "UJON"), Subject("jon"))

PLAN = Plan(
    command="restart",
    line="restart deployment/instance-worker -n saasodoo",
    namespace="saasodoo",
    steps=(Step(ObjectRef("deployment", "instance-worker", "saasodoo", uid="u1"), {"uid": "u1"}, {"restart": True}),),
    title="Restart deployment/instance-worker",
    doing="Restarting deployment/instance-worker",
    done="Restarted deployment/instance-worker",
    facts=(
        Fact("Strategy", "Recreate: all 4 pods stop before new ones start"),
        Fact("Away", "about 40 s: its pods took that long to become ready"),
        Fact("Pods", "4 of 4 ready · revision 12 · image app:1.8.2"),
    ),
    warnings=("A rollout of deployment/instance-service is still running",),
)
WAY_BACK = "rollback deployment/instance-worker --to-revision 11 -n saasodoo"
RUNNING = Progress(
    Phase.RUNNING, "3 of 4 ready · waiting for instance-worker-7c9-x2x: creating its container", ready=3, wanted=4
)
STALLED = Progress(
    Phase.STALLED,
    "2 of 4 ready",
    ready=2,
    wanted=4,
    reason="instance-worker-7c9-k8d: CrashLoopBackOff, exit 1: `KeyError: 'BROKER_URL'`",
    next_line=WAY_BACK,
)
DONE = Progress(Phase.DONE, "4 of 4 ready", ready=4, wanted=4)


def decision(verdict: Verdict, reason: str = "", actor: Actor = JON) -> Decision:
    """What was decided a minute later."""
    return Decision(actor, verdict, PLAN.hash, AT + timedelta(minutes=1), reason)


def operation(
    state: State,
    *,
    plan: Plan = PLAN,
    decisions: tuple[Decision, ...] = (),
    progress: tuple[Progress | None, ...] = (),
    outcome: str = "",
    took: timedelta | None = None,
    reason: str = "stuck queue, INC-341",
) -> Operation:
    """An operation of Maya's in *state*; started at once when *took* says how long it ran."""
    started = AT + timedelta(minutes=1) if took is not None or state in (State.EXECUTING, State.APPLIED) else None
    return Operation(
        id="0b6e8f5a-6d0c-4f0e-9d0e-2f1f5d0c9a11",
        number=142,
        plan=plan,
        requester=MAYA,
        reason=reason,
        channel="C1",
        requirements=Requirements(approvals=(Approvers("sre"),), rule="workers in saasodoo"),
        state=state,
        decisions=decisions,
        progress=progress,
        outcome=outcome,
        created_at=AT,
        approve_by=AT + timedelta(hours=1),
        started_at=started,
        finished_at=started + took if started is not None and took is not None else None,
    )
