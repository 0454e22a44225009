"""A change to try the flows with: scale deployments of the versioned cluster."""

from datetime import datetime, timedelta
from typing import Any

from bot.model.actor import Actor, Person, Subject
from bot.model.operation import Approvers, Operation, Requirements
from bot.model.outgoing import Message
from bot.model.plan import Effect, Mark, Observed, Phase, Plan, Progress, Step
from bot.model.refs import ObjectRef
from bot.model.resources import DEPLOYMENT
from bot.ports import Backends, ReadOnly
from bot.ports_ledger import Proposal
from bot.spec import Args, Change, Context, Risk, access
from tests.fakes.versioned import MARK, VersionedCluster


def who(name: str, *groups: str) -> Actor:
    """A person with his subject."""
    person = Person(team_id="T1", user_id=f"U{name.upper()}", name=name)
    return Actor(person=person, subject=Subject(user=f"{name}@example.com", groups=groups))


MAYA, JON, LENA, NILS = who("maya", "sre"), who("jon", "sre"), who("lena", "leads"), who("nils")
OLGA = who("olga", "sre", "leads")
ONE_OF_SRE = Requirements(approvals=(Approvers("sre"),), rule="workers")
SRE_AND_LEADS = Requirements(approvals=(Approvers("sre"), Approvers("leads")))
AT_ONCE_LATE = Requirements(approvals=ONE_OF_SRE.approvals, approve_within_s=0)
NOBODY = Requirements()
PATIENCE = timedelta(minutes=10)


async def observe(step: Step, on: ReadOnly) -> Observed:
    """Read what the plan compares."""
    found = await on.cluster.get_object(DEPLOYMENT, step.target.name)
    metadata, spec = found["metadata"], found["spec"]
    fields = {"uid": metadata["uid"], "generation": metadata["generation"], "image": spec["image"]}
    return Observed({**fields, "replicas": spec["replicas"]}, metadata["resourceVersion"])


async def apply(step: Step, backends: Backends, mark: Mark) -> None:
    """Write the replica count with the mark."""
    metadata = {"uid": step.target.uid, "resourceVersion": mark.resource_version, "annotations": {MARK: mark.operation}}
    body = {"metadata": metadata, "spec": {"replicas": step.desired["replicas"]}}
    await backends.cluster.merge_patch(step.target, body, audit_id=mark.audit_id)


async def effect(step: Step, on: ReadOnly, mark: Mark) -> Effect:
    """Look for the mark."""
    found = await on.cluster.get_object(DEPLOYMENT, step.target.name)
    metadata = found["metadata"]
    if metadata["annotations"][MARK] == mark.operation:
        return Effect.PRESENT
    as_planned = (step.observed["uid"], step.observed["generation"])
    return Effect.ABSENT if (metadata["uid"], metadata["generation"]) == as_planned else Effect.UNCLEAR


async def progress(step: Step, on: ReadOnly, now: datetime) -> Progress:
    """Count ready pods; the image `broken` never becomes ready."""
    found = await on.cluster.get_object(DEPLOYMENT, step.target.name)
    ready, wanted = found["status"]["readyReplicas"], step.desired["replicas"]
    if found["spec"]["image"] == "broken":
        return Progress(Phase.STALLED, f"{ready} of {wanted} ready", ready, wanted, reason="ImagePullBackOff")
    phase = Phase.DONE if ready == wanted else Phase.RUNNING
    return Progress(phase, f"{ready} of {wanted} ready", ready, wanted)


async def no_plan(args: Args, ctx: Context) -> Plan:
    """Tests make their plans themselves."""
    raise NotImplementedError


SCALE: Change[Any] = Change(
    name="scale",
    summary="Scale a deployment.",
    args=Args,
    access=(access("apps", ["deployments/scale"], ["patch"]),),
    examples=("scale web --replicas 3",),
    area="Change",
    risk=Risk.CHANGE,
    plan=no_plan,
    observe=observe,
    apply=apply,
    effect=effect,
    progress=progress,
)
CHANGES = {"scale": SCALE}


def plan(
    cluster: VersionedCluster, *names: str, replicas: int = 3, patience: timedelta = timedelta(minutes=10)
) -> Plan:
    """Scale *names*, as they are now, to *replicas*."""
    return Plan(
        command="scale",
        line=f"scale {' '.join(names)} --replicas {replicas} -n shop",
        namespace="shop",
        steps=tuple(step_for(cluster, name, replicas) for name in names),
        title=f"Scale {', '.join(names)}",
        doing=f"Scaling {', '.join(names)}",
        done=f"Scaled {', '.join(names)}",
        patience=patience,
    )


def step_for(cluster: VersionedCluster, name: str, replicas: int) -> Step:
    """One step of such a plan."""
    now = cluster.deployments[name]
    return Step(
        target=ObjectRef("deployment", name, "shop", uid=now.uid),
        observed={"uid": now.uid, "generation": now.generation, "image": now.image, "replicas": now.replicas},
        desired={"replicas": replicas},
    )


def proposal(plan: Plan, *, key: str, requirements: Requirements = ONE_OF_SRE) -> Proposal:
    """Maya asks for *plan*."""
    return Proposal(key=key, plan=plan, requester=MAYA, reason="stuck queue", channel="C1", requirements=requirements)


def card(operation: Operation) -> Message:
    """A card that says the state."""
    return Message(text=f"{operation.plan.title}: {operation.state.value}")


def line(operation: Operation) -> Message:
    """A line of the thread."""
    return Message(text=f"{operation.state.value}: {operation.outcome}")


def dm(operation: Operation) -> Message:
    """What the requester hears."""
    return Message(text=f"{operation.plan.title}: {operation.state.value}: {operation.outcome}")
