"""Reconcile: from what is wrong now and which incidents stand, what is to be opened, edited and ended. Pure.

It compares two states and needs no history: after a restart, a relist or a change of leaders the same comparison gives
the same incidents. What it cannot know is what came and went while nobody looked.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model.incident import Incident, IncidentKey, Member, key_of
from bot.model.symptom import Cure, Fault, Finding, Symptom

OF_PODS = frozenset({Fault.CRASH_LOOP, Fault.OOM_KILLED, Fault.IMAGE_PULL, Fault.CONFIG_ERROR, Fault.UNSCHEDULABLE})
"""Faults that a workload without all its pods is not yet well of."""


@dataclass(frozen=True)
class Rules:
    """How long things must last."""

    settle: timedelta = timedelta(minutes=10)
    """The kubelet forgets a container's crashes after so long a run."""
    quiet: timedelta = timedelta(seconds=15)
    """A pod that replaces a crashing one looks well until it crashes too, which takes a few seconds."""
    reopen_within: timedelta = timedelta(minutes=10)
    """Wrong again so soon, it is the same incident."""


@dataclass(frozen=True)
class Case:
    """All symptoms of one key, the worst first."""

    symptoms: tuple[Symptom, ...]

    @property
    def worst(self) -> Symptom:
        """The one to speak of: wrong now before running again, then the most restarts, then by name."""
        return self.symptoms[0]

    @property
    def members(self) -> tuple[Member, ...]:
        """The objects that show it, by name."""
        return tuple(
            Member(one.subject.uid, one.subject.name, one.container, one.restarts)
            for one in sorted(self.symptoms, key=lambda one: (one.subject.name, one.container))
        )


@dataclass(frozen=True)
class Decision:
    """What is to be done."""

    opened: tuple[Case, ...] = ()
    reopened: tuple[tuple[Incident, Case], ...] = ()
    changed: tuple[tuple[Incident, Case], ...] = ()
    emptied: tuple[Incident, ...] = ()
    """No object shows it any more, but its owner still lacks pods."""
    ended: tuple[Incident, ...] = ()
    calm: Mapping[str, datetime] = field(default_factory=dict)
    """Incident id → since when nothing is wrong with it; to be handed in the next time."""
    look_again_at: datetime | None = None
    """When the answer may differ though nothing happens."""


def reconcile(
    findings: Iterable[Finding],
    incidents: Sequence[Incident],
    now: datetime,
    *,
    rules: Rules,
    calm: Mapping[str, datetime],
    may_open: Callable[[Fault], bool],
    may_end: Callable[[Fault, str], bool],
) -> Decision:
    """Compare. *incidents*: those that stand and those that ended lately; *may_open*, *may_end*: what the view allows.

    What stands explains as well as what is found: another process may not have read it yet.
    """
    symptoms, moments = _counting(findings, now, rules)
    cases = _cases(symptoms)
    standing = {one.key: one for one in incidents if one.is_standing}
    lately = {one.key: one for one in incidents if one.ended_at and now - one.ended_at < rules.reopen_within}
    known = {**{key: one.worst for key, one in standing.items()}, **{key: case.worst for key, case in cases.items()}}
    lost = {worst.node for key, worst in known.items() if key[0] is Fault.NODE_NOT_READY}
    rising = {
        key: case
        for key, case in cases.items()
        if key not in standing and _is_due(case, now) and not _is_explained(case.worst, known, lost)
        if may_open(case.worst.fault)
    }
    unseen = [one for key, one in standing.items() if key not in cases]
    waiting = _lacking_pods(unseen, symptoms)
    well = [one for one in unseen if one not in waiting]
    calm = {one.id: calm.get(one.id, now) for one in well if may_end(one.fault, one.owner.namespace)}
    ended = [one for one in well if one.id in calm and now - calm[one.id] >= rules.quiet]
    moments += [calm[one.id] + rules.quiet for one in well if one.id in calm and one not in ended]
    again = [(lately[key], case) for key, case in rising.items() if key in lately]
    return Decision(
        opened=tuple(case for key, case in rising.items() if key not in lately),
        reopened=tuple((before, case) for before, case in again if not _is_the_same(before, case)),
        changed=tuple((one, cases[key]) for key, one in standing.items() if key in cases and _differs(one, cases[key])),
        emptied=tuple(one for one in waiting if one.members and may_end(one.fault, one.owner.namespace)),
        ended=tuple(ended),
        calm=calm,
        look_again_at=min(moments, default=None),
    )


def _counting(findings: Iterable[Finding], now: datetime, rules: Rules) -> tuple[list[Symptom], list[datetime]]:
    """The symptoms that count, and the moments at which that changes by itself."""
    symptoms = []
    cured: dict[IncidentKey, datetime] = {}
    for one in findings:
        match one:
            case Symptom():
                symptoms.append(one)
            case Cure():
                key = (one.fault, *_owner(one))
                cured[key] = max(one.at, cured.get(key, one.at))
    counting = []
    moments = []
    for one in symptoms:
        if one.since is not None and (at := cured.get(key_of(one))) is not None and one.since <= at:
            continue
        if one.steady_since is not None and now >= one.steady_since + rules.settle:
            continue
        counting.append(one)
        if one.steady_since is not None:
            moments.append(one.steady_since + rules.settle)
        if one.ripe_at is not None and one.ripe_at > now:
            moments.append(one.ripe_at)
    return counting, moments


def _cases(symptoms: Sequence[Symptom]) -> dict[IncidentKey, Case]:
    grouped: dict[IncidentKey, list[Symptom]] = defaultdict(list)
    for one in symptoms:
        if one.fault is not Fault.UNAVAILABLE:
            grouped[key_of(one)].append(one)
    return {key: Case(tuple(sorted(found, key=_gravity))) for key, found in grouped.items()}


def _gravity(one: Symptom) -> tuple[bool, bool, int, str, str]:
    return (one.steady_since is not None, one.ripe_at is None, -one.restarts, one.subject.name, one.container)


def _is_due(case: Case, now: datetime) -> bool:
    return any(one.ripe_at is not None and one.ripe_at <= now for one in case.symptoms)


def _lacking_pods(unseen: Iterable[Incident], symptoms: Iterable[Symptom]) -> list[Incident]:
    """Those of pods whose workload has not all of them back: the next may fail like the last."""
    owners = {_owner(one) for one in symptoms if one.fault is Fault.UNAVAILABLE}
    return [one for one in unseen if one.fault in OF_PODS and one.key[1:] in owners]


def _is_explained(one: Symptom, known: Collection[IncidentKey], lost: Collection[str]) -> bool:
    """Whether something bigger that is wrong too says it all: a *lost* node of its pods, a crash of its rollout."""
    if one.fault is Fault.ROLLOUT_STALLED:
        return any((fault, *_owner(one)) in known for fault in OF_PODS)
    return bool(lost) and (one.fault is Fault.UNSCHEDULABLE or (one.fault in OF_PODS and one.node in lost))


def _is_the_same(ended: Incident, case: Case) -> bool:
    """Whether a job's failure is the very one that was told and is over: its object is still being remembered."""
    if ended.fault is not Fault.JOB_FAILED or ended.ended_at is None:
        return False
    return all(one.since is not None and one.since <= ended.ended_at for one in case.symptoms)


def _differs(incident: Incident, case: Case) -> bool:
    """Whether the card would say something else."""
    return incident.members != case.members or incident.worst.cause != case.worst.cause


def _owner(one: Symptom | Cure) -> tuple[str, str, str]:
    return (one.owner.kind, one.owner.namespace, one.owner.name)
