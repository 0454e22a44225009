"""What a person types into a select of ours, and what it is offered to choose from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Search:
    """A person types into a select of ours."""

    team_id: str
    user_id: str
    channel: str
    name: str
    """The field's: the first part of the select's action_id."""
    query: str
    value: str = ""
    """private_metadata of the modal it stands in; opaque."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose."""

    label: str
    value: str
    about: str = ""
    """What tells it from the others, below its label."""
