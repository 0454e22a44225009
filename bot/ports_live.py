"""What live answers need: a screen that a feature shows things on, and a record that outlives the process."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.model.live import LiveAnswer
from bot.model.reply import Reply


class Screen(Protocol):
    """Where a feature shows what is so now; how often Slack hears of it is not the feature's concern."""

    def now(self) -> datetime:
        """The time now."""

    def show(self, reply: Reply) -> None:
        """Put *reply* in the place of what was shown; of several in a row, only the last may ever be seen."""

    def tell(self, line: str) -> None:
        """Add a line below the card; when there are more than people can read, the oldest are left out and counted."""

    async def turn(self) -> None:
        """Wait until what is shown was drawn: reading again before that would be for nobody."""


class LiveWrites(Protocol):
    """The part of a transaction that speaks of live answers."""

    async def begin_live(self, answer: LiveAnswer) -> None:
        """Record that this process follows *answer*."""

    async def keep_live(self, answer: LiveAnswer) -> None:
        """Record what it shows now, and that we are still at it. Raises Fenced when somebody has ended it."""

    async def end_live(self, answer_id: str) -> LiveAnswer | None:
        """Record that it has ended; None when it had ended before."""

    async def is_sent(self, key: str) -> bool:
        """Whether the sender is done with everything put under *key*."""


class LiveReads(Protocol):
    """What is asked of live answers outside of a transaction."""

    async def live(self, answer_id: str) -> LiveAnswer | None:
        """One that has not ended."""

    async def live_count(self, user_id: str) -> int:
        """How many live answers a person has, over all replicas."""

    async def orphans(self) -> Sequence[LiveAnswer]:
        """Those whose process is gone."""
