"""The kinds that the bot speaks of, with kubectl's names for them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of object in the Kubernetes API."""

    kind: str
    plural: str
    group: str = ""
    version: str = "v1"
    short_names: tuple[str, ...] = ()
    namespaced: bool = True

    @property
    def singular(self) -> str:
        """kubectl's singular: the kind in lower case."""
        return self.kind.lower()

    @property
    def names(self) -> tuple[str, ...]:
        """Every word that means this kind."""
        return (self.plural, self.singular, *self.short_names)

    @property
    def api_version(self) -> str:
        """`apps/v1`, or `v1` for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """URL path of the collection, of one object or of a subresource; parts must be validated names."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        scope = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        return "/".join(part for part in (f"{root}{scope}/{self.plural}", name, subresource) if part)


POD = Resource("Pod", "pods", short_names=("po",))
SERVICE = Resource("Service", "services", short_names=("svc",))
CONFIGMAP = Resource("ConfigMap", "configmaps", short_names=("cm",))
SECRET = Resource("Secret", "secrets")
EVENT = Resource("Event", "events", short_names=("ev",))
NAMESPACE = Resource("Namespace", "namespaces", short_names=("ns",), namespaced=False)
NODE = Resource("Node", "nodes", short_names=("no",), namespaced=False)
PERSISTENT_VOLUME = Resource("PersistentVolume", "persistentvolumes", short_names=("pv",), namespaced=False)
PERSISTENT_VOLUME_CLAIM = Resource("PersistentVolumeClaim", "persistentvolumeclaims", short_names=("pvc",))
SERVICE_ACCOUNT = Resource("ServiceAccount", "serviceaccounts", short_names=("sa",))
DEPLOYMENT = Resource("Deployment", "deployments", "apps", short_names=("deploy",))
REPLICA_SET = Resource("ReplicaSet", "replicasets", "apps", short_names=("rs",))
STATEFUL_SET = Resource("StatefulSet", "statefulsets", "apps", short_names=("sts",))
DAEMON_SET = Resource("DaemonSet", "daemonsets", "apps", short_names=("ds",))
CONTROLLER_REVISION = Resource("ControllerRevision", "controllerrevisions", "apps")
JOB = Resource("Job", "jobs", "batch")
CRON_JOB = Resource("CronJob", "cronjobs", "batch", short_names=("cj",))
ENDPOINT_SLICE = Resource("EndpointSlice", "endpointslices", "discovery.k8s.io", short_names=("endpoints", "ep"))
INGRESS_ROUTE = Resource("IngressRoute", "ingressroutes", "traefik.io", "v1alpha1")
ROLE = Resource("Role", "roles", "rbac.authorization.k8s.io")
ROLE_BINDING = Resource("RoleBinding", "rolebindings", "rbac.authorization.k8s.io")
CLUSTER_ROLE = Resource("ClusterRole", "clusterroles", "rbac.authorization.k8s.io", namespaced=False)
CLUSTER_ROLE_BINDING = Resource(
    "ClusterRoleBinding", "clusterrolebindings", "rbac.authorization.k8s.io", namespaced=False
)
POD_DISRUPTION_BUDGET = Resource("PodDisruptionBudget", "poddisruptionbudgets", "policy", short_names=("pdb",))
HORIZONTAL_POD_AUTOSCALER = Resource(
    "HorizontalPodAutoscaler", "horizontalpodautoscalers", "autoscaling", "v2", short_names=("hpa",)
)
LEASE = Resource("Lease", "leases", "coordination.k8s.io")

RESOURCES = (
    POD,
    SERVICE,
    CONFIGMAP,
    SECRET,
    EVENT,
    NAMESPACE,
    NODE,
    PERSISTENT_VOLUME,
    PERSISTENT_VOLUME_CLAIM,
    SERVICE_ACCOUNT,
    DEPLOYMENT,
    REPLICA_SET,
    STATEFUL_SET,
    DAEMON_SET,
    CONTROLLER_REVISION,
    JOB,
    CRON_JOB,
    ENDPOINT_SLICE,
    INGRESS_ROUTE,
    ROLE,
    ROLE_BINDING,
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    POD_DISRUPTION_BUDGET,
    HORIZONTAL_POD_AUTOSCALER,
    LEASE,
)

BY_NAME = {name: resource for resource in RESOURCES for name in resource.names}
"""Every word of every kind → its resource: `po`, `pods`, `pod` → POD."""
