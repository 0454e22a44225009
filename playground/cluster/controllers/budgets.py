"""PodDisruptionBudgets: how many pods are healthy, and how many may be evicted now."""

import math
from collections.abc import Iterator

from playground.cluster.controllers.conditions import is_active, is_ready, with_condition
from playground.cluster.controllers.rollout import resolve
from playground.cluster.kobject import Key, Object, controller_of, is_dying, key_of, labels_of
from playground.cluster.resources import DEPLOYMENTS, PDBS, PODS, REPLICASETS, STATEFULSETS, Resource
from playground.cluster.selectors import selects
from playground.cluster.state import ClusterState
from playground.cluster.store import Change

_SCALED = {"ReplicaSet": REPLICASETS, "StatefulSet": STATEFULSETS}


class BudgetController:
    def __init__(self, state: ClusterState) -> None:
        self._state = state

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is PDBS and change.type != "DELETED":
            yield key_of(change.object)
        elif resource is PODS:
            for budget in self._state.store.each(PDBS, change.object["metadata"]["namespace"]):
                if selects(budget["spec"].get("selector"), labels_of(change.object)):
                    yield key_of(budget)

    def reconcile(self, key: Key) -> float | None:
        budget = self._state.find(PDBS, *key)
        if budget is None or is_dying(budget):
            return None
        pods = [
            pod
            for pod in self._state.store.each(PODS, key[0])
            if selects(budget["spec"].get("selector"), labels_of(pod)) and is_active(pod)
        ]
        expected, desired = self._expected(budget, pods)
        healthy = sum(is_ready(pod) for pod in pods)
        allowed = max(0, healthy - desired) if expected else 0
        enough = {
            "type": "DisruptionAllowed",
            "status": "True" if allowed else "False",
            "reason": "SufficientPods" if allowed else "InsufficientPods",
            "message": "",
            "observedGeneration": budget["metadata"]["generation"],
        }
        before = budget.get("status", {}).get("conditions") or []
        self._state.set_status(
            PDBS,
            budget,
            {
                "currentHealthy": healthy,
                "desiredHealthy": desired,
                "disruptionsAllowed": allowed,
                "expectedPods": expected,
                "observedGeneration": budget["metadata"]["generation"],
                "conditions": with_condition(before, enough, self._state.clock.now()),
            },
        )
        return None

    def _expected(self, budget: Object, pods: list[Object]) -> tuple[int, int]:
        """Return how many pods there should be, and how many of them must be healthy."""
        spec = budget["spec"]
        if spec.get("maxUnavailable") is not None:
            expected = self._wanted(pods)
            return expected, max(0, expected - resolve(spec["maxUnavailable"], expected, math.ceil))
        least = spec.get("minAvailable", 1)
        if isinstance(least, int):
            return len(pods), least
        expected = self._wanted(pods)
        return expected, resolve(least, expected, math.ceil)

    def _wanted(self, pods: list[Object]) -> int:
        """Sum the replicas of the pods' controllers; those of a ReplicaSet are its Deployment's."""
        total, seen = 0, set[str]()
        for pod in pods:
            owner = self._owner(pod)
            if owner is not None and owner["metadata"]["uid"] not in seen:
                seen.add(owner["metadata"]["uid"])
                total += owner["spec"].get("replicas", 1)
        return total

    def _owner(self, pod: Object) -> Object | None:
        namespace = pod["metadata"]["namespace"]
        reference = controller_of(pod)
        resource = _SCALED.get(reference["kind"]) if reference else None
        owner = self._state.find(resource, namespace, reference["name"]) if resource and reference else None
        above = controller_of(owner) if owner else None
        if above is not None and above["kind"] == "Deployment":
            return self._state.find(DEPLOYMENTS, namespace, above["name"]) or owner
        return owner
