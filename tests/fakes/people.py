"""A directory of Slack people, and a cluster that answers SubjectAccessReviews, both from plain tables."""

from dataclasses import dataclass, field, replace
from typing import Any

from bot.errors import NotFound, Unreachable
from bot.model.actor import Person, Subject
from bot.ports import Permission

TEAM = "T1"


def person(user_id: str, **flags: Any) -> Person:
    """An ordinary member of our team, but for *flags*."""
    return Person(team_id=TEAM, user_id=user_id, name=user_id.lower(), **flags)


@dataclass
class FakeDirectory:
    """People by id; counts who was asked anew."""

    people: dict[str, Person] = field(default_factory=dict)
    asked_fresh: list[str] = field(default_factory=list)
    is_down: bool = False
    joined: dict[str, frozenset[str]] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)

    async def person(self, team_id: str, user_id: str, *, fresh: bool = False) -> Person:
        """As bot.ports.Directory."""
        if fresh:
            self.asked_fresh.append(user_id)
        if self.is_down:
            raise Unreachable("Slack does not answer.")
        if user_id not in self.people:
            raise NotFound("no such account")
        return self.people[user_id]

    async def channels(self, user_id: str) -> frozenset[str]:
        """As bot.ports.Directory."""
        if self.is_down:
            raise Unreachable("Slack does not answer.")
        return self.joined.get(user_id, frozenset())

    async def is_shared(self, channel: str, *, fresh: bool = False) -> bool:
        """As bot.ports.Directory."""
        if self.is_down:
            raise Unreachable("Slack does not answer.")
        return channel in self.shared

    def change(self, user_id: str, **flags: bool) -> None:
        """The account changes from now on."""
        known = self.people[user_id]
        self.people[user_id] = Person(**{name: getattr(known, name) for name in known.__struct_fields__} | flags)


@dataclass(frozen=True)
class FakeReviews:
    """Allows (user or group, verb, resource) triples; the rest of a cluster is not asked for."""

    allowed: frozenset[tuple[str, str, str]] = frozenset()
    fault: str = ""

    async def may(
        self, subject: Subject, verb: str, resource: str, *, group: str = "", namespace: str = "", name: str = ""
    ) -> Permission:
        """As bot.ports.ClusterReader."""
        if self.fault:
            return Permission(allowed=False, reason=self.fault, is_known=False)
        names = (subject.user, *subject.groups)
        return Permission(allowed=any((who, verb, resource) in self.allowed for who in names))

    def without(self, who: str) -> "FakeReviews":
        """The same after a RoleBinding of *who* was deleted."""
        return replace(self, allowed=frozenset(line for line in self.allowed if line[0] != who))
