"""Symptoms and incidents for tests, in few words."""

from datetime import UTC, datetime, timedelta

from bot.model.incident import Incident, IncidentState, Member
from bot.model.refs import ObjectRef
from bot.model.symptom import AT_ONCE, Cure, Fault, Symptom

NOW = datetime(2026, 5, 4, 14, 0, tzinfo=UTC)
POD_FAULT = Fault.CRASH_LOOP


def owner(name: str = "odoo-acme", kind: str = "deployment") -> ObjectRef:
    """Whom people know it by."""
    return ObjectRef(kind, name, "" if kind == "node" else "saasodoo")


def sick(
    pod: str = "odoo-acme-1",
    fault: Fault = Fault.CRASH_LOOP,
    *,
    of: ObjectRef | None = None,
    ripe_at: datetime | None = AT_ONCE,
    steady_since: datetime | None = None,
    restarts: int = 2,
    node: str = "node-1",
    exit_code: int = 1,
    since: datetime | None = NOW - timedelta(minutes=1),
) -> Symptom:
    """One symptom, by default a crash loop of odoo-acme that counts at once."""
    return Symptom(
        fault=fault,
        subject=ObjectRef("pod", pod, "saasodoo", uid=f"uid-{pod}"),
        owner=of or owner(),
        container="odoo",
        reason="CrashLoopBackOff",
        exit_code=exit_code,
        restarts=restarts,
        node=node,
        since=since,
        ripe_at=ripe_at,
        steady_since=steady_since,
    )


def lacking(of: ObjectRef | None = None) -> Symptom:
    """The owner has fewer pods than it wants."""
    return Symptom(fault=Fault.UNAVAILABLE, subject=of or owner(), owner=of or owner())


def cure(of: ObjectRef, *, at: datetime) -> Cure:
    """A later run of a job went well."""
    return Cure(fault=Fault.JOB_FAILED, owner=of, at=at)


def incident(
    of: Symptom, *, state: IncidentState = IncidentState.OPEN, ended_at: datetime | None = None, id: str = "i1"
) -> Incident:
    """An incident as it is stored for *of*."""
    return Incident(
        id=id,
        number=1,
        cluster="main",
        fault=of.fault,
        owner=of.owner,
        state=state,
        worst=of,
        members=(Member(of.subject.uid, of.subject.name, of.container, of.restarts),),
        opened_at=NOW - timedelta(minutes=5),
        ended_at=ended_at,
        version=1,
    )
