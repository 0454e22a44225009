"""How the bot stands, asked of its parts at each look. It tells the truth or fails."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bot.errors import BotError
from bot.health.liveness import Liveness
from bot.k8s.freshness import Freshness
from bot.model.backlog import Backlog
from bot.slack.health import AckLatency, SlackHealth
from bot.slack.scopes import sentence


@dataclass(frozen=True)
class Report:
    """One look at everything."""

    slack: SlackHealth
    backlog: Backlog | None
    """What waits to be sent; None: the database does not say."""
    watched: Sequence[Freshness]
    """What this copy watches; the copies without the Lease watch nothing."""
    budgets_shared: bool
    problems: tuple[str, ...]
    """Why the bot is not ready, one sentence each."""

    @property
    def ready(self) -> bool:
        """Whether it can take work."""
        return not self.problems

    @property
    def degraded(self) -> list[str]:
        """What people may want to mend although the bot answers."""
        alone = [] if self.budgets_shared else ["Redis: none answers, so each copy counts Slack's limits alone."]
        late = [f"Slack: {self.backlog.trouble}"] if self.backlog and self.backlog.trouble else []
        scopes = [sentence(method, needed) for method, needed in self.slack.lacking.items()]
        return [*alone, *late, *scopes, *(f"Cluster: {one.complaint}" for one in self.watched if one.complaint)]


STARTING = Report(
    slack=SlackHealth(
        ready=False, why_not="Not asked yet.", socket=None, acks=AckLatency(), throttled=0, auth_age_s=None
    ),
    backlog=None,
    watched=(),
    budgets_shared=True,
    problems=("Starting: the database is being prepared.",),
)
"""While there are no parts to ask: a long migration must look like neither work nor death."""


@dataclass(frozen=True)
class Parts:
    """Whom to ask, each as a question."""

    slack: Callable[[], SlackHealth]
    backlog: Callable[[], Awaitable[Backlog]]
    """Asks the database. Raises Unreachable."""
    budgets_shared: Callable[[], bool]
    watched: Callable[[], Sequence[Freshness]] = tuple


@dataclass
class Health:
    """Looks at the parts; while there are none, the bot starts."""

    parts: Parts | None = None
    liveness: Liveness = field(default_factory=Liveness)
    _asking: "asyncio.Future[Report] | None" = None

    async def report(self) -> Report:
        """Ask all of them, once for all who ask meanwhile: any pod may ask, and must not use up the database."""
        if self.parts is None:
            return STARTING
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(_asked(self.parts))
        return await asyncio.shield(self._asking)

    def is_alive(self) -> bool:
        """Whether a restart would mend nothing."""
        return self.parts is None or self.liveness.look(self.parts.slack().socket)


async def _asked(parts: Parts) -> Report:
    slack = parts.slack()
    problems = [] if slack.ready else [f"Slack: {slack.why_not}"]
    backlog = None
    try:
        backlog = await parts.backlog()
    except BotError as error:
        problems.append(f"Database: {error}")
    return Report(slack, backlog, parts.watched(), parts.budgets_shared(), tuple(problems))
