"""What goes wrong between the bot and a storage node is named, and nothing else is run there."""

import asyncio
from pathlib import Path

import asyncssh
import pytest

from bot.ceph import link as linking
from bot.ceph.link import Link, NotReached
from bot.ceph.storage import open_storage
from bot.errors import BotError, Denied, NotFound, Rejected, Unreachable
from playground.storage.node import PracticeStorage
from tests.ceph.conftest import address

A_MOMENT_S = 2.0
"""For a node that hangs, instead of 12 s; a request on an open connection is there within milliseconds."""


async def test_a_key_that_the_node_does_not_know_is_refused(practice: PracticeStorage, tmp_path: Path) -> None:
    other = tmp_path / "other"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(other))
    async with Link(address(practice, key_file=other)) as link:
        with pytest.raises(Unreachable, match="login of storage node node-1 was refused"):
            await link.ask(("df",))


async def test_a_host_key_that_is_not_the_pinned_one_is_refused(practice: PracticeStorage, tmp_path: Path) -> None:
    pinned = tmp_path / "pinned"
    public = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    pinned.write_text(f"[127.0.0.1]:{practice.port} {public}")
    async with Link(address(practice, known_hosts=pinned)) as link:
        with pytest.raises(Unreachable, match="host key of storage node node-1 was refused"):
            await link.ask(("df",))
    assert practice.requests == []


async def test_a_node_that_is_down_is_named(practice: PracticeStorage) -> None:
    async with Link(address(practice, port=1)) as link:
        with pytest.raises(NotReached, match="node-1 can't be reached"):
            await link.ask(("df",))


async def test_a_hung_node_is_named_and_then_left_in_peace(
    practice: PracticeStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [0.0]
    async with Link(address(practice), now_s=lambda: now_s[0]) as link:
        await link.ask(("list",))
        practice.fault = "hung"
        with monkeypatch.context() as hurried:
            hurried.setattr(linking, "ANSWER_S", A_MOMENT_S)
            for _ in range(3):
                with pytest.raises(Unreachable, match="hangs on storage node node-1"):
                    await link.ask(("df",))
        assert practice.requests == ["list", "df"], "asked once, then rested"
        practice.fault, now_s[0] = "", linking.REST_S + 1
        assert b"avail" in await link.ask(("df",))


async def test_an_answer_without_end_is_not_kept(practice: PracticeStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "ANSWER_BYTES", 1 << 20)
    practice.fault = "flood"
    async with Link(address(practice)) as link:
        with pytest.raises(Rejected, match="node-1 answers with more than 1 MiB"):
            await link.ask(("list",))
        practice.fault = ""
        assert b"avail" in await link.ask(("df",))


async def test_a_connection_that_was_cut_is_opened_again(practice: PracticeStorage) -> None:
    async with Link(address(practice)) as link:
        await link.ask(("df",))
        assert link._connection is not None
        link._connection.abort()
        assert b"avail" in await link.ask(("df",))


async def test_reads_pass_over_a_node_that_hangs(
    practice: PracticeStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "second").mkdir()
    async with PracticeStorage(tmp_path / "second") as second:
        second.folders.add("acme", quota_bytes=5, used_bytes=1)
        nodes = [address(practice), address(second, name="node-2")]
        async with open_storage(nodes, namespace="saasodoo") as storage:
            assert not any(node.fault for node in await storage.nodes())
            practice.fault = "hung"
            monkeypatch.setattr(linking, "ANSWER_S", A_MOMENT_S)
            assert (await storage.usage("acme")).quota_bytes == 5
            assert [node.node for node in await storage.nodes() if node.fault] == ["node-1"]


async def test_a_write_that_got_no_answer_is_not_sent_to_another_node(
    practice: PracticeStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking, "ANSWER_S", A_MOMENT_S)
    (tmp_path / "second").mkdir()
    async with PracticeStorage(tmp_path / "second") as second:
        practice.fault = "hung"
        async with open_storage([address(practice), address(second, name="node-2")], namespace="saasodoo") as storage:
            with pytest.raises(Unreachable, match="hangs on storage node node-1"):
                await storage.set_quota("acme", 10**9)
        assert second.requests == []


async def test_a_write_goes_to_the_next_node_when_the_first_has_no_mount(
    practice: PracticeStorage, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    async with PracticeStorage(tmp_path / "second") as second:
        second.folders.add("acme", quota_bytes=5, used_bytes=1)
        practice.fault = "notmounted"
        async with open_storage([address(practice), address(second, name="node-2")], namespace="saasodoo") as storage:
            await storage.set_quota("acme", 10**9)
        assert second.folders.quotas["acme"] == 10**9


@pytest.mark.parametrize(
    ("fault", "raised", "says"),
    [
        pytest.param("notmounted", Unreachable, "is not mounted on storage node node-1", id="not mounted"),
        pytest.param("busy", Unreachable, "too many requests hanging", id="busy"),
        pytest.param("ENOENT", NotFound, "no folder for instance “acme”", id="no such instance"),
        pytest.param("EACCES", Denied, "may not set quotas", id="the key lacks the p flag"),
        pytest.param("EIO", Rejected, "answers EIO", id="anything else"),
    ],
)
async def test_the_helpers_refusals_in_our_words(
    practice: PracticeStorage, fault: str, raised: type[BotError], says: str
) -> None:
    practice.fault = fault
    async with open_storage([address(practice)], namespace="saasodoo") as storage:
        with pytest.raises(raised, match=says):
            await storage.set_quota("acme", 10**9)


async def test_a_forty_fold_rush_keeps_to_the_sessions_that_sshd_gives(practice: PracticeStorage) -> None:

    practice.folders.add("acme", quota_bytes=5, used_bytes=1)
    async with open_storage([address(practice)], namespace="saasodoo") as storage:
        answers = await asyncio.gather(*(storage.usage("acme") for _ in range(40)))
    assert {answer.quota_bytes for answer in answers} == {5}
