"""Deployments as an API server keeps them: uid, generation and resourceVersion; a stale write is refused."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from bot.errors import Conflict, NotFound
from bot.model.plan import Json
from bot.model.refs import ObjectRef
from bot.model.resources import Resource
from bot.ports import Backends, Cluster, Storage

MARK = "chatops.saas.io/operation"


@dataclass(frozen=True)
class Deployment:
    """What the sample change reads and writes of one."""

    name: str
    replicas: int = 2
    ready: int = 2
    image: str = "1.8.2"
    uid: str = "uid-1"
    generation: int = 1
    resource_version: int = 1
    mark: str = ""


async def nothing(name: str) -> None:
    """The hook of an undisturbed write."""


Hook = Callable[[str], Awaitable[None]]


@dataclass
class VersionedCluster:
    """Counts every accepted write per operation and object: the number that must never pass one."""

    deployments: dict[str, Deployment] = field(default_factory=dict)
    effects: Counter[tuple[str, str]] = field(default_factory=Counter)
    before_write: Hook = nothing
    after_write: Hook = nothing
    before_read: Hook = nothing
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, *names: str) -> None:
        """Create deployments."""
        for name in names:
            self.deployments[name] = Deployment(name, uid=f"uid-{name}")

    def edit(self, name: str, **fields: Json) -> None:
        """Somebody else changes the spec."""
        now = self.deployments[name]
        generation, version = now.generation + 1, now.resource_version + 1
        self.deployments[name] = replace(now, generation=generation, resource_version=version, **fields)

    def churn(self, name: str, **fields: Json) -> None:
        """The status moves: a new resourceVersion, the same generation."""
        now = self.deployments[name]
        self.deployments[name] = replace(now, resource_version=now.resource_version + 1, **fields)
        self.changed.set()

    async def get_object(self, resource: Resource, name: str, namespace: str = "") -> dict[str, Json]:
        """As the port's."""
        await self.before_read(name)
        if name not in self.deployments:
            raise NotFound(f"No deployment {name}.")
        now = self.deployments[name]
        return {
            "metadata": {
                "uid": now.uid,
                "generation": now.generation,
                "resourceVersion": str(now.resource_version),
                "annotations": {MARK: now.mark},
            },
            "spec": {"replicas": now.replicas, "image": now.image},
            "status": {"readyReplicas": now.ready},
        }

    async def merge_patch(self, ref: ObjectRef, body: Mapping[str, Json], *, audit_id: str = "") -> dict[str, Json]:
        """As the port's, with resourceVersion and uid as preconditions."""
        await self.before_write(ref.name)
        if ref.name not in self.deployments:
            raise NotFound(f"No deployment {ref.name}.")
        now, metadata = self.deployments[ref.name], body["metadata"]
        if (metadata["resourceVersion"], metadata["uid"]) != (str(now.resource_version), now.uid):
            raise Conflict(f"{ref} was changed meanwhile. Nothing was changed.")
        self.accept(ref.name, body["spec"]["replicas"], metadata["annotations"][MARK])
        await self.after_write(ref.name)
        return {}

    def accept(self, name: str, replicas: int, mark: str) -> None:
        """Take a write."""
        self.edit(name, replicas=replicas, mark=mark)
        self.effects[mark, name] += 1

    async def changes(self, refs: Sequence[ObjectRef]) -> AsyncGenerator[None, None]:
        """As the port's."""
        while True:
            await self.changed.wait()
            self.changed.clear()
            yield

    @property
    def backends(self) -> Backends:
        """As the executor holds it. The sample change uses no other method of a cluster, and no storage."""
        return Backends(cluster=cast(Cluster, self), storage=cast(Storage, self))
