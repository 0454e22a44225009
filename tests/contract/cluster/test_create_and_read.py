"""Objects come into being, are read, and are missed in exact words."""

import asyncio

import pytest

from tests.contract.cluster.api import Api
from tests.contract.cluster.manifests import config_map, deployment, pod


async def test_create_sets_what_only_the_server_knows(api: Api, core: str, namespace: str) -> None:
    made = await api.post(f"{core}/configmaps", config_map("one", key="value"))
    metadata = made.body["metadata"]
    assert made.status == 201
    assert len(metadata["uid"]) == 36
    assert int(metadata["resourceVersion"]) > 0
    assert metadata["creationTimestamp"].endswith("Z")
    assert metadata["namespace"] == namespace
    assert made.body["kind"] == "ConfigMap"


async def test_get_returns_what_was_created(api: Api, core: str) -> None:
    made = await api.post(f"{core}/configmaps", config_map("one", key="value"))
    assert (await api.get(f"{core}/configmaps/one")).body == made.body


async def test_a_missing_object_is_named_in_the_refusal(api: Api, core: str) -> None:
    answer = await api.get(f"{core}/configmaps/none")
    assert answer.status == 404
    assert answer.reason == "NotFound"
    assert answer.body["message"] == 'configmaps "none" not found'
    assert answer.body["details"] == {"name": "none", "kind": "configmaps"}


async def test_a_missing_object_of_a_group_is_named_with_its_group(api: Api, apps: str) -> None:
    answer = await api.get(f"{apps}/deployments/none")
    assert answer.body["message"] == 'deployments.apps "none" not found'
    assert answer.body["details"] == {"name": "none", "group": "apps", "kind": "deployments"}


async def test_a_taken_name_is_refused(api: Api, core: str) -> None:
    await api.post(f"{core}/configmaps", config_map("one"))
    answer = await api.post(f"{core}/configmaps", config_map("one"))
    assert (answer.status, answer.reason) == (409, "AlreadyExists")
    assert answer.body["message"] == 'configmaps "one" already exists'


async def test_generated_names_are_all_different(api: Api, core: str) -> None:
    wanted = config_map("")
    wanted["metadata"] = {"generateName": "many-"}
    made = await asyncio.gather(*(api.post(f"{core}/configmaps", wanted) for _ in range(20)))
    names = {each.body["metadata"]["name"] for each in made}
    assert len(names) == 20
    assert all(name.startswith("many-") and len(name) == 10 for name in names)


async def test_a_namespace_that_does_not_exist_is_named(api: Api) -> None:
    answer = await api.post("/api/v1/namespaces/contract-none/configmaps", config_map("one"))
    assert answer.status == 404
    assert answer.body["message"] == 'namespaces "contract-none" not found'


async def test_a_list_carries_the_version_it_was_made_at(api: Api, core: str) -> None:
    made = await api.post(f"{core}/configmaps", config_map("one"))
    listed = await api.get(f"{core}/configmaps")
    assert listed.body["kind"] == "ConfigMapList"
    assert int(listed.body["metadata"]["resourceVersion"]) >= int(made.body["metadata"]["resourceVersion"])
    assert "kind" not in listed.body["items"][0]


async def test_a_deployment_is_completed_with_defaults(api: Api, apps: str) -> None:
    made = await api.post(f"{apps}/deployments", deployment("web", 0))
    spec = made.body["spec"]
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
    assert (spec["revisionHistoryLimit"], spec["progressDeadlineSeconds"]) == (10, 600)
    template = spec["template"]["spec"]
    assert (template["restartPolicy"], template["dnsPolicy"]) == ("Always", "ClusterFirst")
    assert template["containers"][0]["imagePullPolicy"] == "IfNotPresent"
    assert made.body["metadata"]["generation"] == 1


async def test_a_pod_is_completed_with_defaults(api: Api, core: str) -> None:
    made = await api.post(f"{core}/pods", pod("one", nodeSelector={"contract": "nowhere"}))
    spec = made.body["spec"]
    assert spec["serviceAccountName"] == "default"
    assert {each["key"] for each in spec["tolerations"]} == {
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
    }
    assert made.body["status"]["phase"] == "Pending"
    assert made.body["status"]["qosClass"] == "BestEffort"


async def test_a_quantity_given_as_a_number_is_kept_as_text(api: Api, core: str) -> None:
    greedy = {"name": "main", "image": "busybox:1.37", "resources": {"limits": {"cpu": 1}}}
    made = await api.post(f"{core}/pods", pod("one", greedy, nodeSelector={"contract": "nowhere"}))
    assert made.body["spec"]["containers"][0]["resources"] == {"limits": {"cpu": "1"}, "requests": {"cpu": "1"}}


async def test_a_secret_takes_plain_text_and_keeps_base64(api: Api, core: str) -> None:
    made = await api.post(f"{core}/secrets", {"metadata": {"name": "one"}, "stringData": {"key": "value"}})
    assert made.body["data"] == {"key": "dmFsdWU="}
    assert made.body["type"] == "Opaque"
    assert "stringData" not in made.body


async def test_a_service_gets_an_address(api: Api, core: str) -> None:
    await api.post(
        f"{core}/services", {"metadata": {"name": "web"}, "spec": {"selector": {"a": "b"}, "ports": [{"port": 80}]}}
    )
    service = await api.until(f"{core}/services/web", lambda service: service["spec"].get("clusterIP"))
    assert service["spec"]["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    assert service["spec"]["type"] == "ClusterIP"


async def test_put_replaces_the_whole_object(api: Api, core: str) -> None:
    made = (await api.post(f"{core}/configmaps", config_map("one", a="1", b="2"))).body
    answer = await api.put(f"{core}/configmaps/one", {**made, "data": {"b": "3"}})
    assert answer.status == 200
    assert answer.body["data"] == {"b": "3"}
    assert answer.body["metadata"]["uid"] == made["metadata"]["uid"]


async def test_an_update_that_changes_nothing_is_no_write(api: Api, core: str) -> None:
    made = (await api.post(f"{core}/configmaps", config_map("one", a="1"))).body
    answer = await api.put(f"{core}/configmaps/one", made)
    assert answer.body["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]


async def test_a_dry_run_answers_but_stores_nothing(api: Api, core: str) -> None:
    answer = await api.post(f"{core}/configmaps", config_map("one"), dryRun="All")
    assert answer.status == 201
    assert answer.body["metadata"]["uid"]
    assert (await api.get(f"{core}/configmaps/one")).status == 404


@pytest.mark.parametrize("form", ["Table", "PartialObjectMetadata", "PartialObjectMetadataList"])
async def test_a_list_comes_in_the_form_that_is_asked_for(api: Api, core: str, form: str) -> None:
    await api.post(f"{core}/configmaps", config_map("one", a="1"))
    answer = await api.get(f"{core}/configmaps", accept=f"application/json;as={form};g=meta.k8s.io;v=v1")
    if form == "Table":
        row = next(row for row in answer.body["rows"] if row["cells"][0] == "one")
        assert [column["name"] for column in answer.body["columnDefinitions"]] == ["Name", "Data", "Age"]
        assert row["cells"][1] == 1
        assert row["object"]["kind"] == "PartialObjectMetadata"
    elif form == "PartialObjectMetadataList":
        assert answer.body["kind"] == form
        assert all("data" not in item for item in answer.body["items"])


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        (
            "/api/v1/pods",
            ["Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates"],
        ),
        (
            "/apis/apps/v1/deployments",
            ["Name", "Ready", "Up-to-date", "Available", "Age", "Containers", "Images", "Selector"],
        ),
        (
            "/apis/apps/v1/replicasets",
            ["Name", "Desired", "Current", "Ready", "Age", "Containers", "Images", "Selector"],
        ),
        ("/apis/apps/v1/statefulsets", ["Name", "Ready", "Age", "Containers", "Images"]),
        (
            "/apis/batch/v1/jobs",
            ["Name", "Status", "Completions", "Duration", "Age", "Containers", "Images", "Selector"],
        ),
        (
            "/apis/batch/v1/cronjobs",
            [
                "Name",
                "Schedule",
                "Timezone",
                "Suspend",
                "Active",
                "Last Schedule",
                "Age",
                "Containers",
                "Images",
                "Selector",
            ],
        ),
        ("/api/v1/services", ["Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "Selector"]),
        (
            "/api/v1/nodes",
            [
                "Name",
                "Status",
                "Roles",
                "Age",
                "Version",
                "Internal-IP",
                "External-IP",
                "OS-Image",
                "Kernel-Version",
                "Container-Runtime",
            ],
        ),
        (
            "/api/v1/persistentvolumeclaims",
            [
                "Name",
                "Status",
                "Volume",
                "Capacity",
                "Access Modes",
                "StorageClass",
                "VolumeAttributesClass",
                "Age",
                "VolumeMode",
            ],
        ),
        (
            "/api/v1/persistentvolumes",
            [
                "Name",
                "Capacity",
                "Access Modes",
                "Reclaim Policy",
                "Status",
                "Claim",
                "StorageClass",
                "VolumeAttributesClass",
                "Reason",
                "Age",
                "VolumeMode",
            ],
        ),
        (
            "/api/v1/events",
            ["Last Seen", "Type", "Reason", "Object", "Subobject", "Source", "Message", "First Seen", "Count", "Name"],
        ),
        ("/api/v1/serviceaccounts", ["Name", "Secrets", "Age"]),
        (
            "/apis/policy/v1/poddisruptionbudgets",
            ["Name", "Min Available", "Max Unavailable", "Allowed Disruptions", "Age"],
        ),
        (
            "/apis/autoscaling/v2/horizontalpodautoscalers",
            ["Name", "Reference", "Targets", "MinPods", "MaxPods", "Replicas", "Age"],
        ),
        ("/apis/rbac.authorization.k8s.io/v1/roles", ["Name", "Created At"]),
        (
            "/apis/rbac.authorization.k8s.io/v1/rolebindings",
            ["Name", "Role", "Age", "Users", "Groups", "ServiceAccounts"],
        ),
        ("/apis/discovery.k8s.io/v1/endpointslices", ["Name", "AddressType", "Ports", "Endpoints", "Age"]),
        (
            "/apis/storage.k8s.io/v1/storageclasses",
            ["Name", "Provisioner", "ReclaimPolicy", "VolumeBindingMode", "AllowVolumeExpansion", "Age"],
        ),
        ("/apis/coordination.k8s.io/v1/leases", ["Name", "Holder", "Age"]),
        (
            "/apis/apps/v1/daemonsets",
            [
                "Name",
                "Desired",
                "Current",
                "Ready",
                "Up-to-date",
                "Available",
                "Node Selector",
                "Age",
                "Containers",
                "Images",
                "Selector",
            ],
        ),
        ("/apis/apps/v1/controllerrevisions", ["Name", "Controller", "Revision", "Age"]),
    ],
    ids=lambda value: value.rsplit("/", 1)[-1] if isinstance(value, str) else "",
)
async def test_tables_have_kubectls_columns(api: Api, path: str, columns: list[str]) -> None:
    answer = await api.get(path, accept="application/json;as=Table;g=meta.k8s.io;v=v1", limit=1)
    assert [column["name"] for column in answer.body["columnDefinitions"]] == columns
