"""Settings: from the environment, else from the YAML file that BOT_CONFIG names; checked once, at the start."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bot.engine import strict_yaml
from bot.errors import BadArguments

FOLDER = r"^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$"
"""An absolute path without `..`."""

HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:]*)(:\d+)?")
"""`db`, `db:5432`, `[::1]:5432`, and nothing where the address names a socket elsewhere."""
ADDRESSES = {"database_url": "postgresql://user:password@host/database", "redis_url": "redis://:password@host/0"}
"""Field → how it is written."""
TOKENS = {"slack_bot_token": "xoxb-", "slack_app_token": "xapp-"}
"""Field → how the token in it begins."""

AUDIT_KEY_CHARACTERS = 32
"""128 bits even of hexadecimal digits."""


class StorageNode(BaseModel):
    """Where one storage node's sshd listens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    host: str
    port: int = Field(default=22, ge=1, le=65535)

    @classmethod
    def read(cls, text: str) -> "StorageNode":
        """`node-1=10.0.0.1:2222`. Raises ValueError."""
        name, equals, address = text.strip().partition("=")
        host, _, port = address.partition(":")
        if not (name and equals and host and (port or ":" not in address) and (port or "22").isdigit()):
            raise ValueError("each node is written NAME=HOST or NAME=HOST:PORT")
        return cls(name=name, host=host, port=int(port or 22))


class DatabaseSettings(BaseModel):
    """What suffices to look after the database: its owner need not hold the tokens of Slack."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    database_url: SecretStr = Field(description="postgresql://user:password@host/database")
    audit_key: SecretStr | None = None
    """Signs the heads of the audit chain; several with commas between them, the newest first: it signs, all verify."""

    @field_validator("audit_key")
    @classmethod
    def _cannot_be_guessed(cls, keys: SecretStr | None) -> SecretStr | None:
        if keys is not None and any(
            len(key.strip()) < AUDIT_KEY_CHARACTERS for key in keys.get_secret_value().split(",")
        ):
            raise ValueError(f"needs {AUDIT_KEY_CHARACTERS} characters or more: `openssl rand -hex 32` makes one")
        return keys

    @field_validator("database_url", "redis_url", check_fields=False)
    @classmethod
    def _is_an_address(cls, url: SecretStr | None, info: Any) -> SecretStr | None:
        """Checked here, for the libraries quote a part of the password when they cannot read it."""
        if url is not None and not _is_address(url.get_secret_value()):
            written = ADDRESSES[info.field_name]
            raise ValueError(f"must be written {written}, in its password %2F for /, %23 for #, %40 for @")
        return url


class Settings(DatabaseSettings):
    """Everything that differs from one installation to the next; the names in capitals are the environment's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slack_bot_token: SecretStr = Field(description="the bot token of your Slack app, xoxb-…")
    slack_signing_secret: SecretStr | None = None
    """Set: Slack calls us by signed HTTP requests, and no socket is opened."""
    slack_app_token: SecretStr | None = Field(
        default=None,
        validate_default=True,
        description="the app-level token with connections:write, xapp-…, or SLACK_SIGNING_SECRET for HTTP",
    )
    slack_http_host: str = "0.0.0.0"  # noqa: S104 - a pod is reached through its service
    slack_http_port: int = Field(default=3000, ge=0, le=65535)
    slack_api_url: str = "https://slack.com/api/"
    slack_command: str = Field(default="/saas", pattern=r"^/[a-z0-9_-]{1,31}$")
    kubeconfig: str = ""
    """Path; empty: in-cluster where there is a service account, else kubectl's default."""
    kube_context: str = ""
    kube_old_ca: bool = False
    """The cluster's CA is older than what Python 3.13 asks of one; the chain and the name are checked all the same."""
    cluster_name: str = Field(default="main", pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    redis_url: SecretStr | None = None
    """Without it the bot runs as one replica's worth: budgets are counted in the process."""
    audit_channel: str = Field(default="", pattern="^([CG][A-Z0-9]{2,})?$")
    """Where the head of the audit chain is told once a day."""
    policy_file: Path | None = None
    """See docs/policy.md. Without it nobody may do anything, and the bot says so."""
    storage_nodes: tuple[StorageNode, ...] = ()
    """`node-1=10.0.0.1,node-2=10.0.0.2:2222`; empty: the storage commands say how to configure it."""
    storage_namespace: str = ""
    """Where the instances live: only who may speak of that namespace may speak of their folders."""
    storage_user: str = "root"
    storage_key_file: Path | None = None
    storage_known_hosts: Path | None = None
    """Pinned host keys; without this file no node is spoken to."""
    backup_instances: str = Field(default="/mnt/cephfs/odoo_instances", pattern=FOLDER)
    backup_prefix: str = Field(default="odoo_data_", pattern=r"^[a-z0-9_-]{0,40}$")
    backup_root: str = Field(default="/mnt/cephfs/odoo_backups", pattern=FOLDER)
    backup_image: str = "busybox:1.37"
    backup_service_account: str = ""
    backup_overdue_hours: int = Field(default=26, ge=0, le=8760)
    """How old an instance's newest backup may become before an incident opens; 0: any age."""
    backup_deployment: str = Field(default="odoo-{instance}", pattern=r"^[a-z0-9-]*\{instance\}[a-z0-9-]*$")
    """See docs/backups.md."""
    own_namespace: str = ""
    """The namespace the bot lives in (POD_NAMESPACE): it never changes that."""
    incident_settle_s: int = Field(default=600, ge=5)
    """How long something must run again before its incident ends; the kubelet's own figure."""
    health_port: int = Field(default=8080, ge=0, le=65535)
    health_host: str = "0.0.0.0"  # noqa: S104 - the kubelet probes it from the node
    deeds_per_minute: int = Field(default=120, ge=10)
    """Commands and clicks of one person that one replica takes in within a minute."""
    ack_within_ms: int = Field(default=400, ge=100, le=2500)
    """What a request asks of database, cluster and Slack before its ack gets so long; Slack waits 3 s for it."""
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    @field_validator("slack_api_url")
    @classmethod
    def _with_slash(cls, url: str) -> str:
        """slack_sdk joins by plain concatenation."""
        if not url.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://")
        return url if url.endswith("/") else url + "/"

    @field_validator("storage_nodes", mode="before")
    @classmethod
    def _nodes(cls, nodes: Any) -> Any:
        return [StorageNode.read(text) for text in nodes.split(",")] if isinstance(nodes, str) else nodes

    @model_validator(mode="after")
    def _storage_is_whole(self) -> Self:
        beside = (self.storage_key_file, self.storage_known_hosts, self.storage_namespace)
        if self.storage_nodes and not all(beside):
            raise ValueError(
                "STORAGE_NODES needs STORAGE_KEY_FILE, STORAGE_KNOWN_HOSTS and STORAGE_NAMESPACE beside it"
            )
        return self

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _of_its_kind(cls, token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        prefix = TOKENS[str(info.field_name)]
        if token is not None and not token.get_secret_value().startswith(prefix):
            raise ValueError(f"must begin with {prefix}")
        return token

    @field_validator("slack_signing_secret")
    @classmethod
    def _is_no_token(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and secret.get_secret_value().startswith(tuple(TOKENS.values())):
            raise ValueError("is a token; what belongs here is at Basic Information, named Signing Secret")
        return secret

    @field_validator("slack_app_token")
    @classmethod
    def _slack_reaches_us(cls, token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if token is None and info.data.get("slack_signing_secret") is None:
            raise PydanticCustomError("missing", "neither sockets nor signed requests are set up")
        return token


S = TypeVar("S", bound=DatabaseSettings)

ENVIRONMENT = {name.upper(): name for name in Settings.model_fields} | {"POD_NAMESPACE": "own_namespace"}
"""Variable → field. KUBECONFIG, DATABASE_URL and REDIS_URL are the names that everybody else uses."""


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises BadArguments that lists every fault, one a line, without any value."""
    return _read(Settings, environment)


def load_database(environment: Mapping[str, str] = os.environ) -> DatabaseSettings:
    """Read where the database is and what signs its audit, and nothing else. Raises BadArguments."""
    return _read(DatabaseSettings, environment)


def _read(kind: type[S], environment: Mapping[str, str]) -> S:
    values = _from_file(environment.get("BOT_CONFIG", ""))
    values |= {field: environment[name] for name, field in ENVIRONMENT.items() if environment.get(name)}
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        faults = [_sentence(fault) for fault in error.errors(include_url=False, include_input=False)]
        raise BadArguments("\n".join(faults), hint="See docs/install.md.") from None


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    hosts = parts.netloc.rpartition("@")[2].split(",")
    return not parts.fragment and all(HOST.fullmatch(host) for host in hosts)


def _from_file(path: str) -> dict[str, Any]:
    if not path:
        return {}
    try:
        values = strict_yaml.load(Path(path).read_text())
    except OSError as error:
        raise BadArguments(f"BOT_CONFIG names {path}, which can't be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise BadArguments(f"BOT_CONFIG names {path}, which is not YAML, or has a key twice.") from None
    if not isinstance(values, dict):
        raise BadArguments(f"BOT_CONFIG names {path}, which holds no `name: value` lines.")
    if "policy_file" in values:
        values["policy_file"] = Path(path).parent / str(values["policy_file"])
    return values


def _sentence(fault: Any) -> str:
    if not fault["loc"]:
        return f"{fault['msg'].removeprefix('Value error, ')}."
    field = str(fault["loc"][0])
    name = field.upper()
    match fault["type"]:
        case "missing":
            return f"{name} is missing: {Settings.model_fields[field].description}."
        case "extra_forbidden":
            return f"{field} is not a setting."
        case _:
            return f"{name} is wrong: {fault['msg'].removeprefix('Value error, ')}."
