"""What each part is told, made of the settings: the policy, Slack's side, the storage nodes, the places of backups."""

import logging
from datetime import timedelta
from pathlib import Path

from bot.ceph.link import NodeAddress
from bot.commands import COMMANDS
from bot.engine import acknowledging
from bot.engine import policy as policies
from bot.errors import BadArguments
from bot.model.backup import BackupPlaces
from bot.model.checkpoint import Signer
from bot.model.fingerprint import Fingerprints
from bot.settings import DatabaseSettings, Settings
from bot.slack.settings import HttpSettings, SlackSettings

log = logging.getLogger(__name__)


def load_policy(settings: Settings) -> policies.Policy:
    """Read the policy file. Raises BadArguments."""
    if settings.policy_file is None:
        log.warning("POLICY_FILE is not set: nobody may do anything")
        return policies.NOBODY
    policy = policies.load(policy_text(settings.policy_file))
    for fault in policy_doubts(policy):
        log.warning("%s", fault)
    return policy


def policy_text(file: Path) -> str:
    """Read a policy file as it stands. Raises BadArguments."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadArguments(f"The policy file {file} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BadArguments(f"The policy file {file} is not UTF-8 text.") from None


def policy_doubts(policy: policies.Policy) -> list[str]:
    """Say what in a sound policy does nothing, and so may not do what it was written for."""
    return policies.idle_patterns(policy, [*(command.name for command in COMMANDS), *acknowledging.ACTIONS.values()])


def audit_signer(settings: DatabaseSettings) -> Signer:
    """Sign with the audit's keys; without any it signs nothing."""
    return Signer.of(settings.audit_key.get_secret_value()) if settings.audit_key else Signer()


def fingerprints(settings: Settings) -> Fingerprints:
    """Key them by the bot's token: every copy has it, and no database."""
    return Fingerprints.of(settings.slack_bot_token.get_secret_value())


def slack_settings(settings: Settings) -> SlackSettings:
    """Name the app at Slack, and how much of one person it takes."""
    app_token, secret = settings.slack_app_token, settings.slack_signing_secret
    return SlackSettings(
        bot_token=settings.slack_bot_token.get_secret_value(),
        app_token=app_token.get_secret_value() if app_token else "",
        api_url=settings.slack_api_url,
        command=settings.slack_command,
        deeds_per_minute=settings.deeds_per_minute,
        ack_within_s=settings.ack_within_ms / 1000,
        http=_http_settings(settings, secret.get_secret_value()) if secret else None,
    )


def _http_settings(settings: Settings, secret: str) -> HttpSettings:
    return HttpSettings(signing_secret=secret, host=settings.slack_http_host, port=settings.slack_http_port)


def storage_nodes(settings: Settings) -> list[NodeAddress]:
    """Say how each storage node is reached; empty where none is configured."""
    key_file, known_hosts = settings.storage_key_file, settings.storage_known_hosts
    if key_file is None or known_hosts is None:
        return []
    return [
        NodeAddress(
            name=node.name,
            host=node.host,
            port=node.port,
            user=settings.storage_user,
            key_file=key_file,
            known_hosts=known_hosts,
        )
        for node in settings.storage_nodes
    ]


def backup_places(settings: Settings) -> BackupPlaces:
    """Say where instances and their backups lie, and what a Job of backups is made of."""
    return BackupPlaces(
        instances=settings.backup_instances,
        prefix=settings.backup_prefix,
        backups=settings.backup_root,
        image=settings.backup_image,
        service_account=settings.backup_service_account,
        deployment=settings.backup_deployment,
        overdue_after=timedelta(hours=settings.backup_overdue_hours),
    )
