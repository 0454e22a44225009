"""What a person types into a select of ours, and what it is offered to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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
    fields: Mapping[str, str] = field(default_factory=dict)
    """What stands in the modal's inputs, as far as Slack tells."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose."""

    label: str
    value: str
