"""describe: how containers are run, for people on a phone and without secrets."""

from typing import Any

import pytest

from bot.model.outgoing import Message
from bot.model.reply import Code, Reply, Table
from bot.render.reply import reply_files, reply_message
from tests.commands.asking import ask, parsed
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import deployment, node, pod
from tests.render.reading import read

SECRET = "hunter2hunter2"


async def described(**container: Any) -> Reply:
    """A pod of one container, so declared."""
    made = pod("web-1")
    made["spec"]["containers"][0] |= container
    return await ask("describe pod web-1", FakeCluster().add(made))


def text(reply: Reply, title: str) -> str:
    [found] = [part for part in reply.parts if isinstance(part, Code) and part.title == title]
    return found.text


@pytest.mark.parametrize(
    ("container", "shown"),
    [
        pytest.param(
            {"env": [{"name": "DB_PASSWORD", "value": SECRET}]}, "DB_PASSWORD: ‹redacted value›", id="by name"
        ),
        pytest.param(
            {"env": [{"name": "URL", "value": f"amqp://odoo:{SECRET}@mq"}]},
            "URL: amqp://odoo:‹redacted password›@mq",
            id="by shape",
        ),
        pytest.param(
            {"env": [{"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "token"}}}]},
            "TOKEN: <set to the key 'token' in secret 'keys'>",
            id="a reference names no value",
        ),
    ],
)
async def test_no_secret_of_an_environment_is_shown(container: dict[str, Any], shown: str) -> None:
    reply = await described(**container)
    assert text(reply, "Environment of app") == shown
    assert SECRET not in str(reply)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        pytest.param(["--password", SECRET], "args: --password '‹redacted value›'", id="named by the word before"),
        pytest.param(
            [f"--url=postgres://u:{SECRET}@db"], "args: '--url=postgres://u:‹redacted password›@db'", id="url"
        ),
        pytest.param(["sh", "-c", f"export PGPASSWORD={SECRET}; run"], None, id="in a script"),
        pytest.param(["--password", f"it's {SECRET}"], "args: --password '‹redacted value›'", id="with a quote in it"),
        pytest.param([f"--token=it's {SECRET}"], "args: '--token=‹redacted value›'", id="with a quote, set"),
        pytest.param([f"--password=a b;c {SECRET}"], "args: '--password=‹redacted value›'", id="of several words"),
        pytest.param(["--password", f"a\n{SECRET}"], "args: --password '‹redacted value›'", id="of two lines"),
        pytest.param(["-token", SECRET], "args: -token '‹redacted value›'", id="a flag of one dash"),
    ],
)
async def test_no_secret_of_a_command_is_shown(words: list[str], shown: str | None) -> None:
    reply = await described(args=words)
    assert shown in (None, text(reply, "Command of app"))
    assert "‹redacted" in text(reply, "Command of app")
    assert SECRET not in str(reply)


async def test_no_secret_of_a_probe_is_shown() -> None:
    reply = await described(livenessProbe={"exec": {"command": ["check", "--password", f"it's {SECRET}"]}})
    assert "exec [check --password ‹redacted value›]" in str(reply)
    assert SECRET not in str(reply)


@pytest.mark.parametrize(
    ("port", "columns", "row"),
    [
        pytest.param({"containerPort": 80}, ("PORT", "PORT NAME"), ("80/TCP", "<none>"), id="of the container alone"),
        pytest.param(
            {"containerPort": 53, "protocol": "UDP", "name": "dns", "hostPort": 53},
            ("PORT", "PORT NAME", "HOST PORT"),
            ("53/UDP", "dns", "53/UDP"),
            id="of its node too",
        ),
    ],
)
async def test_a_port_of_the_node_has_a_column_where_there_is_one(
    port: dict[str, Any], columns: tuple[str, ...], row: tuple[str, ...]
) -> None:
    parts = (await described(ports=[port])).parts
    [shown] = [part for part in parts if isinstance(part, Table) and "PORT" in part.columns]
    assert (shown.columns, shown.rows) == (("CONTAINER", *columns), (("app", *row),))


async def test_a_value_of_two_lines_looks_like_no_second_variable() -> None:
    reply = await described(env=[{"name": "NOTE", "value": "one\nIMAGE: another"}])
    assert text(reply, "Environment of app").split("\n") == ["NOTE: one", "  IMAGE: another"]


async def test_a_long_environment_is_a_screen_of_a_phone_and_a_file() -> None:
    many = [{"name": f"SETTING_{number}", "value": str(number)} for number in range(1, 58)]
    reply = await described(env=many)
    shown = read(reply_message(reply).blocks)
    assert "SETTING_20: 20" in shown
    assert "SETTING_21" not in shown
    assert "20 of 57 lines; environment-app.txt in the thread has them all." in shown
    [file] = reply_files(reply)
    assert file.name == "environment-app.txt"
    assert file.content.decode().split("\n")[-1] == "SETTING_57: 57"


async def test_what_happened_stands_before_how_it_is_run() -> None:
    reply = await described(env=[{"name": "A", "value": "1"}])
    titles = [getattr(part, "title", "") or getattr(part, "text", "") for part in reply.parts]
    assert titles.index("No events in the last hour.") < titles.index("Environment of app")


async def test_one_variable_is_found_among_many() -> None:
    made = deployment("web", replicas=0)
    made["spec"]["template"]["spec"]["containers"][0]["env"] = [
        {"name": f"SETTING_{number}", "value": "x"} for number in range(90)
    ]
    reply = await ask("describe deployment web --grep SETTING_77", FakeCluster().add(made))
    assert text(reply, "Environment of web") == "SETTING_77: x"


def controls(message: Message) -> list[str]:
    """The lines behind its buttons that turn pages."""
    return [line for line in message.lines.values() if "--page" in line]


async def test_the_pages_of_a_long_part_turn() -> None:
    pods = [pod(f"web-{number:02}") for number in range(1, 26)]
    cluster = FakeCluster().add(node("node-1"), *pods)
    line = "describe node node-1"
    [turned] = controls(reply_message(await ask(line, cluster), line=line))
    assert parsed(turned).command is parsed(line).command
    [second] = [part for part in (await ask(turned, cluster)).parts if isinstance(part, Table) and len(part.rows) == 25]
    assert second.page == 2
