"""The kinds that the practice cluster serves, as discovery announces them; CustomResourceDefinitions add to them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, eq=False)
class Resource:
    """One group/version/plural. Compared by identity: there is one instance of each."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    printer_columns: tuple[Any, ...] = field(default=(), repr=False)
    custom: bool = False

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """Plural with its group, as error messages name it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def singular(self) -> str:
        return self.kind.lower()


def _core(plural: str, kind: str, **more: Any) -> Resource:
    return Resource("", "v1", plural, kind, **more)


def _in(api_version: str, plural: str, kind: str, **more: Any) -> Resource:
    group, version = api_version.split("/")
    return Resource(group, version, plural, kind, **more)


_STATUS = ("status",)
_SCALED = ("status", "scale")
_ALL = ("all",)
_CLUSTER = False

NAMESPACES = _core("namespaces", "Namespace", namespaced=_CLUSTER, short_names=("ns",), subresources=_STATUS)
NODES = _core("nodes", "Node", namespaced=_CLUSTER, short_names=("no",), subresources=_STATUS)
POD_SUBRESOURCES = ("status", "log", "exec", "eviction", "proxy")
PODS = _core("pods", "Pod", short_names=("po",), categories=_ALL, subresources=POD_SUBRESOURCES)
SERVICES = _core("services", "Service", short_names=("svc",), categories=_ALL, subresources=("status", "proxy"))
ENDPOINTS = _core("endpoints", "Endpoints", short_names=("ep",))
CONFIGMAPS = _core("configmaps", "ConfigMap", short_names=("cm",))
SECRETS = _core("secrets", "Secret")
SERVICEACCOUNTS = _core("serviceaccounts", "ServiceAccount", short_names=("sa",), subresources=("token",))
EVENTS = _core("events", "Event", short_names=("ev",))
PVCS = _core("persistentvolumeclaims", "PersistentVolumeClaim", short_names=("pvc",), subresources=_STATUS)
PVS = _core("persistentvolumes", "PersistentVolume", namespaced=_CLUSTER, short_names=("pv",), subresources=_STATUS)
LIMITRANGES = _core("limitranges", "LimitRange", short_names=("limits",))
RESOURCEQUOTAS = _core("resourcequotas", "ResourceQuota", short_names=("quota",), subresources=_STATUS)
DEPLOYMENTS = _in(
    "apps/v1", "deployments", "Deployment", short_names=("deploy",), categories=_ALL, subresources=_SCALED
)
REPLICASETS = _in("apps/v1", "replicasets", "ReplicaSet", short_names=("rs",), categories=_ALL, subresources=_SCALED)
STATEFULSETS = _in(
    "apps/v1", "statefulsets", "StatefulSet", short_names=("sts",), categories=_ALL, subresources=_SCALED
)
DAEMONSETS = _in("apps/v1", "daemonsets", "DaemonSet", short_names=("ds",), categories=_ALL, subresources=_STATUS)
CONTROLLERREVISIONS = _in("apps/v1", "controllerrevisions", "ControllerRevision")
JOBS = _in("batch/v1", "jobs", "Job", categories=_ALL, subresources=_STATUS)
CRONJOBS = _in("batch/v1", "cronjobs", "CronJob", short_names=("cj",), categories=_ALL, subresources=_STATUS)
HPAS = _in(
    "autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler",
    short_names=("hpa",), categories=_ALL, subresources=_STATUS,
)  # fmt: skip
PDBS = _in("policy/v1", "poddisruptionbudgets", "PodDisruptionBudget", short_names=("pdb",), subresources=_STATUS)
ENDPOINTSLICES = _in("discovery.k8s.io/v1", "endpointslices", "EndpointSlice")
INGRESSES = _in("networking.k8s.io/v1", "ingresses", "Ingress", short_names=("ing",), subresources=_STATUS)
NETWORKPOLICIES = _in("networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", short_names=("netpol",))
LEASES = _in("coordination.k8s.io/v1", "leases", "Lease")
STORAGECLASSES = _in("storage.k8s.io/v1", "storageclasses", "StorageClass", namespaced=_CLUSTER, short_names=("sc",))
PRIORITYCLASSES = _in(
    "scheduling.k8s.io/v1", "priorityclasses", "PriorityClass", namespaced=_CLUSTER, short_names=("pc",)
)
ROLES = _in("rbac.authorization.k8s.io/v1", "roles", "Role")
ROLEBINDINGS = _in("rbac.authorization.k8s.io/v1", "rolebindings", "RoleBinding")
CLUSTERROLES = _in("rbac.authorization.k8s.io/v1", "clusterroles", "ClusterRole", namespaced=_CLUSTER)
CLUSTERROLEBINDINGS = _in(
    "rbac.authorization.k8s.io/v1", "clusterrolebindings", "ClusterRoleBinding", namespaced=_CLUSTER
)
CRDS = _in(
    "apiextensions.k8s.io/v1", "customresourcedefinitions", "CustomResourceDefinition",
    namespaced=_CLUSTER, short_names=("crd", "crds"), subresources=_STATUS,
)  # fmt: skip
_ASKED = ("create",)
SUBJECTACCESSREVIEWS = _in(
    "authorization.k8s.io/v1", "subjectaccessreviews", "SubjectAccessReview", namespaced=_CLUSTER, verbs=_ASKED
)
SELFSUBJECTACCESSREVIEWS = _in(
    "authorization.k8s.io/v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", namespaced=_CLUSTER, verbs=_ASKED
)
SELFSUBJECTRULESREVIEWS = _in(
    "authorization.k8s.io/v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", namespaced=_CLUSTER, verbs=_ASKED
)
LOCALSUBJECTACCESSREVIEWS = _in(
    "authorization.k8s.io/v1", "localsubjectaccessreviews", "LocalSubjectAccessReview", verbs=_ASKED
)
SELFSUBJECTREVIEWS = _in(
    "authentication.k8s.io/v1", "selfsubjectreviews", "SelfSubjectReview", namespaced=_CLUSTER, verbs=_ASKED
)
_MEASURED = ("get", "list")
NODE_METRICS = _in("metrics.k8s.io/v1beta1", "nodes", "NodeMetrics", namespaced=_CLUSTER, verbs=_MEASURED)
POD_METRICS = _in("metrics.k8s.io/v1beta1", "pods", "PodMetrics", verbs=_MEASURED)

BUILT_IN = tuple(value for value in list(globals().values()) if isinstance(value, Resource))
COMPUTED = frozenset((
    SUBJECTACCESSREVIEWS, SELFSUBJECTACCESSREVIEWS, SELFSUBJECTRULESREVIEWS, LOCALSUBJECTACCESSREVIEWS,
    SELFSUBJECTREVIEWS, NODE_METRICS, POD_METRICS,
))  # fmt: skip
"""Answered by calculation; nothing of them is stored."""


class Catalogue:
    """Which resources exist now."""

    def __init__(self) -> None:
        self._by_path = {(resource.group, resource.version, resource.plural): resource for resource in BUILT_IN}

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._by_path.values())

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        return self._by_path.get((group, version, plural))

    def of_kind(self, api_version: str, kind: str) -> Resource | None:
        for resource in self:
            if resource.kind == kind and resource.api_version == api_version:
                return resource
        return None

    def add(self, resource: Resource) -> None:
        self._by_path.setdefault((resource.group, resource.version, resource.plural), resource)

    def drop(self, resource: Resource) -> None:
        self._by_path.pop((resource.group, resource.version, resource.plural), None)

    def groups(self) -> dict[str, list[str]]:
        """Map each group to its versions, in order of announcement."""
        found: dict[str, list[str]] = {}
        for resource in self:
            versions = found.setdefault(resource.group, [])
            if resource.version not in versions:
                versions.append(resource.version)
        return found
