"""Names of subjects as people type them → Kubernetes identities."""

from collections.abc import Mapping

from bot.errors import BadArguments
from bot.model.actor import Subject

SERVICE_ACCOUNT = "system:serviceaccount:"


def subject_named(name: str, people: Mapping[str, Subject]) -> Subject:
    """A policy user by name, a person by Slack id, or `system:serviceaccount:NAMESPACE:NAME` with its built-in groups.

    Raises BadArguments for anybody else: without his groups the answer would be a guess.
    """
    if name in people:
        return people[name]
    for subject in people.values():
        if subject.user == name:
            return subject
    if name.startswith(SERVICE_ACCOUNT) and name.count(":") == 3:
        namespace = name.split(":")[2]
        groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
        return Subject(user=name, groups=groups)
    known = ", ".join(sorted(subject.user for subject in people.values())[:5])
    raise BadArguments(
        f"Policy knows nobody called “{name[:80]}”. Nothing was read.",
        hint=f"Known are {known}; a service account is named system:serviceaccount:NAMESPACE:NAME.",
    )
