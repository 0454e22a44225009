"""Places: the direct message of a person, and a card that was posted already though we did not hear so."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.model.outgoing import Lane
from bot.model.plan import Json
from bot.ports import Clock
from bot.ports_slack import Location
from bot.slack.drawing import EVENT_TYPE
from bot.slack.paced import PacedWeb
from bot.slack.web import Refused

LOOK_BACK = timedelta(hours=2)
"""A post whose fate is unknown is tried again within minutes."""
LOOK_AT_MOST = 999
"""Messages; Slack gives no more at once."""
PEOPLE_AT_MOST = 20_000
"""A direct channel each, about 4 MB; past it, it begins anew."""
LOOKS_KEPT = 64
"""Places that were looked through lately; a few hundred cards each at most."""
CANNOT_LOOK = frozenset({"missing_scope", "not_in_channel", "channel_not_found", "thread_not_found"})
"""Codes of the history that leave a doubt as it is: posted twice is better than not at all."""
NO_FILE = frozenset({"file_not_found", "missing_scope"})
"""Codes of files.info for a file that is shared nowhere, as far as we may see."""


@dataclass(frozen=True, slots=True)
class Found:
    """A card of ours in Slack, and the version of it that stands there."""

    location: Location
    version: str


@dataclass(frozen=True, slots=True)
class Look:
    """What stood in a channel or thread."""

    began_at: float
    """In the event loop's time."""
    cards: Mapping[str, Found]


class Places:
    """Finds where things are or belong."""

    def __init__(self, paced: PacedWeb, clock: Clock, *, our_bot_id: Callable[[], str]) -> None:
        """Know no place yet; *our_bot_id* is what Slack signs our messages with."""
        self._paced = paced
        self._clock = clock
        self._our_bot_id = our_bot_id
        self._direct: dict[str, str] = {}
        self._looks: OrderedDict[tuple[str, str], Look] = OrderedDict()

    async def channel(self, channel_or_person: str, lane: Lane) -> str:
        """The channel itself, or a person's direct message, opened when it must be."""
        if not channel_or_person.startswith(("U", "W")):
            return channel_or_person
        if channel_or_person not in self._direct:
            opened = await self._paced.call(
                "conversations.open", self._paced.web.api.conversations_open, lane=lane, users=[channel_or_person]
            )
            if len(self._direct) >= PEOPLE_AT_MOST:
                self._direct.clear()
            self._direct[channel_or_person] = opened["channel"]["id"]
        return self._direct[channel_or_person]

    async def find_card(self, key: str, channel: str, thread_ts: str, lane: Lane, *, unheard_at: float) -> Found | None:
        """The message of ours that carries *key*; None when there is none, or our scopes do not let us look.

        One look settles all doubts of its place that had arisen before it: looks are scarce after an outage.
        """
        look = self._looks.get((channel, thread_ts))
        if look is None or look.began_at < unheard_at:
            began_at = asyncio.get_running_loop().time()
            recent = await self._recent(channel, thread_ts, lane)
            look = Look(began_at, _cards(channel, recent, self._our_bot_id()))
            self._looks[channel, thread_ts] = look
            self._looks.move_to_end((channel, thread_ts))
            while len(self._looks) > LOOKS_KEPT:
                self._looks.popitem(last=False)
        return look.cards.get(key)

    async def is_shared(self, file_id: str, lane: Lane) -> bool:
        """Whether the file is to be seen anywhere."""
        try:
            info = await self._paced.call("files.info", self._paced.web.api.files_info, lane=lane, file=file_id)
        except Refused as refused:
            if refused.code in NO_FILE:
                return False
            raise
        return any(info["file"].get(where) for where in ("shares", "channels", "groups", "ims"))

    async def _recent(self, channel: str, thread_ts: str, lane: Lane) -> list[dict[str, Json]]:
        api = self._paced.web.api
        where: dict[str, Json] = {
            "channel": channel,
            "oldest": f"{(self._clock.now() - LOOK_BACK).timestamp():.6f}",
            "limit": LOOK_AT_MOST,
            "include_all_metadata": True,
        }
        try:
            if thread_ts:
                found = await self._paced.call(
                    "conversations.replies", api.conversations_replies, lane=lane, ts=thread_ts, **where
                )
            else:
                found = await self._paced.call("conversations.history", api.conversations_history, lane=lane, **where)
        except Refused as refused:
            if refused.code in CANNOT_LOOK:
                return []
            raise
        return list(found.get("messages") or ())


def _cards(channel: str, messages: Iterable[Mapping[str, Json]], our_bot_id: str) -> dict[str, Found]:
    """Those of *messages* that are cards of ours, by key; where two carry the same, the one that Slack names first.

    Any app may put any metadata on its message, and read ours: who sent a message is what Slack alone says.
    """
    found: dict[str, Found] = {}
    for message in messages:
        if message.get("bot_id") != our_bot_id:
            continue
        metadata = message.get("metadata") or {}
        payload = metadata.get("event_payload") or {}
        if metadata.get("event_type") == EVENT_TYPE and isinstance(payload.get("key"), str):
            found.setdefault(payload["key"], Found(Location(channel, message["ts"]), str(payload.get("version", ""))))
    return found
