"""Pods that run something, and what they say of it."""

from typing import Any

from tests.contract.cluster.api import Api, Object
from tests.contract.cluster.manifests import pod


def state(obj: Object, name: str = "app") -> Object:
    statuses = obj["status"].get("containerStatuses", [])
    return next((each for each in statuses if each["name"] == name), {"state": {}, "lastState": {}, "restartCount": 0})


def is_ready(obj: Object) -> bool:
    conditions = obj["status"].get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


async def run(api: Api, core: str, *containers: Object, **spec: Any) -> str:
    made = await api.post(f"{core}/pods", pod("one", *containers, **spec))
    assert made.status == 201, made.body
    return f"{core}/pods/one"


def condition(obj: Object, type_: str) -> Object:
    return next((each for each in obj["status"].get("conditions", []) if each["type"] == type_), {})
