"""The values that the API server fills in when a manifest leaves them out."""

import base64
from collections.abc import Callable
from typing import Any

from playground.cluster.kobject import Object

Defaulter = Callable[[Object], None]


def apply_defaults(kind: str, obj: Object) -> None:
    """Complete *obj* in place."""
    defaulter = _DEFAULTERS.get(kind)
    if defaulter is not None:
        defaulter(obj)


def _set(target: Object, **values: Any) -> None:
    for name, value in values.items():
        if target.get(name) is None:
            target[name] = value


def _pod_spec(spec: Object, restart_policy: str = "Always") -> None:
    _set(spec, restartPolicy=restart_policy, terminationGracePeriodSeconds=30, dnsPolicy="ClusterFirst",
         securityContext={}, schedulerName="default-scheduler")  # fmt: skip
    if name := spec.get("serviceAccountName"):
        _set(spec, serviceAccount=name)
    for container in [*spec.get("initContainers", ()), *(spec.get("containers") or ())]:
        _container(container)
    for volume in spec.get("volumes") or ():
        _volume(volume)


def _container(container: Object) -> None:
    image = str(container.get("image") or "")
    tag = image.rsplit("/", 1)[-1].partition(":")[2]
    policy = "Always" if tag in {"", "latest"} and "@" not in image else "IfNotPresent"
    _set(container, terminationMessagePath="/dev/termination-log", terminationMessagePolicy="File",
         imagePullPolicy=policy, resources={})  # fmt: skip
    resources = container["resources"]
    _quantities_as_text(resources)
    for name, limit in (resources.get("limits") or {}).items():
        resources.setdefault("requests", {}).setdefault(name, limit)
    for port in container.get("ports") or ():
        _set(port, protocol="TCP")
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(probe):
            _set(container[probe], timeoutSeconds=1, periodSeconds=10, successThreshold=1, failureThreshold=3)
            if http := container[probe].get("httpGet"):
                _set(http, scheme="HTTP", path="/")


def _quantities_as_text(resources: Object) -> None:
    """Take `cpu: 1` as a real server does, which gives it back as "1"."""
    for part in ("requests", "limits"):
        if resources.get(part):
            resources[part] = {name: str(quantity) for name, quantity in resources[part].items()}


def _volume(volume: Object) -> None:
    for source in ("configMap", "secret", "projected", "downwardAPI"):
        if volume.get(source) is not None:
            _set(volume[source], defaultMode=420)
    if volume.get("hostPath") is not None:
        _set(volume["hostPath"], type="")


def _template(obj: Object, restart_policy: str = "Always") -> None:
    template = obj["spec"].get("template")
    if template:
        template.setdefault("metadata", {}).pop("creationTimestamp", None)
        _pod_spec(template.setdefault("spec", {}), restart_policy)


def _pod(obj: Object) -> None:
    spec = obj["spec"]
    _pod_spec(spec)
    _set(spec, serviceAccountName="default", serviceAccount="default", enableServiceLinks=True, priority=0,
         preemptionPolicy="PreemptLowerPriority")  # fmt: skip
    tolerations = spec.setdefault("tolerations", [])
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        if not any(toleration.get("key") in {key, None} for toleration in tolerations):
            tolerations.append({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300})
    _set(obj.setdefault("status", {}), phase="Pending", qosClass=_quality(spec))


def _quality(spec: Object) -> str:
    resources = [container.get("resources") or {} for container in spec.get("containers") or ()]
    if not any(entry.get("requests") or entry.get("limits") for entry in resources):
        return "BestEffort"
    full = all(
        set(entry.get("limits") or ()) >= {"cpu", "memory"} and entry.get("requests") == entry["limits"]
        for entry in resources
    )
    return "Guaranteed" if full else "Burstable"


def _deployment(obj: Object) -> None:
    spec = obj["spec"]
    _set(spec, replicas=1, revisionHistoryLimit=10, progressDeadlineSeconds=600)
    strategy = spec.setdefault("strategy", {})
    _set(strategy, type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        strategy["rollingUpdate"] = strategy.get("rollingUpdate") or {}
        _set(strategy["rollingUpdate"], maxSurge="25%", maxUnavailable="25%")
    _template(obj)


def _replica_set(obj: Object) -> None:
    _set(obj["spec"], replicas=1)
    _template(obj)


def _stateful_set(obj: Object) -> None:
    spec = obj["spec"]
    _set(spec, replicas=1, revisionHistoryLimit=10, podManagementPolicy="OrderedReady", serviceName="")
    strategy = spec.setdefault("updateStrategy", {})
    _set(strategy, type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        strategy["rollingUpdate"] = strategy.get("rollingUpdate") or {}
        _set(strategy["rollingUpdate"], partition=0)
    _set(spec, persistentVolumeClaimRetentionPolicy={"whenDeleted": "Retain", "whenScaled": "Retain"})
    for claim in spec.get("volumeClaimTemplates") or ():
        _set(claim, apiVersion="v1", kind="PersistentVolumeClaim")
        _set(claim.setdefault("spec", {}), volumeMode="Filesystem")
        _set(claim, status={"phase": "Pending"})
    _template(obj)


def _daemon_set(obj: Object) -> None:
    spec = obj["spec"]
    _set(spec, revisionHistoryLimit=10)
    strategy = spec.setdefault("updateStrategy", {})
    _set(strategy, type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        strategy["rollingUpdate"] = strategy.get("rollingUpdate") or {}
        _set(strategy["rollingUpdate"], maxSurge=0, maxUnavailable=1)
    _template(obj)


def _job_spec(spec: Object) -> None:
    _set(spec, parallelism=1, backoffLimit=6, suspend=False, completionMode="NonIndexed",
         podReplacementPolicy="TerminatingOrFailed", manualSelector=False)  # fmt: skip
    if spec["parallelism"] == 1 or spec["completionMode"] == "Indexed":
        _set(spec, completions=1)


def _job(obj: Object) -> None:
    """Default a Job; unlike other templates its restartPolicy must be chosen."""
    _job_spec(obj["spec"])
    policy = ((obj["spec"].get("template") or {}).get("spec") or {}).get("restartPolicy")
    _template(obj, policy or "Always")
    spec = obj["spec"]
    uid = obj["metadata"].get("uid")
    if uid and not spec.get("manualSelector") and not spec.get("selector"):
        ours = {"batch.kubernetes.io/controller-uid": uid}
        labels = {**ours, "batch.kubernetes.io/job-name": obj["metadata"]["name"],
                  "controller-uid": uid, "job-name": obj["metadata"]["name"]}  # fmt: skip
        spec["selector"] = {"matchLabels": ours}
        metadata = spec.setdefault("template", {}).setdefault("metadata", {})
        metadata["labels"] = {**(metadata.get("labels") or {}), **labels}
        if not obj["metadata"].get("labels"):
            obj["metadata"]["labels"] = dict(metadata["labels"])


def _cron_job(obj: Object) -> None:
    spec = obj["spec"]
    _set(spec, concurrencyPolicy="Allow", suspend=False, successfulJobsHistoryLimit=3, failedJobsHistoryLimit=1)
    template = spec.get("jobTemplate")
    if template and template.get("spec"):
        template.setdefault("metadata", {}).pop("creationTimestamp", None)
        inner = template["spec"].get("template")
        if inner:
            inner.setdefault("metadata", {}).pop("creationTimestamp", None)
            _pod_spec(inner.setdefault("spec", {}))


def _service(obj: Object) -> None:
    spec = obj["spec"]
    _set(spec, type="ClusterIP", sessionAffinity="None")
    if spec["type"] != "ExternalName":
        _set(spec, internalTrafficPolicy="Cluster", ipFamilies=["IPv4"], ipFamilyPolicy="SingleStack")
    for port in spec.get("ports") or ():
        _set(port, protocol="TCP", targetPort=port.get("port"))


def _secret(obj: Object) -> None:
    _set(obj, type="Opaque")
    plain = obj.pop("stringData", None)
    for name, text in (plain or {}).items():
        obj["data"] = {**(obj.get("data") or {}), name: base64.b64encode(text.encode()).decode()}


def _namespace(obj: Object) -> None:
    obj["metadata"].setdefault("labels", {})["kubernetes.io/metadata.name"] = obj["metadata"].get("name", "")
    _set(obj.setdefault("spec", {}), finalizers=["kubernetes"])
    _set(obj.setdefault("status", {}), phase="Active")


def _claim(obj: Object) -> None:
    _quantities_as_text(obj["spec"].setdefault("resources", {}))
    _set(obj["spec"], volumeMode="Filesystem")
    _set(obj.setdefault("status", {}), phase="Pending")


def _volume_object(obj: Object) -> None:
    _set(obj["spec"], persistentVolumeReclaimPolicy="Retain", volumeMode="Filesystem")
    _set(obj.setdefault("status", {}), phase="Available")


def _autoscaler(obj: Object) -> None:
    _set(obj["spec"], minReplicas=1)
    _set(obj["spec"], metrics=[{"type": "Resource", "resource": {
        "name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80},
    }}])  # fmt: skip


def _role_ref(obj: Object) -> None:
    _set(obj.setdefault("roleRef", {}), apiGroup="rbac.authorization.k8s.io")
    for subject in obj.get("subjects") or ():
        if subject.get("kind") in {"User", "Group"}:
            _set(subject, apiGroup="rbac.authorization.k8s.io")


_DEFAULTERS: dict[str, Defaulter] = {
    "Pod": _pod, "Deployment": _deployment, "ReplicaSet": _replica_set, "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set, "Job": _job, "CronJob": _cron_job, "Service": _service, "Secret": _secret,
    "Namespace": _namespace, "PersistentVolumeClaim": _claim, "PersistentVolume": _volume_object,
    "HorizontalPodAutoscaler": _autoscaler, "RoleBinding": _role_ref, "ClusterRoleBinding": _role_ref,
}  # fmt: skip
