"""No secret leaves; what people need to read stays."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.redaction import redact

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
    ],
)  # fmt: skip
def test_what_people_need_to_read_stays(text: str) -> None:
    assert redact(text) == text


@given(st.text())
def test_redacting_again_changes_nothing(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


PEM_HEAD = "-----BEGIN PRIVATE KEY-----"
PIECES = ["password", "=", ":", '"', "'", "\\", " ", "token", "Bearer ", "://", "u:p@", PEM_HEAD, "a1", "\n"]


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
