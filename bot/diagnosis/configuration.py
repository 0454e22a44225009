"""Which Secrets and ConfigMaps a workload reads, and which of them were written shortly before something went wrong.

Of each only the metadata is asked for: no value of a Secret is read.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import BotError
from bot.model.durations import spoken
from bot.model.kube.pods import KeySelector, PodSpec
from bot.model.quoting import quoted
from bot.model.resources import CONFIGMAP, SECRET, Resource
from bot.ports import ClusterReader

LOOKED_AT = 6
"""References of one workload, in the order of its template: one small request each."""
NAMED = 2
"""Of those that were written: the newest are what people want to hear of."""
RECENT = timedelta(days=1)
"""What was written earlier was read by pods that ran well since."""

Reference = tuple[Resource, str]


@dataclass(frozen=True, slots=True)
class Written:
    """One Secret or ConfigMap whose content somebody wrote."""

    name: str
    """`secret/saasodoo-secrets`."""
    ago: timedelta
    """Before the trouble."""
    manager: str

    def __str__(self) -> str:
        """`secret/saasodoo-secrets written 3 min before, by “kubectl-edit”`."""
        by = f", by {quoted(self.manager)}" if self.manager else ""
        return f"{self.name} written {spoken(self.ago)} before{by}"


async def written_before(cluster: ClusterReader, spec: PodSpec, namespace: str, at: datetime) -> list[Written]:
    """Of what pods of *spec* read, that which was written shortly before *at*, the newest first. Never raises."""
    looks = [_look(cluster, one, namespace, at) for one in list(dict.fromkeys(references(spec)))[:LOOKED_AT]]
    found = [one for one in await asyncio.gather(*looks) if one is not None]
    return sorted(found, key=lambda one: one.ago)[:NAMED]


def references(spec: PodSpec) -> Iterator[Reference]:
    """Every Secret and ConfigMap that the containers' environment, the volumes and the pull of images name."""
    for container in (*spec.containers, *spec.init_containers):
        for source in container.env_from:
            yield from _named((CONFIGMAP, source.config_map_ref), (SECRET, source.secret_ref))
        for variable in container.env:
            if (value := variable.value_from) is not None:
                yield from _named((CONFIGMAP, value.config_map_key_ref), (SECRET, value.secret_key_ref))
    for volume in spec.volumes:
        if volume.config_map is not None:
            yield CONFIGMAP, volume.config_map.name
        if volume.secret is not None:
            yield SECRET, volume.secret.secret_name
    yield from ((SECRET, one.name) for one in spec.image_pull_secrets)


def _named(*sources: tuple[Resource, KeySelector | None]) -> Iterator[Reference]:
    yield from ((resource, source.name) for resource, source in sources if source is not None)


async def _look(cluster: ClusterReader, reference: Reference, namespace: str, at: datetime) -> Written | None:
    """When it was written; None where that is too long ago, or where it cannot be asked."""
    resource, name = reference
    try:
        known = await cluster.authorship(resource, name, namespace)
    except BotError:
        return None
    writer = known.content
    when = writer.time if writer is not None else known.metadata.creation_timestamp
    if when is None or not timedelta() <= at - when < RECENT:
        return None
    return Written(f"{resource.singular}/{name}", at - when, writer.manager if writer is not None else "")
