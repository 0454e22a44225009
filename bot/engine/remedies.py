"""Which operation went before a recovery: the last one on the same object that did something since it was wrong."""

from bot.model.incident import Incident, Remedy
from bot.model.operation import Operation, State, Verdict
from bot.ports_ledger import Ledger

DID_SOMETHING = (State.APPLIED, State.SUCCEEDED, State.DEGRADED)
LOOKED_AT = 50
"""Operations of the whole team in the time that an incident lasts."""


async def remedy_of(ledger: Ledger, incident: Incident) -> Remedy | None:
    """The newest such operation (raises Unreachable)."""
    newest = await ledger.operations(states=DID_SOMETHING, limit=LOOKED_AT)
    return next((_told(one) for one in newest if _is_on(one, incident)), None)


def _is_on(operation: Operation, incident: Incident) -> bool:
    owner = incident.owner
    if operation.started_at is None or operation.started_at < incident.opened_at:
        return False
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
