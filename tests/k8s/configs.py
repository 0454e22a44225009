"""ConfigMaps under a reflector, for tests on a real API server: what was told must become what is there."""

import asyncio

from bot.k8s.cluster import KubernetesCluster
from bot.model.kube.configuration import ConfigMap
from bot.model.refs import ObjectRef

KUBERNETES_OWN = "kube-root-ca.crt"
"""Put into each namespace by the controller manager, when it comes to it."""


class Configs:
    """A sink that knows the ConfigMaps by name, with their data."""

    def __init__(self) -> None:
        self.by_uid: dict[str, tuple[str, dict[str, str]]] = {}
        self.syncs = 0

    def on_object(self, obj: ConfigMap, live: bool) -> bool:
        self.by_uid[obj.metadata.uid] = (obj.metadata.name, obj.data)
        return True

    def on_deleted(self, uid: str, last: ConfigMap | None) -> None:
        self.by_uid.pop(uid, None)

    def on_synced(self) -> None:
        self.syncs += 1

    @property
    def known(self) -> dict[str, dict[str, str]]:
        return {name: data for name, data in self.by_uid.values() if name != KUBERNETES_OWN}


async def put(cluster: KubernetesCluster, namespace: str, name: str, value: str) -> None:
    """Create it, or give it another value."""
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"value": value}}
    await cluster.apply(ObjectRef("configmap", name, namespace), body, force=True)


async def there(cluster: KubernetesCluster, namespace: str) -> dict[str, dict[str, str]]:
    """What exists now."""
    found = await cluster.list(ConfigMap, namespace)
    return {one.metadata.name: one.data for one in found if one.metadata.name != KUBERNETES_OWN}


async def until_equal(cluster: KubernetesCluster, namespace: str, configs: Configs) -> None:
    """Wait until what was told is what is there."""
    async with asyncio.timeout(120):
        while await there(cluster, namespace) != configs.known:  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # a real cluster has no clock to turn
