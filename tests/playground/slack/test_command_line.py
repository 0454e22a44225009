"""python -m playground.slack: what it prints, how it ends, how it refuses."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.slack.app import MANIFEST


async def _started(*arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playground.slack", *arguments, stdout=pipe, stderr=pipe
    )


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(MANIFEST))
    return path


async def _settings(process: asyncio.subprocess.Process) -> dict[str, str]:
    assert process.stdout is not None
    settings: dict[str, str] = {}
    while len(settings) < 4:
        settings |= json.loads(await process.stdout.readline())
    return settings


async def test_it_prints_what_a_client_needs_and_ends_on_a_signal(manifest: Path) -> None:
    process = await _started("--manifest", str(manifest))
    settings = await _settings(process)
    client = AsyncWebClient(token=settings["SLACK_BOT_TOKEN"], base_url=settings["SLACK_API_URL"])
    assert (await client.auth_test())["team"] == "SaaSOdoo"
    assert settings["SLACK_APP_TOKEN"].startswith("xapp-")
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0


async def test_a_port_in_use_and_a_bad_manifest_are_said_in_a_sentence(manifest: Path, tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
    port = str(server.sockets[0].getsockname()[1])
    taken = await _started("--manifest", str(manifest), "--port", port)
    missing = await _started("--manifest", str(tmp_path / "none.json"))
    said = [(await process.communicate())[1].decode() for process in (taken, missing)]
    server.close()
    assert said[0] == f"Port {port} is in use. Nothing was started; choose another with --port.\n"
    assert "cannot be read" in said[1]
    assert (taken.returncode, missing.returncode) == (1, 1)


async def test_it_goes_on_where_it_was_left_and_records_what_passed(manifest: Path, tmp_path: Path) -> None:
    kept, record = tmp_path / "kept.json", tmp_path / "record.jsonl"
    for number in (1, 2):
        process = await _started("--manifest", str(manifest), "--keep", str(kept), "--record", str(record))
        settings = await _settings(process)
        client = AsyncWebClient(token=settings["SLACK_BOT_TOKEN"], base_url=settings["SLACK_API_URL"])
        await client.chat_postMessage(channel="#ops", text=str(number))
        history = await client.conversations_history(channel="C0OPS00001")
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
    assert [message["text"] for message in history["messages"]] == ["2", "1"]
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    assert [line["method"] for line in lines] == ["chat.postMessage", "conversations.history"] * 2
    assert kept.stat().st_mode & 0o077 == 0
