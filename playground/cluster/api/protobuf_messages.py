"""The numbers of the protobuf fields that kubectl sends: reviews, evictions, and what `kubectl create` makes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One field; without a name it is read over."""

    name: str
    kind: str | Message = "string"
    """string, int, bool, bytes, quantity, int or string, map, map of quantities, map of bytes, or an inner message."""
    repeated: bool = False
    inline: bool = False
    """Whether its fields belong to the message around it, as Go's embedded structs do."""


Message = dict[int, Field]
_IGNORED = Field("")


def _int(name: str) -> Field:
    return Field(name, "int")


def _bool(name: str) -> Field:
    return Field(name, "bool")


def _many(name: str, kind: str | Message = "string") -> Field:
    return Field(name, kind, repeated=True)


_OWNER: Message = {
    1: Field("kind"), 3: Field("name"), 4: Field("uid"), 5: Field("apiVersion"), 6: _bool("controller"),
    7: _bool("blockOwnerDeletion"),
}  # fmt: skip
_METADATA: Message = {
    1: Field("name"), 2: Field("generateName"), 3: Field("namespace"), 4: _IGNORED, 5: Field("uid"),
    6: Field("resourceVersion"), 7: _IGNORED, 8: _IGNORED, 9: _IGNORED, 10: _IGNORED, 11: Field("labels", "map"),
    12: Field("annotations", "map"), 13: _many("ownerReferences", _OWNER), 14: _many("finalizers"), 17: _IGNORED,
}  # fmt: skip
_EXPRESSION: Message = {1: Field("key"), 2: Field("operator"), 3: _many("values")}
_SELECTOR: Message = {1: Field("matchLabels", "map"), 2: _many("matchExpressions", _EXPRESSION)}

_REFERENCE: Message = {1: Field("name")}
_KEY_OF: Message = {1: Field("reference", _REFERENCE, inline=True), 2: Field("key"), 3: _bool("optional")}
_ALL_OF: Message = {1: Field("reference", _REFERENCE, inline=True), 2: _bool("optional")}
_FIELD_REF: Message = {1: Field("apiVersion"), 2: Field("fieldPath")}
_VALUE_FROM: Message = {
    1: Field("fieldRef", _FIELD_REF), 3: Field("configMapKeyRef", _KEY_OF), 4: Field("secretKeyRef", _KEY_OF)
}  # fmt: skip
_ENV: Message = {1: Field("name"), 2: Field("value"), 3: Field("valueFrom", _VALUE_FROM)}
_ENV_FROM: Message = {1: Field("prefix"), 2: Field("configMapRef", _ALL_OF), 3: Field("secretRef", _ALL_OF)}
_PORT: Message = {
    1: Field("name"), 2: _int("hostPort"), 3: _int("containerPort"), 4: Field("protocol"), 5: Field("hostIP")
}  # fmt: skip
_MOUNT: Message = {
    1: Field("name"), 2: _bool("readOnly"), 3: Field("mountPath"), 4: Field("subPath"), 5: Field("mountPropagation"),
    6: Field("subPathExpr"), 7: Field("recursiveReadOnly"),
}  # fmt: skip
_RESOURCES: Message = {1: Field("limits", "map of quantities"), 2: Field("requests", "map of quantities")}
_CONTAINER: Message = {
    1: Field("name"), 2: Field("image"), 3: _many("command"), 4: _many("args"), 5: Field("workingDir"),
    6: _many("ports", _PORT), 7: _many("env", _ENV), 8: Field("resources", _RESOURCES), 9: _many("volumeMounts",
    _MOUNT),
    13: Field("terminationMessagePath"), 14: Field("imagePullPolicy"), 16: _bool("stdin"), 17: _bool("stdinOnce"),
    18: _bool("tty"), 19: _many("envFrom", _ENV_FROM), 20: Field("terminationMessagePolicy"),
    24: Field("restartPolicy"),
}  # fmt: skip
_VOLUME_SOURCE: Message = {
    1: Field("hostPath", {1: Field("path"), 2: Field("type")}),
    2: Field("emptyDir", {1: Field("medium"), 2: Field("sizeLimit", "quantity")}),
    6: Field("secret", {1: Field("secretName"), 3: _int("defaultMode"), 4: _bool("optional")}),
    10: Field("persistentVolumeClaim", {1: Field("claimName"), 2: _bool("readOnly")}),
    19: Field(
        "configMap", {1: Field("reference", _REFERENCE, inline=True), 3: _int("defaultMode"), 4: _bool("optional")}
    ),
}
_VOLUME: Message = {1: Field("name"), 2: Field("source", _VOLUME_SOURCE, inline=True)}
_TOLERATION: Message = {
    1: Field("key"), 2: Field("operator"), 3: Field("value"), 4: Field("effect"), 5: _int("tolerationSeconds")
}  # fmt: skip
_POD_SPEC: Message = {
    1: _many("volumes", _VOLUME), 2: _many("containers", _CONTAINER), 3: Field("restartPolicy"),
    4: _int("terminationGracePeriodSeconds"), 5: _int("activeDeadlineSeconds"), 6: Field("dnsPolicy"),
    7: Field("nodeSelector", "map"), 8: Field("serviceAccountName"), 9: Field("serviceAccount"), 10: Field("nodeName"),
    11: _bool("hostNetwork"), 12: _bool("hostPID"), 13: _bool("hostIPC"), 14: Field("securityContext", {}),
    15: _many("imagePullSecrets", _REFERENCE), 16: Field("hostname"), 17: Field("subdomain"),
    19: Field("schedulerName"),
    20: _many("initContainers", _CONTAINER), 21: _bool("automountServiceAccountToken"),
    22: _many("tolerations", _TOLERATION), 24: Field("priorityClassName"), 25: _int("priority"),
}  # fmt: skip
_TEMPLATE: Message = {1: Field("metadata", _METADATA), 2: Field("spec", _POD_SPEC)}
_JOB_SPEC: Message = {
    1: _int("parallelism"), 2: _int("completions"), 3: _int("activeDeadlineSeconds"), 4: Field("selector", _SELECTOR),
    5: _bool("manualSelector"), 6: Field("template", _TEMPLATE), 7: _int("backoffLimit"),
    8: _int("ttlSecondsAfterFinished"), 9: Field("completionMode"), 10: _bool("suspend"),
    14: Field("podReplacementPolicy"),
}  # fmt: skip
_JOB_TEMPLATE: Message = {1: Field("metadata", _METADATA), 2: Field("spec", _JOB_SPEC)}
_CRON_JOB_SPEC: Message = {
    1: Field("schedule"), 2: _int("startingDeadlineSeconds"), 3: Field("concurrencyPolicy"), 4: _bool("suspend"),
    5: Field("jobTemplate", _JOB_TEMPLATE), 6: _int("successfulJobsHistoryLimit"), 7: _int("failedJobsHistoryLimit"),
    8: Field("timeZone"),
}  # fmt: skip
_ROLLING: Message = {1: Field("maxUnavailable", "int or string"), 2: Field("maxSurge", "int or string")}
_DEPLOYMENT_SPEC: Message = {
    1: _int("replicas"), 2: Field("selector", _SELECTOR), 3: Field("template", _TEMPLATE),
    4: Field("strategy", {1: Field("type"), 2: Field("rollingUpdate", _ROLLING)}), 5: _int("minReadySeconds"),
    6: _int("revisionHistoryLimit"), 7: _bool("paused"), 9: _int("progressDeadlineSeconds"),
}  # fmt: skip
_SERVICE_PORT: Message = {
    1: Field("name"), 2: Field("protocol"), 3: _int("port"), 4: Field("targetPort", "int or string"),
    5: _int("nodePort"), 6: Field("appProtocol"),
}  # fmt: skip
_SERVICE_SPEC: Message = {
    1: _many("ports", _SERVICE_PORT), 2: Field("selector", "map"), 3: Field("clusterIP"), 4: Field("type"),
    5: _many("externalIPs"), 7: Field("sessionAffinity"), 8: Field("loadBalancerIP"), 10: Field("externalName"),
    11: Field("externalTrafficPolicy"), 12: _IGNORED, 13: _IGNORED, 17: Field("ipFamilyPolicy"),
    18: _many("clusterIPs"),
    19: _many("ipFamilies"),
}  # fmt: skip
_RULE: Message = {
    1: _many("verbs"), 2: _many("apiGroups"), 3: _many("resources"), 4: _many("resourceNames"),
    5: _many("nonResourceURLs")
}  # fmt: skip
_SUBJECT: Message = {1: Field("kind"), 2: Field("apiGroup"), 3: Field("name"), 4: Field("namespace")}
_ROLE_REF: Message = {1: Field("apiGroup"), 2: Field("kind"), 3: Field("name")}

_ATTRIBUTES: Message = {
    1: Field("namespace"), 2: Field("verb"), 3: Field("group"), 4: Field("version"), 5: Field("resource"),
    6: Field("subresource"), 7: Field("name"),
}  # fmt: skip
_ELSEWHERE: Message = {1: Field("path"), 2: Field("verb")}
_SELF: Message = {1: Field("resourceAttributes", _ATTRIBUTES), 2: Field("nonResourceAttributes", _ELSEWHERE)}
_SUBJECT_REVIEW: Message = {**_SELF, 3: Field("user"), 4: _many("groups"), 6: Field("uid")}
_DELETE_OPTIONS: Message = {
    1: _int("gracePeriodSeconds"), 2: Field("preconditions", {1: Field("uid"), 2: Field("resourceVersion")}),
    3: _bool("orphanDependents"), 4: Field("propagationPolicy"), 5: _many("dryRun"), 6: _IGNORED,
}  # fmt: skip


def _object(spec: Message) -> Message:
    """Describe an object; what it says of its status is read over."""
    return {1: Field("metadata", _METADATA), 2: Field("spec", spec), 3: _IGNORED}


_BINDING: Message = {1: Field("metadata", _METADATA), 2: _many("subjects", _SUBJECT), 3: Field("roleRef", _ROLE_REF)}
_ROLE: Message = {1: Field("metadata", _METADATA), 2: _many("rules", _RULE)}
KINDS: dict[str, Message] = {
    "SelfSubjectAccessReview": _object(_SELF), "SubjectAccessReview": _object(_SUBJECT_REVIEW),
    "LocalSubjectAccessReview": _object(_SUBJECT_REVIEW), "SelfSubjectRulesReview": _object({1: Field("namespace")}),
    "SelfSubjectReview": {1: Field("metadata", _METADATA), 2: _IGNORED},
    "Eviction": {1: Field("metadata", _METADATA), 2: Field("deleteOptions", _DELETE_OPTIONS)},
    "DeleteOptions": _DELETE_OPTIONS,
    "Namespace": _object({1: _many("finalizers")}), "Deployment": _object(_DEPLOYMENT_SPEC), "Job": _object(_JOB_SPEC),
    "CronJob": _object(_CRON_JOB_SPEC), "Service": _object(_SERVICE_SPEC), "Role": _ROLE, "RoleBinding": _BINDING,
    "ClusterRole": _ROLE, "ClusterRoleBinding": _BINDING,
    "ConfigMap": {
        1: Field("metadata", _METADATA), 2: Field("data", "map"), 3: Field("binaryData", "map of bytes"),
        4: _bool("immutable"),
    },
    "Secret": {
        1: Field("metadata", _METADATA), 2: Field("data", "map of bytes"), 3: Field("type"), 4: Field("stringData",
    "map"),
        5: _bool("immutable"),
    },
    "ServiceAccount": {1: Field("metadata", _METADATA), 4: _bool("automountServiceAccountToken")},
}  # fmt: skip
