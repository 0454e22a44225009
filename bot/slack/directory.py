"""People and their channels, read from Slack, remembered shortly; what cannot be read is never a yes."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from bot.errors import NotFound
from bot.model.actor import Person
from bot.model.plan import Json
from bot.ports import Clock
from bot.slack.channels import Channels
from bot.slack.questions import Questions
from bot.slack.web import Refused, Web

PERSON_REMEMBERED = timedelta(minutes=10)
"""As the port promises; whatever changes something asks anew."""
CHANNELS_REMEMBERED = timedelta(minutes=1)
"""They say only what App Home and the console offer; whether one may is asked of the policy."""
PEOPLE_AT_MOST = 20_000
"""About 10 MB; past it, it begins anew."""
PAGE = 200
"""Channels per call: as many as Slack recommends."""
NAME_CHARACTERS = 40
"""Of what somebody calls himself: room for a whole name, none for a sentence in the bot's voice."""
_IN_NAMES = frozenset(" .'’-_")
"""Signs that names have beside letters, marks and numbers."""
UNKNOWN_PERSON = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
"""Codes of users.info for an account that is not here, or not to be seen from here."""


class SlackDirectory:
    """The Directory port over users.info and users.conversations."""

    def __init__(self, web: Web, clock: Clock, channels: Channels, questions: Questions) -> None:
        """Know nobody yet; `team_id` is set once Slack has said who we are."""
        self.team_id = ""
        self._api = web.api
        self._questions = questions
        self._clock = clock
        self._channels = channels
        self._people: dict[str, tuple[Person, datetime]] = {}
        self._joined: dict[str, tuple[frozenset[str], datetime]] = {}

    async def person(self, team_id: str, user_id: str, *, fresh: bool = False) -> Person:
        """The account, at most 10 minutes old, or *fresh*. Raises NotFound, Unreachable, Throttled, Refused."""
        known = self._people.get(user_id)
        if known and not fresh and known[1] > self._clock.now():
            return _asked_for(known[0], team_id)
        self._people.pop(user_id, None)
        try:
            user = (await self._questions.ask(self._api.users_info, user=user_id))["user"]
        except Refused as refused:
            if refused.code in UNKNOWN_PERSON:
                raise NotFound("Slack knows no such person here. Nothing was done.") from refused
            raise
        person = read_person(user, our_team=self.team_id)
        if len(self._people) >= PEOPLE_AT_MOST:
            self._people.clear()
        self._people[user_id] = (person, self._clock.now() + PERSON_REMEMBERED)
        return _asked_for(person, team_id)

    async def is_shared(self, channel: str, *, fresh: bool = False) -> bool:
        """Whether people of another workspace are in *channel*. Raises Unreachable, Throttled, Refused."""
        return await self._channels.is_shared(channel, fresh=fresh)

    async def channels(self, user_id: str) -> frozenset[str]:
        """The channels that he is in, of those that the bot can see, at most a minute old.

        Raises Unreachable, Throttled, Refused.
        """
        known = self._joined.get(user_id)
        if known is None or known[1] <= self._clock.now():
            if len(self._joined) >= PEOPLE_AT_MOST:
                self._joined.clear()
            known = self._joined[user_id] = await self._joined_now(user_id), self._clock.now() + CHANNELS_REMEMBERED
        return known[0]

    async def _joined_now(self, user_id: str) -> frozenset[str]:
        found: set[str] = set()
        cursor = ""
        while True:
            answer = await self._questions.ask(
                self._api.users_conversations,
                user=user_id,
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=PAGE,
                cursor=cursor,
            )
            found |= {channel["id"] for channel in answer["channels"]}
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return frozenset(found)

    def forget_person(self, user_id: str) -> None:
        """Ask Slack again next time."""
        self._people.pop(user_id, None)


def read_person(user: Mapping[str, Json], *, our_team: str) -> Person:
    """users.info's user as a Person; one whose team is not ours is a stranger whatever the flags say."""
    profile = user.get("profile") or {}
    return Person(
        team_id=user.get("team_id", ""),
        user_id=user["id"],
        name=_name(profile.get("display_name") or user.get("real_name") or user.get("name", "")),
        tz=user.get("tz") or "UTC",
        is_deleted=bool(user.get("deleted")),
        is_bot=any(user.get(flag) for flag in ("is_bot", "is_workflow_bot", "is_connector_bot")),
        is_guest=any(user.get(flag) for flag in ("is_restricted", "is_ultra_restricted", "is_invited_user")),
        is_stranger=bool(user.get("is_stranger")) or user.get("team_id") != our_team,
    )


def _name(chosen: str) -> str:
    """A name as people choose it, of what names consist of: it stands in sentences of the bot."""
    blanks = " ".join(chosen.split())
    kept = (sign for sign in blanks if sign in _IN_NAMES or unicodedata.category(sign)[0] in "LMN")
    return " ".join("".join(kept).split())[:NAME_CHARACTERS].rstrip()


def _asked_for(person: Person, team_id: str) -> Person:
    """*person* as he comes: one who comes from another workspace than his account's is a stranger."""
    return person if person.team_id == team_id else msgspec.structs.replace(person, is_stranger=True)
