"""Places: the bound channels that a person is in, direct messages where policy binds those, and where approvers are."""

from collections.abc import Collection

from bot.engine.authorize import WITHOUT_CHANNEL, Authorizer
from bot.engine.policy import Channel, Policy
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


def is_direct(channel: str) -> bool:
    """Whether only one person reads there: a direct message, a modal, the App Home."""
    return channel[:1] in WITHOUT_CHANNEL


def of_approvers(policy: Policy, namespaces: Collection[str]) -> str:
    """The channel where approvers see a change in *namespaces* that was asked for in private; "" where there is none.

    One that may speak of all of them; of several, the first whose home is one of them.
    """
    found = [name for name, channel in policy.channels.items() if name != "dm" and all(map(channel.covers, namespaces))]
    at_home = (name for name in found if policy.channels[name].home in namespaces)
    return next(at_home, found[0] if found else "")
