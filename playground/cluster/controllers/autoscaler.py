"""HorizontalPodAutoscalers: the current metrics in the status, and replicas that follow them."""

import math
from collections.abc import Iterator

from playground.cluster.clock import moment_of, stamp
from playground.cluster.controllers.conditions import is_ready, with_condition
from playground.cluster.controllers.events import Recorder
from playground.cluster.kobject import Key, Object, is_dying, key_of, labels_of
from playground.cluster.nodes.scheduler import requests_of
from playground.cluster.nodes.usage import Usage
from playground.cluster.resources import DEPLOYMENTS, HPAS, PODS, REPLICASETS, STATEFULSETS, Resource
from playground.cluster.selectors import selects
from playground.cluster.state import ClusterState
from playground.cluster.store import Change

COMPONENT = "horizontal-pod-autoscaler"
SYNC_S = 15.0
TOLERANCE = 0.1
"""A ratio this near to 1 changes nothing."""
STABILIZATION_S = 300.0
"""Scaling down waits this long after the last change."""
_TARGETS = {"Deployment": DEPLOYMENTS, "StatefulSet": STATEFULSETS, "ReplicaSet": REPLICASETS}


class Autoscaler:
    def __init__(self, state: ClusterState, recorder: Recorder, usage: Usage) -> None:
        self._state = state
        self._recorder = recorder
        self._usage = usage

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is HPAS and change.type != "DELETED" and _spec_changed(change):
            yield key_of(change.object)

    def reconcile(self, key: Key) -> float | None:
        scaler = self._state.find(HPAS, *key)
        if scaler is None or is_dying(scaler):
            return None
        reference = scaler["spec"]["scaleTargetRef"]
        resource = _TARGETS.get(reference["kind"])
        target = self._state.find(resource, key[0], reference["name"]) if resource else None
        if resource is None or target is None:
            missing = f'{reference["kind"].lower()}s.apps "{reference["name"]}" not found'
            self._unable(scaler, f"the HPA controller was unable to get the target's current scale: {missing}")
            return SYNC_S
        pods = [
            pod for pod in self._state.store.each(PODS, key[0]) if selects(target["spec"]["selector"], labels_of(pod))
        ]
        current, ratio = self._measure(scaler, [pod for pod in pods if is_ready(pod)])
        replicas = target["spec"]["replicas"]
        desired = self._desired(scaler, replicas, ratio)
        if desired != replicas:
            self._scale(scaler, resource, target, desired)
        self._report(scaler, current, replicas, desired)
        return SYNC_S

    def _measure(self, scaler: Object, pods: list[Object]) -> tuple[list[Object], float | None]:
        """Return the metrics as the status holds them, and the greatest ratio of usage to target."""
        current, ratios = [], []
        for metric in scaler["spec"].get("metrics") or ():
            resource = metric.get("resource")
            wanted = ((resource or {}).get("target") or {}).get("averageUtilization")
            if resource is None or wanted is None or not pods:
                continue
            place = 0 if resource["name"] == "cpu" else 1
            used = sum(self._usage.of_pod(pod)[place] for pod in pods)
            asked = sum(requests_of(pod).get(resource["name"], 0.0) for pod in pods)
            if asked:
                percent = round(100 * used / asked)
                average = used / len(pods)
                spelled = f"{round(average * 1000)}m" if place == 0 else str(round(average))
                current.append(
                    {
                        "type": "Resource",
                        "resource": {
                            "name": resource["name"],
                            "current": {"averageUtilization": percent, "averageValue": spelled},
                        },
                    }
                )
                ratios.append(percent / wanted)
        return current, max(ratios, default=None)

    def _desired(self, scaler: Object, replicas: int, ratio: float | None) -> int:
        spec, status = scaler["spec"], scaler.get("status", {})
        if replicas == 0 or ratio is None:
            return replicas
        desired = replicas if abs(ratio - 1) <= TOLERANCE else math.ceil(replicas * ratio)
        last = status.get("lastScaleTime") or scaler["metadata"]["creationTimestamp"]
        if desired < replicas and self._state.clock.elapsed_s(moment_of(last)) < STABILIZATION_S:
            desired = replicas
        return int(min(max(desired, spec.get("minReplicas", 1)), spec["maxReplicas"]))

    def _scale(self, scaler: Object, resource: Resource, target: Object, desired: int) -> None:
        self._state.change(resource, key_of(target), lambda edited: edited["spec"].__setitem__("replicas", desired))
        told = f"New size: {desired}; reason: resource utilization (percentage of request) differs from target"
        self._recorder.normal(scaler, "SuccessfulRescale", told, COMPONENT)

    def _report(self, scaler: Object, current: list[Object], replicas: int, desired: int) -> None:
        now, before = self._state.clock.now(), scaler.get("status", {})
        conditions = before.get("conditions") or []
        known = (
            ("True", "ValidMetricFound", "the HPA was able to successfully calculate a replica count")
            if current
            else (
                "False",
                "FailedGetResourceMetric",
                "the HPA was unable to compute the replica count: no metrics returned",
            )
        )
        for type_, (status, reason, message) in (
            ("AbleToScale", ("True", "ReadyForNewScale", "recommended size matches current size")),
            ("ScalingActive", known),
            ("ScalingLimited", ("False", "DesiredWithinRange", "the desired count is within the acceptable range")),
        ):
            new = {"type": type_, "status": status, "reason": reason, "message": message}
            conditions = with_condition(conditions, new, now)
        status_: Object = {
            "currentReplicas": replicas,
            "desiredReplicas": desired,
            "currentMetrics": current,
            "conditions": conditions,
        }
        last = stamp(now) if desired != replicas else before.get("lastScaleTime")
        if last:
            status_["lastScaleTime"] = last
        self._state.set_status(HPAS, scaler, status_)

    def _unable(self, scaler: Object, told: str) -> None:
        now = self._state.clock.now()
        unable = {"type": "AbleToScale", "status": "False", "reason": "FailedGetScale", "message": told}
        status = {**scaler.get("status", {}), "currentMetrics": None, "desiredReplicas": 0}
        conditions = with_condition(status.get("conditions") or [], unable, now)
        self._state.set_status(HPAS, scaler, {**status, "conditions": conditions})


def _spec_changed(change: Change) -> bool:
    return change.previous is None or change.previous["spec"] != change.object["spec"]
