"""How old backups are becomes incidents, and ends them; storage nodes that are away change nothing."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.engine.backup_ages import BackupAges
from bot.engine.findings import Findings
from bot.errors import Unreachable
from bot.model.backup import Backup, BackupPlaces, KeptInstance
from bot.model.symptom import Symptom
from bot.watchers import WATCHERS, backup_overdue
from tests.fakes.clocks import HandClock
from tests.fakes.objects import NAMESPACE, NOW
from tests.fakes.storage import FakeStorage

DAY = timedelta(days=1)


def backup(instance: str, age: timedelta) -> Backup:
    return Backup(instance, f"{instance}-{age.days}", 1, "", NOW - age)


@dataclass
class Desk:
    """Storage, and what is found wrong with it."""

    storage: FakeStorage = field(
        default_factory=lambda: FakeStorage(
            {"acme": (0, 1), "big_one": (0, 1), "new": (0, 1)}, kept=[backup("acme", DAY), backup("big_one", 2 * DAY)]
        )
    )
    clock: HandClock = field(default_factory=lambda: HandClock(NOW))
    every: timedelta = timedelta(hours=26)

    def __post_init__(self) -> None:
        self.findings = Findings((*WATCHERS, backup_overdue.WATCHER), self.clock, settle=timedelta(minutes=10))
        self.ages = BackupAges(
            self.storage, BackupPlaces(overdue_after=self.every), self.findings.sinks[KeptInstance], self.clock
        )
        self.findings.sights = {KeptInstance: self.ages}

    @property
    def overdue(self) -> dict[str, str]:
        """Owner and message of each symptom."""
        return {str(one.owner): one.message for one in self.findings if isinstance(one, Symptom)}


async def test_an_old_backup_and_none_at_all_are_told_by_the_deployments_name() -> None:
    desk = Desk()
    await desk.ages.look()
    assert desk.overdue == {
        "deployment/odoo-big-one": "Its newest backup is big_one-2; one is due every 26 h",
        "deployment/odoo-new": "It has no backup; one is due every 26 h",
    }
    assert {one.owner.namespace for one in desk.findings if isinstance(one, Symptom)} == {NAMESPACE}


async def test_time_alone_makes_one_overdue_and_a_new_one_ends_it() -> None:
    desk = Desk()
    desk.clock.turn(timedelta(hours=3).total_seconds())
    await desk.ages.look()
    assert "deployment/odoo-acme" in desk.overdue
    desk.storage.kept.append(Backup("acme", "acme-now", 1, "", desk.clock.now()))
    await desk.ages.look()
    assert "deployment/odoo-acme" not in desk.overdue


async def test_it_says_the_same_until_there_is_another_backup() -> None:
    desk = Desk()
    await desk.ages.look()
    before = dict(desk.findings.items())
    desk.clock.turn(timedelta(hours=1).total_seconds())
    await desk.ages.look()
    first = before[f"instance/{NAMESPACE}/big_one"]
    assert dict(desk.findings.items())[f"instance/{NAMESPACE}/big_one"] == first


async def test_an_instance_that_is_gone_needs_no_backup() -> None:
    desk = Desk()
    await desk.ages.look()
    del desk.storage.instances["new"]
    await desk.ages.look()
    assert set(desk.overdue) == {"deployment/odoo-big-one"}


async def test_where_nothing_was_ever_backed_up_nobody_is_told() -> None:
    desk = Desk()
    desk.storage.kept.clear()
    await desk.ages.look()
    assert desk.overdue == {}


async def test_while_no_node_answers_what_was_seen_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away() -> list[Backup]:
        raise Unreachable("No storage node answers.")

    desk = Desk()
    assert desk.ages.hides(NAMESPACE), "nothing was listed yet: no incident is over"
    await desk.ages.look()
    assert not desk.ages.hides(NAMESPACE)
    before = desk.overdue
    monkeypatch.setattr(desk.storage, "backups", away)
    await desk.ages.look()
    assert desk.overdue == before
    assert desk.ages.complaint == "How old backups are is not known: No storage node answers."


async def test_nodes_that_never_answer_hold_up_no_other_incident() -> None:
    desk = Desk()
    for kind, sink in desk.findings.sinks.items():
        if kind is not KeptInstance:
            sink.on_synced()
    assert desk.findings.is_whole
