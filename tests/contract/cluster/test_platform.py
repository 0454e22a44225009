"""The practice platform's own manifests are ones that a real cluster takes."""

import pytest

from playground.cluster.kobject import Object
from playground.cluster.resources import Catalogue
from playground.cluster.world.loader import platform
from tests.contract.cluster.api import APPLY, Api

NOT_OURS = {"Node", "Namespace", "CustomResourceDefinition", "IngressRoute"}
"""Nodes join by themselves; what needs a namespace or a kind that is not there cannot be tried without making it."""
MANIFESTS = [manifest for manifest in platform() if manifest["kind"] not in NOT_OURS]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: f"{each['kind']}-{each['metadata']['name']}")
async def test_a_manifest_of_the_platform_is_taken(api: Api, namespace: str, manifest: Object) -> None:
    resource = Catalogue().of_kind(manifest["apiVersion"], manifest["kind"])
    assert resource is not None
    root = f"/apis/{resource.group}/{resource.version}" if resource.group else "/api/v1"
    within = f"/namespaces/{namespace}" if resource.namespaced else ""
    name = f"contract-{manifest['metadata']['name']}" if not resource.namespaced else manifest["metadata"]["name"]
    wanted = {**manifest, "metadata": {**manifest["metadata"], "name": name, "namespace": namespace}}
    if not resource.namespaced:
        del wanted["metadata"]["namespace"]
    path = f"{root}{within}/{resource.plural}/{name}"
    answer = await api.patch(path, wanted, APPLY, fieldManager="contract", fieldValidation="Strict", dryRun="All")
    assert answer.status == 201, answer.body
