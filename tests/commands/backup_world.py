"""A small platform for the tests of backups: instances, their backups, and Jobs that end as a test says."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.model.backup import Backup
from bot.model.logs import LogLine, LogRead, LogSource
from bot.model.plan import Json, Mark, Plan, Step
from bot.model.reply import Reply
from bot.ports import Backends
from bot.spec import Change, Query
from tests.commands.asking import context, parsed
from tests.fakes.cluster import FakeCluster
from tests.fakes.logs import FakeLogs
from tests.fakes.objects import NAMESPACE, NOW, deployment
from tests.fakes.storage import FakeStorage

GIB = 1024**3
OPERATION = "5c0e8a1e-1111-4222-8333-123456789abc"
MARK = Mark(OPERATION, "audit-1", "1", NOW)
SHA = "ab" * 32
OLD = Backup("acme", "acme-20260226-140000", GIB, "cd" * 32, NOW - timedelta(days=3))
LAST = Backup("acme", "acme-20260301-110000", 2 * GIB, SHA, NOW - timedelta(hours=3))


@dataclass
class World:
    """What the commands see."""

    cluster: FakeCluster = field(default_factory=lambda: FakeCluster().add(deployment("odoo-acme", replicas=2)))
    storage: FakeStorage = field(
        default_factory=lambda: FakeStorage(
            {"acme": (10 * GIB, 8 * GIB), "globex": (0, GIB), "bare_1": (0, GIB)}, kept=[OLD, LAST]
        )
    )
    logs: FakeLogs = field(default_factory=FakeLogs)

    @property
    def backends(self) -> Backends:
        return Backends(cluster=self.cluster, storage=self.storage, logs=self.logs)

    async def propose(self, line: str) -> Plan:
        understood = parsed(line)
        assert isinstance(understood.command, Change)
        return await understood.command.plan(understood.args, replace(context(self.cluster), on=self.backends.reading))

    async def ask(self, line: str) -> Reply:
        understood = parsed(line)
        assert isinstance(understood.command, Query)
        return await understood.command.run(understood.args, replace(context(self.cluster), on=self.backends.reading))

    def job(self, step: Step) -> dict[str, Json]:
        return self.cluster.objects[("jobs", NAMESPACE, step.desired["job"])]

    def says(self, *lines: str) -> None:
        """The Job's pod runs, and this is its log."""
        source = LogSource("pod")
        self.logs.answer = LogRead(lines=tuple(LogLine(source, None, line) for line in lines))

    def pod(self, step: Step, state: dict[str, Json]) -> None:
        """The Job has a pod in this state."""
        name = f"{step.desired['job']}-x"
        labels = {"job-name": step.desired["job"]}
        status = {"phase": "Running", "containerStatuses": [{"name": "tar", "state": state}]}
        metadata = {"name": name, "namespace": NAMESPACE, "labels": labels}
        self.cluster.add({"kind": "Pod", "metadata": metadata, "spec": {}, "status": status})

    def ends(self, step: Step, kind: str, reason: str = "") -> None:
        """The Job is Complete or Failed."""
        condition = {"type": kind, "status": "True", "reason": reason}
        self.job(step)["status"] = {"conditions": [condition]}
