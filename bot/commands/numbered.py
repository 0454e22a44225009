"""What people call by a number: one of another namespace is as unknown as one that was never there."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.errors import NotFound

T = TypeVar("T")


async def numbered(found: Awaitable[T], is_here: Callable[[T], bool], *, named: str, hint: str) -> T:
    """The one that is *found*. Raises NotFound in the same words where there is none, and where it is not of here."""
    unknown = NotFound(f"There is no {named}. Nothing was done.", hint=hint)
    try:
        one = await found
    except NotFound:
        raise unknown from None
    if not is_here(one):
        raise unknown
    return one
