"""What the Slack side asks of the rest while a person waits: errors under fields, and options as he types."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.model.incoming import Submission
from bot.model.suggestion import Option, Search

Validate = Callable[[Submission], Awaitable[Mapping[str, str]]]
"""Field → error sentence; empty when the modal may close. Fast, from memory: at most a second."""
Suggest = Callable[[Search], Awaitable[Sequence[Option]]]
"""From a cache, at most a second; no more than 100 are shown."""


async def no_errors(_submission: Submission) -> Mapping[str, str]:
    """Let every modal close."""
    return {}


async def no_options(_search: Search) -> Sequence[Option]:
    """Offer nothing."""
    return ()


@dataclass(frozen=True, slots=True)
class Features:
    """Both, with defaults that do nothing."""

    validate: Validate = no_errors
    suggest: Suggest = no_options


NO_FEATURES = Features()
