"""Incidents: opens, edits and ends them as findings come and go, each in one transaction with what people see of it.

Guarantees, for whoever holds the Lease:
- One standing incident per cluster, owner and fault; the database refuses a second.
- What is stored is shown: the message's intent is in the outbox in the same transaction.
- Fenced: a process that no longer leads stores nothing.
- Already failing at the start is told once; what is known stays silent.
"""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from bot.diagnosis.evidence import safe
from bot.engine.explaining import Explaining
from bot.engine.findings import Findings, place_of
from bot.engine.incident_notices import MANY, IncidentNotices
from bot.engine.reconciling import Case, Decision, Rules, reconcile
from bot.engine.remedies import remedy_of
from bot.model.incident import Incident, IncidentState, Told
from bot.model.symptom import Fault, Symptom
from bot.model.view import View
from bot.ports import Clock
from bot.ports_ledger import Ledger

EDITED_EVERY = timedelta(seconds=5)
"""A storm of pods is one card that counts them; Slack takes about an edit a second over the whole workspace."""
NOTED_EVERY = timedelta(seconds=5)
"""How the cluster is seen, said this often: what `status` tells of it is no older."""
ROUND_EVERY_S = 0.05
"""Between two looks while things keep changing: all changes in between are one look; a lone one waits for none."""

Channels = Callable[[str], tuple[str, ...]]
"""Namespace → the channels that its incidents are shown in; empty: what belongs to no namespace."""


@dataclass
class Incidents:
    """One cluster, during one term."""

    ledger: Ledger
    cluster: str
    epoch: int
    findings: Findings
    explaining: Explaining
    channels: Channels
    clock: Clock
    rules: Rules
    notices: IncidentNotices
    calm: dict[str, datetime] = field(default_factory=dict)
    edited_at: dict[str, datetime] = field(default_factory=dict)
    noted: View | None = None
    """What was said last of how the cluster is seen."""

    async def turn(self) -> None:
        """Wait until something may differ, and make it so. Raises Fenced, Unreachable."""
        clock = asyncio.get_running_loop()
        began = clock.time()
        self.findings.changed.clear()
        again_at = await self.round()
        try:
            async with asyncio.timeout(max((again_at - self.clock.now()).total_seconds(), 0.0)):
                await self.findings.changed.wait()
        except TimeoutError:
            self.findings.forget_what_is_over()
        await asyncio.sleep(began + ROUND_EVERY_S - clock.time())

    async def round(self) -> datetime:
        """Compare and store what follows; say when to look again though nothing happens."""
        now = self.clock.now()
        moments = [await self._note_view(now)]
        stored = await self.ledger.incidents(self.cluster, ended_since=now - self.rules.reopen_within)
        seen = self.findings
        decision = reconcile(
            seen, stored, now, rules=self.rules, calm=self.calm, may_open=seen.may_open, may_end=seen.may_end
        )
        self.calm = dict(decision.calm)
        await self._begin(decision, now)
        for incident in decision.ended:
            await self._end(incident, now)
        moments += [] if decision.look_again_at is None else [decision.look_again_at]
        for incident, wanted in self._edits(decision, stored):
            due = self.edited_at.get(incident.id, incident.opened_at) + EDITED_EVERY
            if due <= now:
                await self._edit(incident, wanted, now)
            else:
                moments.append(due)
        return min(moments)

    async def _note_view(self, now: datetime) -> datetime:
        """Say how the cluster is seen: when that changes, and from time to time, for silence means that nobody sees.

        Returns when it is to be said again.
        """
        seen, last = View(now, self.findings.complaints, self.findings.streams(now)), self.noted
        if last is None or last.extent != seen.extent or now - last.at >= NOTED_EVERY:
            await self.ledger.note_view(self.cluster, self.epoch, seen)
            self.noted = last = seen
        return last.at + NOTED_EVERY

    def _edits(self, decision: Decision, stored: Sequence[Incident]) -> list[tuple[Incident, Incident]]:
        """What is stored, and what it is to be; last what nothing could be found out about yet."""
        edits = [(one, _with(one, case)) for one, case in decision.changed]
        edits += [(one, msgspec.structs.replace(one, members=())) for one in decision.emptied]
        busy = {one.id for one, _ in edits} | {one.id for one in decision.ended}
        unclear = [one for one in stored if one.is_standing and one.id not in busy]
        return edits + [(one, one) for one in unclear if self.explaining.is_worth_a_try(one)]

    async def _begin(self, decision: Decision, now: datetime) -> None:
        """Look into everything new at once, then store one after the other."""
        drafts = [self._draft(case, now) for case in decision.opened]
        drafts += [_reopened(incident, case) for incident, case in decision.reopened]
        if len(decision.opened) >= MANY:
            async with self.ledger.transaction() as tx:
                await tx.lead(self.cluster, self.epoch)
                await self.notices.sum_up(tx, drafts[: len(decision.opened)])
        for draft in await self.explaining.all(drafts):
            await self._store_new(draft) if draft.version == 0 else await self._store_again(draft)

    def _draft(self, case: Case, now: datetime) -> Incident:
        worst = case.worst
        return Incident(
            id=str(uuid.uuid4()),
            cluster=self.cluster,
            fault=worst.fault,
            owner=msgspec.structs.replace(worst.owner, cluster=self.cluster),
            channels=self.channels(worst.owner.namespace),
            worst=_safe(worst),
            members=case.members,
            opened_at=now,
        )

    async def _store_new(self, draft: Incident) -> None:
        async with self.ledger.transaction() as tx:
            await tx.lead(self.cluster, self.epoch)
            if (stored := await tx.insert_incident(draft)) is not None:
                await self.notices.tell(tx, stored, Told.OPENED)

    async def _store_again(self, draft: Incident) -> None:
        async with self.ledger.transaction() as tx:
            await tx.lead(self.cluster, self.epoch)
            await tx.lock_incident(draft.id)
            await self.notices.tell(tx, await tx.save_incident(draft), Told.REOPENED)

    async def _edit(self, incident: Incident, wanted: Incident, now: datetime) -> None:
        """Bring the stored incident up to date; only another cause is looked into and told in the thread."""
        is_new_cause = wanted.worst.cause != incident.worst.cause
        if is_new_cause or incident.diagnosis is None:
            wanted = await self.explaining.explained(wanted)
        async with self.ledger.transaction() as tx:
            await tx.lead(self.cluster, self.epoch)
            current = await tx.lock_incident(incident.id)
            if not current.is_standing:
                return
            changed = msgspec.structs.replace(
                current, worst=wanted.worst, members=wanted.members, diagnosis=wanted.diagnosis or current.diagnosis
            )
            if changed != current:
                await self.notices.tell(
                    tx, await tx.save_incident(changed), Told.OTHER_CAUSE if is_new_cause else Told.EDITED
                )
        self.edited_at[incident.id] = now

    async def _end(self, incident: Incident, now: datetime) -> None:
        is_gone = incident.fault is Fault.JOB_FAILED and not self._is_cured(incident)
        is_gone = is_gone or place_of(incident.owner) in self.findings.gone
        remedy = None if is_gone else await remedy_of(self.ledger, incident)
        async with self.ledger.transaction() as tx:
            await tx.lead(self.cluster, self.epoch)
            current = await tx.lock_incident(incident.id)
            if not current.is_standing:
                return
            ended = msgspec.structs.replace(
                current,
                state=IncidentState.GONE if is_gone else IncidentState.HEALED,
                ended_at=now,
                members=(),
                remedy=remedy,
                snoozed_until=None,
            )
            await self.notices.tell(tx, await tx.save_incident(ended), Told.ENDED)
        self.edited_at.pop(incident.id, None)
        self.explaining.forget(incident)

    def _is_cured(self, incident: Incident) -> bool:
        return any(
            place_of(one.owner) == place_of(incident.owner) and one.fault is incident.fault
            for one in self.findings.cures
        )


def _with(incident: Incident, case: Case) -> Incident:
    return msgspec.structs.replace(incident, worst=_safe(case.worst), members=case.members)


def _safe(worst: Symptom) -> Symptom:
    """As it may be stored and shown."""
    return msgspec.structs.replace(worst, message=safe(worst.message))


def _reopened(incident: Incident, case: Case) -> Incident:
    return msgspec.structs.replace(
        _with(incident, case),
        state=IncidentState.OPEN,
        ended_at=None,
        remedy=None,
        acknowledged_by=None,
        reopened=incident.reopened + 1,
        diagnosis=None,
    )
