"""Ask a command as dispatch would: a line in, a reply or a plan out."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.commands import COMMANDS
from bot.engine.favourites import Starred
from bot.engine.parse import Parsed, parse
from bot.engine.registry import Registry
from bot.engine.sifting import sifted
from bot.model.actor import Actor, Person, Subject
from bot.model.fingerprint import Fingerprints
from bot.model.layer import Layer
from bot.model.plan import Plan
from bot.model.reply import Reply
from bot.model.resources import Resource
from bot.ports import Backends, ClusterReader, Logs, ReadOnly
from bot.spec import Change, Context, Query
from tests.fakes.cluster import FakeCluster
from tests.fakes.favourites import FakeFavourites
from tests.fakes.history import FakeIncidents, FakeOperations, FakeOutboxReads
from tests.fakes.objects import NAMESPACE, NOW

REGISTRY = Registry(COMMANDS)
FINGERPRINTS = Fingerprints.of("one installation")
MAYA = Actor(Person("T1", "UMAYA"), Subject("maya"))


class NobodyAsked:
    """Permissions of a command that asks for none."""

    async def explain(
        self, subject: Subject, *, channel: str, namespace: str, verb: str, resource: Resource, name: str = ""
    ) -> Sequence[Layer]:
        raise AssertionError("asked for permissions")

    def people(self) -> Mapping[str, Subject]:
        raise AssertionError("asked for people")


def parsed(line: str) -> Parsed:
    """The line, understood."""
    understood = parse(line, REGISTRY)
    assert isinstance(understood, Parsed)
    return understood


def context(cluster: ClusterReader, logs: Logs | None = None) -> Context:
    """Maya asks in #ops."""
    on = ReadOnly(cluster=cluster, logs=logs, fingerprints=FINGERPRINTS)
    return Context(
        actor=MAYA,
        now=NOW,
        namespace=NAMESPACE,
        on=on,
        permissions=NobodyAsked(),
        operations=FakeOperations(),
        incidents=FakeIncidents(),
        outbox=FakeOutboxReads(),
        favourites=Starred(FakeFavourites(), REGISTRY),
    )


async def ask(line: str, cluster: ClusterReader, logs: Logs | None = None) -> Reply:
    """The answer of a query."""
    understood = parsed(line)
    assert isinstance(understood.command, Query)
    return sifted(await understood.command.run(understood.args, context(cluster, logs)), understood.options)


async def propose(line: str, cluster: FakeCluster) -> Plan:
    """The plan of a change."""
    understood = parsed(line)
    assert isinstance(understood.command, Change)
    plan = await understood.command.plan(understood.args, context(cluster))
    assert parsed(plan.line).command is understood.command
    assert not plan.undo or isinstance(parsed(plan.undo).command, Change)
    return plan


def change(plan: Plan) -> Change[Any]:
    """The change that can apply *plan*."""
    command = REGISTRY.named(plan.command)
    assert isinstance(command, Change)
    return command


def backends(cluster: FakeCluster) -> Backends:
    """With its writing half."""
    return Backends(cluster=cluster, fingerprints=FINGERPRINTS)
