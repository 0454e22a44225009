"""What `describe` tells of how containers are run: their ports, commands and environments, without secrets. Pure."""

import shlex
from collections.abc import Sequence
from typing import Any

from bot.commands.look.columns.column import NONE
from bot.model.kube.jobs import CronJob, Job
from bot.model.kube.pods import Container, ContainerPort, EnvFrom, EnvVar, EnvVarSource, KeySelector, Pod, PodSpec
from bot.model.kube.workloads import DaemonSet, Deployment, ReplicaSet, StatefulSet
from bot.model.redaction import VALUE, names_a_secret, redact, redact_words
from bot.model.reply import Code, Part, Shows, Table

LINES_SHOWN = 20
"""Of a command or an environment: a screen of a phone; the file has the rest."""


def declared(item: Any) -> list[Part]:
    """How the containers of a pod are run, or those of what makes pods; nothing for other kinds."""
    spec = pod_spec(item)
    containers = (*spec.init_containers, *spec.containers) if spec else ()
    return [*ports(containers), *(part for one in containers for part in (*command(one), *environment(one)))]


def pod_spec(item: Any) -> PodSpec | None:
    """What *item* is, or what its pods will be."""
    match item:
        case Pod():
            return item.spec
        case Deployment() | ReplicaSet() | StatefulSet() | DaemonSet() | Job():
            return item.spec.template.spec
        case CronJob():
            return item.spec.job_template.spec.template.spec
        case _:
            return None


def ports(containers: Sequence[Container]) -> list[Part]:
    """Where each says that it listens, and which port of its node leads there, where any does."""
    rows = tuple(
        (one.name, f"{port.container_port}/{port.protocol}", port.name or NONE, _host_port(port))
        for one in containers
        for port in one.ports
    )
    titles = ("CONTAINER", "PORT", "PORT NAME", "HOST PORT")
    shown = len(titles) if any(row[-1] != NONE for row in rows) else len(titles) - 1
    return [Table(titles[:shown], tuple(row[:shown] for row in rows))] if rows else []


def _host_port(port: ContainerPort) -> str:
    return f"{port.host_port}/{port.protocol}" if port.host_port else NONE


def command(container: Container) -> list[Part]:
    """What it runs in place of the image's own entrypoint, and with which words."""
    lines = [
        f"{label}: {_words(words)}"
        for label, words in (("command", container.command), ("args", container.args))
        if words
    ]
    return [_code("Command", container, lines)] if lines else []


def _words(words: Sequence[str]) -> str:
    """As a shell takes them; redacted before they are quoted, as quotes may end in the midst of a secret."""
    return redact(shlex.join(redact_words(words)))


def environment(container: Container) -> list[Part]:
    """Its variables, in the order in which they count; what a secret holds is neither read nor shown."""
    lines = [*map(_all_of, container.env_from), *map(_variable, container.env)]
    return [_code("Environment", container, lines)] if lines else []


def _all_of(source: EnvFrom) -> str:
    """`every key of configmap/config`, `every key of secret/keys as DB_… (optional)`."""
    kind, found = ("configmap", source.config_map_ref) if source.config_map_ref else ("secret", source.secret_ref)
    prefix = f" as {source.prefix}…" if source.prefix else ""
    return f"every key of {kind}/{found.name if found else ''}{prefix}{_optional(found)}"


def _variable(one: EnvVar) -> str:
    """`NAME: value`; the further lines of a value are indented, so that none looks like a variable."""
    return f"{one.name}: {_value(one)}".rstrip().replace("\n", "\n  ")


def _value(one: EnvVar) -> str:
    if one.value_from is not None:
        return _source(one.value_from)
    return VALUE if one.value and names_a_secret(one.name) else redact(one.value)


def _source(source: EnvVarSource) -> str:
    """kubectl's words where it is one key, ours where kubectl names a field only."""
    if (key := source.secret_key_ref) is not None:
        return f"<set to the key '{key.key}' in secret '{key.name}'>{_optional(key)}"
    if (key := source.config_map_key_ref) is not None:
        return f"<set to the key '{key.key}' of config map '{key.name}'>{_optional(key)}"
    if source.field_ref is not None:
        return f"<the pod's {source.field_ref.field_path}>"
    return f"<the container's {source.resource_field_ref.resource}>" if source.resource_field_ref else "<unknown>"


def _optional(source: KeySelector | None) -> str:
    return " (optional)" if source and source.optional else ""


def _code(what: str, container: Container, lines: Sequence[str]) -> Code:
    return Code(
        "\n".join(lines),
        title=f"{what} of {container.name}",
        file_name=f"{what.lower()}-{container.name}.txt",
        shows=Shows.BEGINNING,
        most_lines=LINES_SHOWN,
    )
