"""Who is asking: the person in Slack and the Kubernetes subject behind him."""

import re

import msgspec

from bot.model.quoting import quoted

_REALM = re.compile(r"[:#/]")
"""What stands before it says only who vouches for the user."""


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


class Subject(msgspec.Struct, frozen=True, omit_defaults=True):
    """The Kubernetes identity that the policy file gives to a person; self-approval compares `user`."""

    user: str
    groups: tuple[str, ...] = ()


class Actor(msgspec.Struct, frozen=True):
    """A person whose account was checked, and his subject."""

    person: Person
    subject: Subject

    @property
    def called(self) -> str:
        """What he is called where Slack shows no mention: everybody chooses his own name there, also that of another.

        It stands alone only where it is the one of his subject, which the policy file gives him: `Maya` for
        `maya@example.com`; else beside that: `“maya” (eve@example.com)`.
        """
        user = self.subject.user
        if not self.person.name:
            return user
        if _letters(self.person.name) == _letters(_own_part(user)):
            return self.person.name
        return f"{quoted(self.person.name)} ({user})"


def _own_part(user: str) -> str:
    """`maya` of `practice:maya`, `https://login.example.com#maya` and `maya@example.com`."""
    return _REALM.split(user)[-1].partition("@")[0]


def _letters(name: str) -> str:
    """Without what tells nobody apart; a look-alike of another alphabet stays another letter."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())
