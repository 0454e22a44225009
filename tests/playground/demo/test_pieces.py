"""The demo's parts: what is offered, what the story sees, whom the policy knows, what a cut relay does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commands import COMMANDS
from bot.engine.policy import load
from bot.engine.registry import Registry
from playground.demo.arguments import Only, read_arguments
from playground.demo.completion import Completion
from playground.demo.people import OPS
from playground.demo.relay import relayed
from playground.demo.story import shows
from playground.demo.workspace import practice_slack
from playground.slack.world import PEOPLE

POLICY = Path(__file__).parents[3] / "playground" / "demo" / "policy.yaml"


class FewNames:
    """A cluster that has these names and nothing else."""

    async def names(self, path: str) -> list[str]:
        return {"deployments": ["instance-service", "instance-worker"], "statefulsets": ["postgres"]}.get(
            path.rsplit("/", 1)[-1], []
        )


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("/saas rest", ["/saas restart", "/saas restarts"]),
        ("/saas rollout s", ["/saas rollout status"]),
        ("/saas restart instance-w", ["instance-worker"]),
        ("/saas restart instance-service instance-w", ["instance-worker"]),
        ("/saas scale p", []),
        ("/saas scale statefulset/", ["statefulset/postgres"]),
        ("/saas scale instance-worker --rep", ["--replicas"]),
        ("/saas scale instance-worker --replicas 3 --rea", ["--reason"]),
        ("/saas get dep", ["deployments"]),
        ("/other rest", []),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_completion_offers_commands_flags_and_names(text: str, offered: list[str]) -> None:
    completion = Completion(FewNames(), Registry(COMMANDS))
    assert await completion.complete("U0MAYA0001", text) == offered


async def test_a_step_is_told_by_what_the_bot_says_and_by_nobody_else() -> None:
    told = shows("Restarted", "instance-worker")
    async with practice_slack() as slack:
        slack.workspace.post(OPS, user="U0MAYA0001", text="Restarted instance-worker")
        assert not told(slack.workspace)
        slack.workspace.post(OPS, user=None, bot_id="B1", text="✅ Restarted deployment/instance-worker in 41 s")
        assert told(slack.workspace)


def test_the_policy_knows_the_staff_and_lets_two_people_change_things() -> None:
    policy = load(POLICY.read_text())
    staff = {p.id for p in PEOPLE if not (p.deleted or p.is_restricted or p.is_stranger)}
    assert set(policy.people) == staff
    assert policy.channels[OPS].home == "saasodoo"


def test_arguments_of_one_stand_in_exclude_a_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    assert read_arguments(["--only", "slack", "--port", "1234"]).only is Only.SLACK
    with pytest.raises(SystemExit):
        read_arguments(["--only", "slack", "--kubeconfig", "x"])
    assert "without a cluster of yours" in capsys.readouterr().err


@contextlib.asynccontextmanager
async def echo(folder: Path) -> AsyncIterator[Path]:
    """A server that says back what it hears."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_unix_server(answer, folder / "echo"):
        yield folder / "echo"


async def say(socket: Path, words: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(socket)
    writer.write(words)
    heard = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return heard


async def test_a_relay_lets_those_wait_who_come_before_its_server(tmp_path: Path) -> None:
    started: asyncio.Future[Path] = asyncio.get_running_loop().create_future()
    async with echo(tmp_path) as server, relayed(tmp_path / "relay", started):
        early = asyncio.create_task(say(tmp_path / "relay", b"early\n"))
        await asyncio.sleep(0)
        assert not early.done()
        started.set_result(server)
        assert await early == b"early\n"


async def test_a_cut_relay_ends_connections_and_takes_new_ones_only_afterwards(tmp_path: Path) -> None:
    started: asyncio.Future[Path] = asyncio.get_running_loop().create_future()
    async with echo(tmp_path) as server, relayed(tmp_path / "relay", started) as relay:
        started.set_result(server)
        reader, writer = await asyncio.open_unix_connection(tmp_path / "relay")
        writer.write(b"once\n")
        assert await reader.readline() == b"once\n"
        await relay.cut(0)
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        assert await say(tmp_path / "relay", b"again\n") == b"again\n"
