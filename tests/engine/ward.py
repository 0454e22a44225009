"""A ward: the incidents of one cluster on a ledger, fed by hand, with a clock that is turned by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.engine.explaining import Explaining
from bot.engine.findings import Findings
from bot.engine.incident_notices import IncidentNotices
from bot.engine.incidents import Incidents
from bot.engine.reconciling import Rules
from bot.errors import BotError
from bot.model.incident import Diagnosis, Incident
from bot.model.kube.pods import WatchedPod
from bot.model.outgoing import Card
from bot.model.symptom import Symptom
from bot.ports_ledger import Ledger
from bot.ports_slack import Delivery, Location
from bot.watchers import WATCHERS
from tests.engine.ailing import NOW
from tests.fakes.clocks import HandClock
from tests.render.reading import read

RULES = Rules()


@dataclass
class Doctor:
    """Knows the cause; `away` is raised instead, so many times."""

    away: BotError | None = None
    times: int = 0
    asked: list[str] = field(default_factory=list)

    async def diagnose(self, incident: Incident) -> Diagnosis | None:
        """As bot.engine.incidents.Diagnose."""
        self.asked.append(incident.owner.name)
        if self.times and self.away is not None:
            self.times -= 1
            raise self.away
        return Diagnosis(likely=f"exit {incident.worst.exit_code}", log=("one", "two"), wanted=3)


@dataclass
class Ward:
    """Findings and incidents of one term, and short words for what tests do with them."""

    ledger: Ledger
    epoch: int = 1
    clock: HandClock = field(default_factory=lambda: HandClock(NOW))
    doctor: Doctor = field(default_factory=Doctor)
    shown: dict[str, str] = field(default_factory=dict)
    """Key → what Slack shows."""
    posts: list[str] = field(default_factory=list)
    """Keys in the order of their first showing."""

    def __post_init__(self) -> None:
        """Begin a term in which everything was read once."""
        self.findings = Findings(WATCHERS, self.clock, settle=RULES.settle)
        for sink in self.findings.sinks.values():
            sink.on_synced()
        self.incidents = Incidents(
            ledger=self.ledger,
            cluster="main",
            epoch=self.epoch,
            findings=self.findings,
            explaining=Explaining(self.ledger, self.doctor.diagnose),
            channels=lambda namespace: ("C1",),
            clock=self.clock,
            rules=RULES,
            notices=IncidentNotices(),
        )

    def next_term(self) -> "Ward":
        """Another process takes over: it knows nothing but the ledger, and is told the same objects."""
        other = Ward(self.ledger, self.epoch + 1, self.clock, self.doctor, self.shown, self.posts)
        for uid, found in list(self.findings.items()):
            other.findings.keep(uid, found)
        return other

    def tell(self, *symptoms: Symptom) -> None:
        """Let these be what is wrong with their subjects."""
        for one in symptoms:
            self.findings.keep(one.subject.uid, (one,))

    def well(self, *uids: str) -> None:
        """Let these be well."""
        for uid in uids:
            self.findings.keep(uid, ())

    def lose(self, uid: str) -> None:
        """Let this object be deleted."""
        self.findings.sinks[WatchedPod].on_deleted(uid, None)

    async def round(self, *, after_s: float = 0.0) -> None:
        """Let time pass, look once, and let Slack have what there is for it."""
        self.clock.turn(after_s)
        await self.incidents.round()
        await self.deliver()

    async def until_quiet(self) -> None:
        """Two looks, with the quiet between them that ends an incident."""
        await self.round()
        await self.round(after_s=(RULES.quiet + timedelta(seconds=1)).total_seconds())

    async def deliver(self) -> Sequence[Delivery]:
        """Send everything that is due, as a sender does."""
        sent: list[Delivery] = []
        while due := await self.ledger.claim(20):
            for delivery in due:
                item = delivery.item
                assert isinstance(item, Card)
                if item.key not in self.shown:
                    self.posts.append(item.key)
                self.shown[item.key] = read(item.message.blocks)
                await self.ledger.sent(delivery, Location(item.channel, f"1.{delivery.id}"))
            sent += due
        return sent

    @property
    def roots(self) -> list[str]:
        """The cards, in the order of their posting, as they are now."""
        return [self.shown[key] for key in self.posts if key.count(":") == 2]

    @property
    def lines(self) -> list[str]:
        """The lines of all threads, in order."""
        return [self.shown[key] for key in self.posts if ":line:" in key]

    async def stored(self) -> list[Incident]:
        """Every incident of the last year."""
        return list(await self.ledger.incidents("main", ended_since=NOW - timedelta(days=365)))
