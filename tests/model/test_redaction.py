"""No secret leaves; what people need to read stays."""

import time
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.line_redaction import REST, LineRedactor
from bot.model.redaction import names_a_secret, redact, redact_words

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----"
SLACK = "xox" + "b-123456789012-abcdefghijkl"
AWS = "AKIA" + "IOSFODNN7EXAMPLE"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(f"got {JWT}.", "got ‹redacted JWT›.", id="JWT"),
        pytest.param(f"key:\n{PEM}\nend", "key:\n‹redacted rsa private key›\nend", id="PEM"),
        pytest.param("-----BEGIN PRIVATE KEY-----\nMIIE", "‹redacted private key›", id="PEM cut off"),
        pytest.param(f"using {SLACK} now", "using ‹redacted Slack token› now", id="Slack"),
        pytest.param(f"id {AWS}", "id ‹redacted AWS key›", id="AWS id"),
        pytest.param("ghp_" + "a1" * 18, "‹redacted token›", id="GitHub"),
        pytest.param("postgres://odoo:p@ss:w0rd@db:5432/x", "postgres://odoo:‹redacted password›@db:5432/x", id="URL"),
        pytest.param("redis://:hunter2@redis:6379", "redis://:‹redacted password›@redis:6379", id="URL, no user"),
        pytest.param("password=hunter2 user=odoo", "password=‹redacted value› user=odoo", id="assigned"),
        pytest.param("POSTGRES_PASSWORD: hunter2", "POSTGRES_PASSWORD: ‹redacted value›", id="environment"),
        pytest.param("PGPASSWORD=hunter2 psql", "PGPASSWORD=‹redacted value› psql", id="PGPASSWORD"),
        pytest.param("dbPassword = 'two words', x", "dbPassword = '‹redacted value›', x", id="camel, quoted"),
        pytest.param('{"apiKey": "a\\"b c", "n": 1}', '{"apiKey": "‹redacted value›", "n": 1}', id="JSON"),
        pytest.param('{\\"token\\":\\"abcdef\\",', '{\\"token\\":\\"‹redacted value›\\",', id="JSON in JSON"),
        pytest.param("client_secret:=abc123", "client_secret:=‹redacted value›", id="Go"),
        pytest.param("login --password hunter2 -u x", "login --password ‹redacted value› -u x", id="flag"),
        pytest.param("ALTER USER odoo PASSWORD 'x y'", "ALTER USER odoo PASSWORD '‹redacted value›'", id="SQL"),
        pytest.param("Authorization: Basic b2Rvbzp4", "Authorization: ‹redacted header›", id="header"),
        pytest.param("sent Bearer abcdef.123456", "sent Bearer ‹redacted token›", id="bearer"),
        pytest.param("Cookie: session=abc; id=1", "Cookie: ‹redacted header›", id="cookie"),
        pytest.param(
            "aws_secret_access_key = " + "aB3/" * 10, "aws_secret_access_key = ‹redacted value›", id="AWS secret"
        ),
        pytest.param("\x1b[36mpassword\x1b[0m=hunter2", "password=‹redacted value›", id="coloured"),
        pytest.param("pass\u200bword\u202e=hunter2", "password=‹redacted value›", id="invisible signs between"),
        pytest.param(
            '{"name":"DB_PASSWORD","value":"hunter2"}',
            '{"name":"DB_PASSWORD","value":"‹redacted value›"}',
            id="environment in JSON",
        ),
        pytest.param(
            "- name: API_KEY\n  value: hunter2\n",
            "- name: API_KEY\n  value: ‹redacted value›\n",
            id="environment in YAML",
        ),
        pytest.param('["--password","hunter2"]', '["--password","‹redacted value›"]', id="flag in JSON"),
        pytest.param("- --token\n- hunter2\n", "- --token\n- ‹redacted value›\n", id="flag in YAML"),
        pytest.param("password: |\n  hunter2", "password: |\n  ‹redacted value›", id="block in YAML"),
        pytest.param("{'password': b'hunter2'}", "{'password': b'‹redacted value›'}", id="bytes in Python"),
        pytest.param("<password>hunter2</password>", "<password>‹redacted value›</password>", id="XML"),
        pytest.param("mysql -uroot -phunter2 x", "mysql -uroot -p‹redacted value› x", id="mysql"),
        pytest.param("curl -su a -u odoo:hunter2 x", "curl -su a -u odoo:‹redacted value› x", id="curl"),
        pytest.param("requirepass hunter2", "requirepass ‹redacted value›", id="redis.conf"),
        pytest.param('{"auth":"b2Rvbzp4"}', '{"auth":"‹redacted value›"}', id="docker's config"),
        pytest.param("key = AQ" + "b1/+" * 9 + "==", "key = ‹redacted Ceph key›", id="Ceph"),
        pytest.param("https://" + "a1" * 12 + "@git.example", "https://‹redacted token›@git.example", id="URL, token"),
        pytest.param("amqp://odoo:a/b@mq:5672", "amqp://odoo:‹redacted password›@mq:5672", id="URL, slash"),
        pytest.param(
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQ\n-----END PGP PRIVATE KEY BLOCK-----.",
            "‹redacted pgp private key block›.",
            id="PGP",
        ),
        pytest.param("sent " + b64encode(b"DB_PASSWORD=hunter2").decode(), "sent ‹redacted base64›", id="base64"),
        pytest.param(
            "https://hooks.slack.com/services/T0/B0/xyz", "https://hooks.slack.com/‹redacted Slack webhook›", id="hook"
        ),
    ],
)
def test_a_secret_is_replaced_by_what_it_was(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        'FATAL: password authentication failed for user "odoo_acme"',
        "token: expired",
        "password: missing",
        "KeyError: 'BROKER_URL'",
        "GET https://shop.example.com:8443/health?x=1 200",
        "secret/saasodoo-secrets changed",
        "max_tokens=4096",
        "compass: north",
        "keys: a, b",
        "Error: secret \"saasodoo-secrets\" not found",
        "MountVolume.SetUp failed for volume \"tls\" : secret \"tls\" not found",
        "2026-11-23T10:00:00Z INFO worker ready, 4 of 4",
        "http://shop:8080/reset?mail=maya@example.com",
        "odoo/odoo@sha256:" + "0a" * 32,
        "größer als 4 GiB",
        "\tat com.example.Main(Main.java:7)",
        "checked " + b64encode(b"a long sentence without secrets").decode(),
    ],
)  # fmt: skip
def test_what_people_need_to_read_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "name", ["DB_PASSWORD", "apiKey", "AUTH", "REDIS_AUTH", "GITHUB_PAT", "APP_KEY", "jwt", "CREDS", "pgpass"]
)
def test_a_variable_that_holds_a_secret_is_known_by_its_name(name: str) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize("name", ["AUTH_URL", "AUTH_MODE", "PATH", "COMPAT", "MONKEY", "KEYSPACE", "LOG_LEVEL"])
def test_a_variable_that_holds_none_is_shown(name: str) -> None:
    assert not names_a_secret(name)


def test_a_flag_that_names_a_file_keeps_it() -> None:
    assert redact_words(["nginx", "--key", "/etc/tls.key"]) == ["nginx", "--key", "/etc/tls.key"]


@given(st.text())
def test_redacting_again_changes_nothing(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


PEM_HEAD = "-----BEGIN PRIVATE KEY-----"
PIECES = [
    "password",
    "\x1b[0m",
    "\u200b",
    "name",
    "value",
    "<token>",
    "--",
    "-p",
    "mysql",
    "=",
    ":",
    '"',
    "'",
    "\\",
    " ",
    "token",
    "Bearer ",
    "://",
    "u:p@",
    PEM_HEAD,
    "a1",
    "\n",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_redacting_odd_pieces_again_changes_nothing(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@pytest.mark.parametrize("piece", [*PIECES, "a:", "://a:", "token=\\'", "A_", "-", "passwor", "aws_secret"])
def test_text_made_to_be_slow_is_not(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    redact(text)
    assert time.process_time() - started < 5, "linear work takes a tenth of a second; quadratic work takes minutes"


KEY_LINES = ["MIIEvQ" + "Ab1/" * 14 + "Zz", "Cd2+" * 16, "Ef3=", "-----END PRIVATE KEY-----"]


def shown(*lines: str) -> list[str]:
    """What is left of a text that comes line by line."""
    redactor = LineRedactor()
    return [line for line in map(redactor.redact, lines) if line is not None]


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        pytest.param([PEM_HEAD, *KEY_LINES, "ready"], ["‹redacted private key›", "ready"], id="bare"),
        pytest.param(
            [f"10:00 INFO {line}" for line in [PEM_HEAD, *KEY_LINES[:2], KEY_LINES[3], "ready"]],
            ["10:00 INFO ‹redacted private key›", "10:00 INFO ready"],
            id="each with the logger's own beginning",
        ),
        pytest.param(
            [PEM_HEAD, KEY_LINES[0], "GET /health 200", *KEY_LINES[1:]],
            ["‹redacted private key›", "GET /health 200"],
            id="another thread's line between",
        ),
        pytest.param([KEY_LINES[1], *KEY_LINES[1:], "ready"], [REST, "ready"], id="its beginning cut off"),
        pytest.param(["0a" * 32, "ready"], ["0a" * 32, "ready"], id="a checksum is no key"),
        pytest.param([PEM_HEAD, "a b", "c d", "e f", "ready"], ["‹redacted private key›", "a b", "c d", "e f", "ready"],
                     id="cut off at once"),
    ],
)  # fmt: skip
def test_of_a_key_that_spans_lines_one_line_is_left(lines: list[str], left: list[str]) -> None:
    assert shown(*lines) == left
