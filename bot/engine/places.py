"""Places: the bound channels that a person is in, and direct messages where policy binds those."""

from bot.engine.authorize import Authorizer
from bot.engine.policy import Channel
from bot.errors import UpstreamError
from bot.ports import Directory

DIRECT = ""
"""Stands for a direct message, as in Origin.channel."""


async def places(authorizer: Authorizer, directory: Directory, user_id: str) -> dict[str, Channel]:
    """Channel id → its binding, in the policy's order; direct messages last."""
    bound = authorizer.policy.channels
    try:
        joined = await directory.channels(user_id)
    except UpstreamError:
        joined = ()  # direct messages are left, which everybody has
    found = {channel: bound[channel] for channel in bound if channel in joined}
    return {**found, DIRECT: bound["dm"]} if "dm" in bound else found
