"""Diagnose: what stands on the card of an incident besides its log."""

from datetime import timedelta

import msgspec
import pytest

from bot.diagnosis.diagnose import PODS_NAMED, diagnose
from bot.model.incident import Diagnosis, Incident
from bot.model.plan import Json
from bot.model.refs import ObjectRef
from bot.model.symptom import Fault
from bot.ports import ReadOnly
from tests.engine.ailing import incident, owner, sick
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import NAMESPACE, NOW, ago, deployment, event, meta, pod, replica_set


async def diagnosed(of: Incident, cluster: FakeCluster, *visible: str) -> Diagnosis:
    """What is found out at NOW, for people who may see the namespaces *visible*."""
    found = await diagnose(
        msgspec.structs.replace(of, opened_at=NOW), ReadOnly(cluster=cluster), visible=lambda name: name in visible
    )
    assert found is not None
    return found


def lost() -> Incident:
    """A node that is not heard of."""
    return incident(sick("node-1", Fault.NODE_NOT_READY, of=owner("node-1", "node"), node="node-1"))


def on_node(count: int, namespace: str = NAMESPACE) -> list[dict[str, Json]]:
    """Pods on node-1."""
    pods = [pod(f"p-{number:02}", app="odoo") for number in range(count)]
    for one in pods:
        one["metadata"]["namespace"] = namespace
    return pods


async def test_a_lost_node_names_its_first_pods_and_counts_the_rest() -> None:
    facts = {one.label: one.text for one in (await diagnosed(lost(), FakeCluster().add(*on_node(20)), NAMESPACE)).facts}
    assert facts["Pods"] == "20 on it; they are moved to other nodes after 5 minutes"
    names = [f"`{NAMESPACE}/p-{number:02}`" for number in range(PODS_NAMED)]
    assert facts["Names"] == f"{', '.join(names)} and 12 more"


async def test_pods_of_a_namespace_that_not_everybody_may_see_are_counted_and_not_named() -> None:
    cluster = FakeCluster().add(*on_node(2), *on_node(3, "payroll"))
    facts = {one.label: one.text for one in (await diagnosed(lost(), cluster, NAMESPACE)).facts}
    assert facts["Names"] == f"`{NAMESPACE}/p-00`, `{NAMESPACE}/p-01` and 3 more"
    assert "Names" not in {one.label for one in (await diagnosed(lost(), cluster)).facts}


async def test_an_empty_node_names_nobody() -> None:
    [fact] = (await diagnosed(lost(), FakeCluster(), NAMESPACE)).facts
    assert fact.text == "0 on it; no pod is affected"


async def test_changes_of_configuration_and_revision_are_told_the_newest_first() -> None:
    made = deployment("odoo-acme")
    made["spec"]["template"]["spec"]["containers"][0]["envFrom"] = [{"secretRef": {"name": "database"}}]
    revision = replica_set("odoo-acme", 12)
    revision["metadata"]["creationTimestamp"] = ago(minutes=9)
    managed = [{"manager": "kubectl-edit", "time": ago(minutes=3), "fieldsV1": {"f:data": {}}}]
    written = {"kind": "Secret", "metadata": meta("database", managedFields=managed)}
    changed = (await diagnosed(incident(sick()), FakeCluster().add(made, revision, written))).changed
    assert changed == "secret/database written 3 min before, by “kubectl-edit” · revision 12, 9 min before"


async def test_a_statefulset_is_counted_and_its_memory_limit_is_known() -> None:
    container = {"name": "odoo", "resources": {"limits": {"memory": "64Mi"}}}
    body = {"replicas": 3, "template": {"spec": {"containers": [container]}}}
    cluster = FakeCluster().add({"kind": "StatefulSet", "metadata": meta("postgres"), "spec": body})
    killed = incident(sick("postgres-0", Fault.OOM_KILLED, of=ObjectRef("statefulset", "postgres", NAMESPACE)))
    found = await diagnosed(killed, cluster)
    assert found.wanted == 3
    assert "its limit is 64Mi" in found.likely


async def test_what_was_written_after_it_opened_is_no_cause() -> None:
    made = deployment("odoo-acme")
    made["spec"]["template"]["spec"]["volumes"] = [{"name": "conf", "configMap": {"name": "conf"}}]
    managed = [{"manager": "argocd", "time": ago(minutes=-5), "fieldsV1": {"f:data": {}}}]
    cluster = FakeCluster().add(made, {"kind": "ConfigMap", "metadata": meta("conf", managedFields=managed)})
    assert (await diagnosed(incident(sick()), cluster)).changed == ""
    later = msgspec.structs.replace(incident(sick()), opened_at=NOW + timedelta(minutes=6))
    found = await diagnose(later, ReadOnly(cluster=cluster))
    assert found is not None
    assert found.changed == "configmap/conf written 60 s before, by “argocd”"


def unhealthy(probe: str, container: str = "odoo", uid: str = "uid-odoo-acme-1") -> dict[str, Json]:
    told = event("Unhealthy", f"{probe} probe failed: HTTP probe failed with statuscode: 503", about=("Pod", "x"))
    return told | {"involvedObject": {"kind": "Pod", "uid": uid, "fieldPath": f"spec.containers{{{container}}}"}}


@pytest.mark.parametrize(
    ("exit_code", "told", "likely"),
    [
        pytest.param(137, unhealthy("Liveness"), "Its liveness probe fails, so the kubelet ends it", id="liveness"),
        pytest.param(143, unhealthy("Startup"), "Its startup probe fails, so the kubelet ends it", id="startup"),
        pytest.param(137, unhealthy("Readiness"), "Not sure: it ends with exit 137", id="readiness ends nobody"),
        pytest.param(137, unhealthy("Liveness", "proxy"), "Not sure", id="another container's"),
        pytest.param(1, unhealthy("Liveness"), "Not sure: it ends with exit 1", id="its own error"),
    ],
)
async def test_a_probe_is_the_cause_only_where_it_can_have_ended_it(
    exit_code: int, told: dict[str, Json], likely: str
) -> None:
    found = await diagnosed(incident(sick(exit_code=exit_code)), FakeCluster().add(told))
    assert found.likely.startswith(likely)
    assert ("“HTTP probe failed with statuscode: 503”" in found.likely) == likely.startswith("Its")
