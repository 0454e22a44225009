"""What a diagnosis costs the API server, however much there is to read."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import pytest

from bot.diagnosis.diagnose import diagnose
from bot.model.plan import Json
from bot.model.resources import Resource
from bot.model.symptom import Fault
from bot.ports import ReadOnly
from tests.engine.ailing import incident, owner, sick
from tests.fakes.cluster import FakeCluster
from tests.fakes.logs import FakeLogs
from tests.fakes.objects import NOW, deployment, replica_set

AT_MOST = 10
"""One log, the events, the workload and its revisions, and six things that it reads."""


@dataclass
class Counting(FakeCluster):
    """Counts what is asked."""

    asked: int = 0

    async def get_object(self, resource: Resource, name: str, namespace: str = "") -> dict[str, Json]:
        self.asked += 1
        return await super().get_object(resource, name, namespace)

    async def list_objects(
        self, resource: Resource, namespace: str = "", *, selector: str = "", fields: str = "", limit: int = 0
    ) -> Sequence[dict[str, Json]]:
        self.asked += 1
        return await super().list_objects(resource, namespace, selector=selector, fields=fields, limit=limit)


def reads_much() -> dict[str, Json]:
    """A deployment whose containers read twenty ConfigMaps."""
    made: dict[str, Json] = deployment("odoo-acme")
    [container] = made["spec"]["template"]["spec"]["containers"]
    container["envFrom"] = [{"configMapRef": {"name": f"settings-{number}"}} for number in range(20)]
    return made


@pytest.mark.parametrize("fault", [one for one in Fault if one is not Fault.NODE_NOT_READY])
async def test_a_diagnosis_asks_at_most_ten_times(fault: Fault) -> None:
    cluster, logs = Counting(), FakeLogs()
    cluster.add(reads_much(), *(replica_set("odoo-acme", number) for number in (11, 12)))
    ended_from_outside = incident(sick(fault=fault, exit_code=137))
    await diagnose(msgspec.structs.replace(ended_from_outside, opened_at=NOW), ReadOnly(cluster=cluster, logs=logs))
    assert cluster.asked + len(logs.asked) <= AT_MOST


async def test_the_dearest_diagnosis_asks_ten_times() -> None:
    cluster, logs = Counting(), FakeLogs()
    cluster.add(reads_much())
    await diagnose(incident(sick(exit_code=137)), ReadOnly(cluster=cluster, logs=logs))
    assert cluster.asked + len(logs.asked) == AT_MOST


async def test_a_lost_node_is_asked_about_once() -> None:
    cluster = Counting()
    lost = incident(sick("node-1", Fault.NODE_NOT_READY, of=owner("node-1", "node")))
    await diagnose(lost, ReadOnly(cluster=cluster, logs=FakeLogs()))
    assert cluster.asked == 1
