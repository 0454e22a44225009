"""kubectl get serviceaccounts, roles, rolebindings."""

from datetime import datetime

from bot.commands.look.columns.column import UNKNOWN, Column, View, age_of, name
from bot.model.kube.rbac import Role, RoleBinding, ServiceAccount
from bot.model.resources import ROLE, ROLE_BINDING, SERVICE_ACCOUNT


def _created(role: Role, now: datetime) -> str:
    created = role.metadata.creation_timestamp
    return created.strftime("%Y-%m-%dT%H:%M:%SZ") if created else UNKNOWN


def _subjects(binding: RoleBinding, kind: str) -> str:
    return ", ".join(
        f"{one.namespace}/{one.name}" if kind == "ServiceAccount" else one.name
        for one in binding.subjects
        if one.kind == kind
    )


VIEWS = (
    View[ServiceAccount](
        SERVICE_ACCOUNT,
        ServiceAccount,
        (
            Column("NAME", name),
            Column("SECRETS", lambda it, now: str(len(it.secrets))),
            Column("AGE", age_of),
        ),
    ),
    View[Role](ROLE, Role, (Column("NAME", name), Column("CREATED AT", _created))),
    View[RoleBinding](
        ROLE_BINDING,
        RoleBinding,
        (
            Column("NAME", name),
            Column("ROLE", lambda it, now: f"{it.role_ref.kind}/{it.role_ref.name}"),
            Column("AGE", age_of),
            Column("USERS", lambda it, now: _subjects(it, "User"), wide=True),
            Column("GROUPS", lambda it, now: _subjects(it, "Group"), wide=True),
            Column("SERVICEACCOUNTS", lambda it, now: _subjects(it, "ServiceAccount"), wide=True),
        ),
    ),
)
