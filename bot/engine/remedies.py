"""Which operations on the same object stand beside an incident: the last before it, and the last before its end.

Neither is proof of anything; both are what people ask first.
"""

from datetime import timedelta

from bot.model.durations import spoken
from bot.model.incident import Incident, Remedy
from bot.model.operation import DID_SOMETHING, Operation, Verdict
from bot.ports_ledger import Ledger

LOOKED_AT = 50
"""Operations of the whole team in the time that an incident lasts."""
SHORTLY = timedelta(hours=1)
"""An older deed is hardly what people look for."""


async def deed_before(ledger: Ledger, incident: Incident) -> str:
    """`Restarted deployment/odoo-acme by maya, 40 s before`; empty where nobody did anything (raises Unreachable)."""
    for one in await ledger.operations(states=DID_SOMETHING, limit=LOOKED_AT):
        before = incident.opened_at - one.started_at if one.started_at is not None else SHORTLY
        if _is_on(one, incident) and timedelta() <= before < SHORTLY:
            return f"{one.plan.done} by {one.requester.called}, {spoken(before)} before"
    return ""


async def remedy_of(ledger: Ledger, incident: Incident) -> Remedy | None:
    """The newest one since the incident opened (raises Unreachable)."""
    newest = await ledger.operations(states=DID_SOMETHING, limit=LOOKED_AT)
    since = (one for one in newest if one.started_at is not None and one.started_at >= incident.opened_at)
    return next((_told(one) for one in since if _is_on(one, incident)), None)


def _is_on(operation: Operation, incident: Incident) -> bool:
    owner = incident.owner
    return any(
        (step.target.kind, step.target.namespace, step.target.name, step.target.cluster)
        == (owner.kind, owner.namespace, owner.name, incident.cluster)
        for step in operation.plan.steps
    )


def _told(operation: Operation) -> Remedy:
    return Remedy(
        done=operation.plan.done,
        number=operation.number,
        requester=operation.requester,
        approvers=tuple(one.actor for one in operation.decisions if one.verdict is Verdict.APPROVE),
    )
