"""quota: what is planned, warned of, refused and told."""

from dataclasses import replace

import pytest

from bot.engine.parse import Parsed, parse
from bot.errors import AlreadySo, BadArguments, BotError, Denied, NotFound, Rejected
from bot.model.plan import Effect, Mark, Plan
from bot.model.reply import Reply, Table, Tone
from bot.model.storage import NodeStorage
from bot.ports import Backends, ReadOnly
from bot.spec import Change, Query
from tests.commands.asking import REGISTRY, change, context, parsed
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import NOW
from tests.fakes.storage import FakeStorage

GIB = 1024**3
MARK = Mark("o", "a", "", NOW)


def storage() -> FakeStorage:
    return FakeStorage({"acme": (10 * GIB, 8 * GIB), "globex": (5 * GIB, 6 * GIB), "initech": (0, GIB)})


async def propose(line: str, on: FakeStorage | None) -> Plan:
    understood = parsed(line)
    assert isinstance(understood.command, Change)
    cluster = FakeCluster()
    return await understood.command.plan(
        understood.args, replace(context(cluster), on=ReadOnly(cluster=cluster, storage=on))
    )


async def ask(line: str, on: FakeStorage | None) -> Reply:
    understood = parsed(line)
    assert isinstance(understood.command, Query)
    cluster = FakeCluster()
    return await understood.command.run(
        understood.args, replace(context(cluster), on=ReadOnly(cluster=cluster, storage=on))
    )


async def test_a_plan_holds_absolute_bytes_and_the_way_back() -> None:
    plan = await propose("quota set acme 20G", storage())
    assert plan.steps[0].observed == {"quota": 10 * GIB}
    assert plan.steps[0].desired["quota"] == 20 * GIB
    assert plan.facts[0].text == "10 GiB → 20 GiB (21,474,836,480 bytes)"
    assert plan.undo == "quota set acme 10Gi --shrink"
    assert isinstance(parse(plan.line, REGISTRY), Parsed)


@pytest.mark.parametrize(
    ("line", "warning"),
    [
        pytest.param("quota set acme 5Gi --shrink", "every write fails until data is deleted", id="below usage"),
        pytest.param("quota set acme 500Gi", "50 times what it had", id="a slip of the unit"),
        pytest.param("quota set initech 5Gi", "no limit until now", id="a first limit"),
    ],
)
async def test_warned_of(line: str, warning: str) -> None:
    assert any(warning in one for one in (await propose(line, storage())).warnings)


async def test_quotas_that_promise_more_than_there_is_are_warned_of() -> None:
    small = FakeStorage({"acme": (10 * GIB, GIB), "globex": (15 * GIB, GIB)}, total_bytes=20 * GIB)
    assert (await propose("quota set acme 11Gi", small)).warnings[0] == "All quotas together promise 26 GiB of 20 GiB"


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        pytest.param("quota set acme 10Gi", AlreadySo, id="so already"),
        pytest.param("quota set acme 5Gi", Rejected, id="below usage"),
        pytest.param("quota set nobody 5Gi", NotFound, id="unknown instance"),
    ],
)
async def test_refused(line: str, refusal: type[BotError]) -> None:
    with pytest.raises(refusal, match=r"Nothing was changed\.|no folder"):
        await propose(line, storage())


@pytest.mark.parametrize("instance", ["../etc", "a;b", "$(id)", "-rf", "Acme", "a\nb", "x" * 64])
def test_names_that_are_none_never_get_as_far_as_a_node(instance: str) -> None:
    with pytest.raises(BadArguments):
        parsed(f"quota get -- '{instance}'")


@pytest.mark.parametrize("size", ["0", "-1", "1e99", "10Gb5", "10", "''"])
def test_sizes_that_are_none_never_get_as_far_as_a_plan(size: str) -> None:
    with pytest.raises(BadArguments, match=r"is not a size; write it like 10Gi or 500Mi\. Nothing was done\."):
        parsed(f"quota set acme {size}")


async def test_without_storage_nodes_it_says_how_to_get_them() -> None:
    with pytest.raises(BadArguments, match="No storage nodes are configured"):
        await ask("quota list", None)


async def test_after_a_crash_the_value_itself_is_looked_at() -> None:
    nodes = storage()
    plan = await propose("quota set acme 20Gi", nodes)
    command, step = change(plan), plan.steps[0]
    on = Backends(cluster=FakeCluster(), storage=nodes)
    assert await command.effect(step, on.reading, MARK) is Effect.ABSENT
    await command.apply(step, on, MARK)
    assert await command.effect(step, on.reading, MARK) is Effect.PRESENT
    await nodes.set_quota("acme", 30 * GIB)
    assert await command.effect(step, on.reading, MARK) is Effect.UNCLEAR


async def test_the_list_puts_the_fullest_first_and_counts_the_full() -> None:
    reply = await ask("quota list", storage())
    assert reply.headline == "3 instances, 1 full"
    assert isinstance(reply.parts[0], Table)
    assert [row[0] for row in reply.parts[0].rows] == ["globex", "acme", "initech"]
    assert reply.tone is Tone.BAD


async def test_the_list_can_be_cut_at_a_share() -> None:
    reply = await ask("quota list --above 90%", storage())
    assert reply.headline == "1 of 3 instances above 90%, 1 full"


async def test_a_node_that_cannot_use_the_file_system_is_named_first() -> None:
    class OneDown(FakeStorage):
        async def nodes(self) -> list[NodeStorage]:
            return [NodeStorage("node-1", 2, 1, "/mnt"), NodeStorage("node-2", fault="The file system hangs.")]

    reply = await ask("storage status", OneDown())
    assert reply.headline == "1 of 2 storage nodes can't use the file system: The file system hangs."
    assert isinstance(reply.parts[0], Table)
    assert reply.parts[0].rows[0][0] == "node-2"


@pytest.mark.parametrize("line", ["quota list", "quota get acme", "storage status", "backup list"])
async def test_a_channel_of_another_namespace_may_not_speak_of_the_instances(line: str) -> None:
    elsewhere = storage()
    elsewhere.namespace = "somewhere-else"
    with pytest.raises(Denied, match="live in namespace somewhere-else"):
        await ask(line, elsewhere)


async def test_nor_change_them() -> None:
    elsewhere = storage()
    elsewhere.namespace = "somewhere-else"
    with pytest.raises(Denied, match="Nothing was done"):
        await propose("quota set acme 20Gi", elsewhere)
