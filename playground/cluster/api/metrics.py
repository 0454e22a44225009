"""metrics.k8s.io: usage of pods and nodes, calculated from requests so that it moves a little and never jumps."""

from aiohttp import web

from playground.cluster.api import views
from playground.cluster.api.request import RequestInfo
from playground.cluster.api.respond import json_response, representation
from playground.cluster.clock import stamp
from playground.cluster.errors import not_found
from playground.cluster.kobject import Object, labels_of
from playground.cluster.nodes.usage import Usage
from playground.cluster.resources import NODE_METRICS, NODES, PODS, Resource
from playground.cluster.selectors import predicate
from playground.cluster.state import ClusterState


class MetricsApi:
    def __init__(self, state: ClusterState, usage: Usage) -> None:
        self._state = state
        self._usage = usage

    async def serve(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.StreamResponse:
        of = NODES if resource is NODE_METRICS else PODS
        wanted = predicate(request.query.get("labelSelector", ""), request.query.get("fieldSelector", ""), of.kind)
        form = representation(request.headers.get("Accept", ""))
        now = self._state.clock.now()
        if info.name:
            obj = self._state.find(of, info.namespace, info.name)
            metrics = self._measured(of, obj) if obj is not None else None
            if metrics is None:
                raise not_found(resource, info.name)
            return json_response(views.one(resource, metrics, form, request.query, now))
        found = [obj for obj in self._state.store.items(of, info.namespace) if wanted is None or wanted(obj)]
        items = [metrics for metrics in (self._measured(of, obj) for obj in found) if metrics is not None]
        return json_response(views.many(resource, items, {}, form, request.query, now))

    def _measured(self, of: Resource, obj: Object) -> Object | None:
        now = self._state.clock.now()
        metadata = {"name": obj["metadata"]["name"], "creationTimestamp": stamp(now), "labels": labels_of(obj)}
        frame: Object = {"timestamp": stamp(now), "window": "15s"}
        if of is NODES:
            usage = self._usage.of_node(obj)
            body: Object = {"kind": "NodeMetrics", "metadata": metadata, **frame, "usage": usage}
        else:
            containers = self._usage.of_containers(obj)
            if not containers:
                return None
            metadata["namespace"] = obj["metadata"]["namespace"]
            body = {"kind": "PodMetrics", "metadata": metadata, **frame, "containers": containers}
        return {"apiVersion": "metrics.k8s.io/v1beta1", **body}
