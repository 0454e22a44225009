"""Who may log in: bearer tokens and the user and groups that each stands for."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

AUTHENTICATED, UNAUTHENTICATED, MASTERS = "system:authenticated", "system:unauthenticated", "system:masters"


@dataclass(frozen=True)
class User:
    name: str
    groups: tuple[str, ...] = ()

    @property
    def is_master(self) -> bool:
        return MASTERS in self.groups


ANONYMOUS = User("system:anonymous", (UNAUTHENTICATED,))


def identity(name: str, groups: Iterable[str]) -> User:
    """Complete a user as the API server does: service accounts carry their namespaces' groups."""
    known = [*groups]
    if name.startswith("system:serviceaccount:"):
        namespace = name.split(":")[2]
        known += ["system:serviceaccounts", f"system:serviceaccounts:{namespace}"]
    if UNAUTHENTICATED not in known:
        known.append(AUTHENTICATED)
    return User(name, tuple(dict.fromkeys(known)))


class Users:
    """Tokens in memory; each start of the cluster makes new ones."""

    def __init__(self) -> None:
        self._by_token: dict[str, User] = {}

    def add(self, name: str, groups: Iterable[str] = ()) -> str:
        """Let *name* in and return the token."""
        token = secrets.token_urlsafe(24)
        self._by_token[token] = identity(name, groups)
        return token

    def revoke(self, token: str) -> None:
        """From now on the token is answered with 401."""
        self._by_token.pop(token, None)

    def holder(self, token: str) -> User | None:
        return self._by_token.get(token)
