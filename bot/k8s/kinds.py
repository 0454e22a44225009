"""Which resource each Struct is decoded from, and the decoders of pages of it."""

from functools import cache
from typing import Any, Generic, TypeVar

import msgspec

from bot.model import resources as known
from bot.model.kube.configuration import ConfigMap, Secret
from bot.model.kube.events import Event
from bot.model.kube.ingress_routes import IngressRoute
from bot.model.kube.jobs import CronJob, Job
from bot.model.kube.lease import Lease
from bot.model.kube.meta import KubeStruct
from bot.model.kube.nodes import Namespace, Node
from bot.model.kube.pods import Pod, WatchedPod
from bot.model.kube.policy import HorizontalPodAutoscaler, PodDisruptionBudget
from bot.model.kube.rbac import ClusterRole, ClusterRoleBinding, Role, RoleBinding, ServiceAccount
from bot.model.kube.services import EndpointSlice, Service
from bot.model.kube.storage import PersistentVolume, PersistentVolumeClaim
from bot.model.kube.usage import NodeUsage, PodUsage
from bot.model.kube.workloads import ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet
from bot.model.resources import Resource

K = TypeVar("K", bound=KubeStruct)
T = TypeVar("T")

RESOURCE_OF: dict[type[KubeStruct], Resource] = {
    Pod: known.POD,
    WatchedPod: known.POD,
    Service: known.SERVICE,
    ConfigMap: known.CONFIGMAP,
    Secret: known.SECRET,
    Event: known.EVENT,
    Namespace: known.NAMESPACE,
    Node: known.NODE,
    PersistentVolume: known.PERSISTENT_VOLUME,
    PersistentVolumeClaim: known.PERSISTENT_VOLUME_CLAIM,
    ServiceAccount: known.SERVICE_ACCOUNT,
    Deployment: known.DEPLOYMENT,
    ReplicaSet: known.REPLICA_SET,
    StatefulSet: known.STATEFUL_SET,
    DaemonSet: known.DAEMON_SET,
    ControllerRevision: known.CONTROLLER_REVISION,
    Job: known.JOB,
    CronJob: known.CRON_JOB,
    EndpointSlice: known.ENDPOINT_SLICE,
    IngressRoute: known.INGRESS_ROUTE,
    Role: known.ROLE,
    RoleBinding: known.ROLE_BINDING,
    ClusterRole: known.CLUSTER_ROLE,
    ClusterRoleBinding: known.CLUSTER_ROLE_BINDING,
    PodDisruptionBudget: known.POD_DISRUPTION_BUDGET,
    HorizontalPodAutoscaler: known.HORIZONTAL_POD_AUTOSCALER,
    Lease: known.LEASE,
    PodUsage: Resource("PodMetrics", "pods", "metrics.k8s.io", "v1beta1"),
    NodeUsage: Resource("NodeMetrics", "nodes", "metrics.k8s.io", "v1beta1", namespaced=False),
}


class PageMetadata(KubeStruct):
    resource_version: str = ""
    continue_token: str = msgspec.field(default="", name="continue")


class Page(KubeStruct, Generic[T]):
    """One page of a list; Go writes null for no items."""

    metadata: PageMetadata = PageMetadata()
    items: tuple[T, ...] | None = ()


@cache
def decoder_of(kind: type[K]) -> msgspec.json.Decoder[K]:
    """Give the decoder of one object."""
    return msgspec.json.Decoder(kind)


@cache
def page_decoder_of(kind: type[K]) -> msgspec.json.Decoder[Page[K]]:
    """Give the decoder of a page of objects."""
    return msgspec.json.Decoder(Page[kind])  # type: ignore[valid-type]  # made at run time for each kind


JSON_OBJECT = msgspec.json.Decoder(dict[str, Any])
"""Decodes an object of any kind."""
JSON_PAGE = msgspec.json.Decoder(Page[dict[str, Any]])
"""Decodes a page of objects of any kind."""
