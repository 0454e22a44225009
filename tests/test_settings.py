"""Settings come from the environment or one YAML file, and every fault is told at once, without any value."""

from pathlib import Path

import pytest

from bot import settings
from bot.configuration import slack_settings
from bot.errors import BadArguments
from bot.slack.settings import HttpSettings

SOUND = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "DATABASE_URL": "postgresql://u:secret@db/bot",
    "POLICY_FILE": "/etc/bot/policy.yaml",
}


def test_the_environment_suffices() -> None:
    loaded = settings.load(
        SOUND | {"SLACK_API_URL": "http://localhost:1/api", "KUBECONFIG": "/k", "POD_NAMESPACE": "me"}
    )
    assert loaded.slack_api_url == "http://localhost:1/api/"
    assert loaded.kubeconfig == "/k"
    assert loaded.own_namespace == "me"
    assert loaded.redis_url is None


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "bot.yaml"
    file.write_text("policy_file: policy.yaml\ncluster_name: fromfile\nlog_level: DEBUG\n")
    given = {name: value for name, value in SOUND.items() if name != "POLICY_FILE"}
    loaded = settings.load(given | {"BOT_CONFIG": str(file), "CLUSTER_NAME": "fromenv"})
    assert loaded.cluster_name == "fromenv"
    assert loaded.log_level == "DEBUG"
    assert loaded.policy_file == tmp_path / "policy.yaml"


def test_every_missing_setting_is_named_at_once() -> None:
    with pytest.raises(BadArguments) as refusal:
        settings.load({})
    lines = str(refusal.value).splitlines()
    assert {line.split(" ")[0] for line in lines} == {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "DATABASE_URL"}
    assert all(": " in line for line in lines)


def test_over_http_no_app_token_is_needed() -> None:
    given = {name: value for name, value in SOUND.items() if name != "SLACK_APP_TOKEN"}
    ours = slack_settings(settings.load(given | {"SLACK_SIGNING_SECRET": "s3cret", "SLACK_HTTP_PORT": "3001"}))
    assert ours.http == HttpSettings(signing_secret="s3cret", port=3001)
    assert slack_settings(settings.load(SOUND)).http is None


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        pytest.param("SLACK_BOT_TOKEN", "xapp-secret", "must begin with xoxb-", id="tokens swapped"),
        pytest.param("SLACK_SIGNING_SECRET", "xapp-hidden", "Basic Information", id="a token for the signing secret"),
        pytest.param("SLACK_API_URL", "ftp://secret", "must begin with https://", id="not a web address"),
        pytest.param("SLACK_COMMAND", "secret", "SLACK_COMMAND is wrong", id="command without a slash"),
        pytest.param("DATABASE_URL", "postgresql://u:secret/1@db/bot", "%2F", id="password with a slash"),
        pytest.param("DATABASE_URL", "postgresql://u:sec#secret@db/bot", "%23", id="password with a hash"),
        pytest.param("DATABASE_URL", "postgresql://u:[secret@db/bot", "%2F", id="password with a bracket"),
        pytest.param("DATABASE_URL", "postgresql://u:p@db:secret/bot", "postgresql://", id="database port"),
        pytest.param("REDIS_URL", "redis://:secret/1@cache", "redis://", id="Redis password with a slash"),
        pytest.param("HEALTH_PORT", "secret", "HEALTH_PORT is wrong", id="port not a number"),
        pytest.param("AUDIT_KEY", "secret", "needs 32 characters", id="a key that can be guessed"),
        pytest.param("AUDIT_KEY", "k" * 32 + ",secret", "needs 32 characters", id="an old key that can be guessed"),
        pytest.param("AUDIT_CHANNEL", "#secret", "AUDIT_CHANNEL is wrong", id="a channel's name"),
    ],
)
def test_a_fault_is_named_and_the_value_is_not(name: str, value: str, says: str) -> None:
    with pytest.raises(BadArguments) as refusal:
        settings.load(SOUND | {name: value})
    assert says in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("BACKUP_ROOT", "/mnt/../etc", id="a way out"),
        pytest.param("BACKUP_INSTANCES", "mnt/cephfs", id="no absolute path"),
        pytest.param("BACKUP_PREFIX", "odoo/", id="a prefix with a folder"),
        pytest.param("BACKUP_DEPLOYMENT", "odoo", id="one deployment for all"),
    ],
)
def test_folders_and_names_of_backups_are_checked(name: str, value: str) -> None:
    with pytest.raises(BadArguments, match=f"^{name} is wrong"):
        settings.load(SOUND | {name: value})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(None, "can't be read", id="missing"),
        pytest.param("a: [", "is not YAML", id="not YAML"),
        pytest.param("redis_url: a\nredis_url: b", "has a key twice", id="a key twice"),
        pytest.param("just words", "no `name: value` lines", id="not a mapping"),
        pytest.param("typo: 1", "typo is not a setting", id="unknown setting"),
    ],
)
def test_a_faulty_file_is_named(tmp_path: Path, text: str | None, says: str) -> None:
    file = tmp_path / "bot.yaml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(BadArguments, match=says):
        settings.load(SOUND | {"BOT_CONFIG": str(file)})


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:p%2Fq@db/bot?sslmode=require",
        "postgresql://u@db-1:5432,db-2:5433/bot",
        "postgresql:///bot?host=/run/postgresql",
        "postgresql://u:p@[::1]:5432/bot",
    ],
)
def test_every_way_to_write_a_database_address_is_taken(url: str) -> None:
    assert settings.load(SOUND | {"DATABASE_URL": url}).database_url.get_secret_value() == url


def test_no_secret_is_shown_by_printing_the_settings() -> None:
    shown = repr(settings.load(SOUND))
    assert not any(secret in shown for secret in ("xoxb-1", "xapp-1", "u:secret"))
