"""kubernetes_asyncio, unmodified: its calls, its watch, its exec."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes_asyncio import client, config, watch
from kubernetes_asyncio.stream import WsApiClient

from tests.contract.cluster.api import PATIENCE_S
from tests.contract.cluster.conftest import Target
from tests.contract.cluster.manifests import config_map, deployment, job, pod


@pytest.fixture
async def typed(cluster_target: Target, tmp_path: Path) -> AsyncIterator[client.ApiClient]:
    path = tmp_path / "kubeconfig"
    path.write_text(cluster_target.kubeconfig)
    settings = client.Configuration()
    await config.load_kube_config(config_file=str(path), client_configuration=settings)
    async with client.ApiClient(settings) as api_client:
        yield api_client


async def test_objects_are_made_listed_and_deleted(typed: client.ApiClient, namespace: str) -> None:
    core: Any = client.CoreV1Api(typed)
    await core.create_namespaced_config_map(namespace, config_map("one", {"tier": "web"}, a="1"))
    listed = await core.list_namespaced_config_map(namespace, label_selector="tier=web")
    assert [each.data for each in listed.items] == [{"a": "1"}]
    await core.delete_namespaced_config_map("one", namespace)
    with pytest.raises(client.ApiException) as missed:
        await core.read_namespaced_config_map("one", namespace)
    assert (missed.value.status, missed.value.reason) == (404, "Not Found")


async def test_the_watch_streams_typed_events(typed: client.ApiClient, namespace: str) -> None:
    core: Any = client.CoreV1Api(typed)
    await core.create_namespaced_config_map(namespace, config_map("one"))
    stream = watch.Watch()
    async with asyncio.timeout(PATIENCE_S):
        found = core.list_namespaced_config_map
        async for event in stream.stream(found, namespace, field_selector="metadata.name=one"):
            assert (event["type"], event["object"].metadata.name) == ("ADDED", "one")
            stream.stop()
    await stream.close()


async def test_workloads_decode_into_models(typed: client.ApiClient, namespace: str) -> None:
    apps: Any = client.AppsV1Api(typed)
    batch: Any = client.BatchV1Api(typed)
    made = await apps.create_namespaced_deployment(namespace, deployment("web", 0))
    assert made.spec.strategy.rolling_update.max_surge == "25%"
    scaled = await apps.patch_namespaced_deployment_scale("web", namespace, {"spec": {"replicas": 1}})
    assert scaled.spec.replicas == 1
    started = await batch.create_namespaced_job(namespace, job("one", ["true"], suspend=True))
    assert started.spec.backoff_limit == 6


async def test_server_side_apply_is_sent_as_the_client_does(typed: client.ApiClient, namespace: str) -> None:
    apps: Any = client.AppsV1Api(typed)
    answer = await apps.patch_namespaced_deployment(
        "web", namespace, deployment("web", 0), _content_type="application/apply-patch+yaml", field_manager="typed"
    )
    assert answer.metadata.managed_fields[0].manager == "typed"


async def test_pods_decode_with_their_container_states(typed: client.ApiClient, namespace: str) -> None:
    core: Any = client.CoreV1Api(typed)
    await core.create_namespaced_pod(namespace, pod("one"))
    await _ready(core, namespace)
    found = (await core.list_namespaced_pod(namespace)).items[0]
    assert found.status.container_statuses[0].state.running.started_at


async def test_commands_run_over_the_clients_own_websocket(
    typed: client.ApiClient, cluster_target: Target, namespace: str
) -> None:
    core: Any = client.CoreV1Api(typed)
    await core.create_namespaced_pod(namespace, pod("one"))
    await _ready(core, namespace)
    async with WsApiClient(typed.configuration) as sockets:
        shell: Any = client.CoreV1Api(sockets)
        said = await shell.connect_get_namespaced_pod_exec(
            "one", namespace, command=["echo", "hello"], stdout=True, stderr=True, stdin=False, tty=False
        )
    assert said == "hello\n"


async def _ready(core: Any, namespace: str) -> None:
    stream = watch.Watch()
    async with asyncio.timeout(PATIENCE_S):
        found = core.list_namespaced_pod
        async for event in stream.stream(found, namespace):
            statuses = event["object"].status.container_statuses or []
            if any(each.ready for each in statuses):
                stream.stop()
    await stream.close()
