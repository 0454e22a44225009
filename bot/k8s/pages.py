"""Answers decoded: one object, or a whole list page by page, begun again when its token expires under it."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from bot.errors import Unreachable
from bot.k8s.kinds import Page
from bot.k8s.refusals import Expired
from bot.k8s.request import Request
from bot.k8s.session import Answer

T = TypeVar("T")
Send = Callable[[Request], Awaitable[Answer]]

PAGE = 250
"""Objects per page: 250 pods of 11 kB decode in 4 ms, so that no page holds up the loop for long."""
BEGINNINGS = 3
"""How often a list is begun before giving up, when its continue token expires under it each time."""


async def listed(send: Send, request: Request, decoder: msgspec.json.Decoder[Page[T]], limit: int = 0) -> list[T]:
    """Read a list of at most *limit* objects (0: all). Raises Unreachable when it cannot be read to its end."""
    for _ in range(BEGINNINGS):
        try:
            return await _pages(send, request, decoder, limit)
        except Expired:
            continue
    raise Unreachable(f"The list of {request.target} changes faster than it can be read.", hint="Narrow it down.")


async def _pages(send: Send, request: Request, decoder: msgspec.json.Decoder[Page[T]], limit: int) -> list[T]:
    found: list[T] = []
    token = ""
    while True:
        asked = min(PAGE, limit - len(found)) if limit else PAGE
        page = decoded(request, await send(request.asking(**{"limit": str(asked), "continue": token})), decoder)
        found.extend(page.items or ())
        token = page.metadata.continue_token
        if not token or (limit and len(found) >= limit):
            return found


def decoded(request: Request, answer: Answer, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode an answer. Raises Unreachable where it is not what the API answers: somebody else spoke."""
    try:
        return decoder.decode(answer.body)
    except msgspec.DecodeError as error:
        raise Unreachable(f"The answer for {request.target} is not what Kubernetes sends.") from error
