"""Who is asking: the person in Slack and the Kubernetes subject behind him."""

import msgspec


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """One Slack account, as users.info tells it; everything here is untrusted display except the ids and flags."""

    team_id: str
    user_id: str
    name: str = ""
    tz: str = "UTC"
    is_deleted: bool = False
    is_bot: bool = False
    is_guest: bool = False
    """is_restricted or is_ultra_restricted."""
    is_stranger: bool = False
    """From another workspace (Slack Connect)."""

    @property
    def called(self) -> str:
        """What Slack shows, for plain text; his id where Slack told no name."""
        return self.name or self.user_id


class Subject(msgspec.Struct, frozen=True, omit_defaults=True):
    """The Kubernetes identity that the policy file gives to a person; self-approval compares `user`."""

    user: str
    groups: tuple[str, ...] = ()


class Actor(msgspec.Struct, frozen=True):
    """A person whose account was checked, and his subject."""

    person: Person
    subject: Subject
