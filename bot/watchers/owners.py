"""Whom people know a pod or a job by: the controller at the end of the chain, read from the object itself."""

import re

from bot.model.kube.meta import Metadata, OwnerReference
from bot.model.refs import ObjectRef

TEMPLATE_HASH = "pod-template-hash"
"""Label that a Deployment puts on the pods of each of its ReplicaSets, whose names end in it."""

_SCHEDULED = re.compile(r"(.+)-\d{8}")
"""A CronJob names its jobs by the minute that they were due at, in minutes since 1970."""
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9]{0,62}")
_NAME = re.compile(r"[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?")


def subject_of(kind: str, meta: Metadata) -> ObjectRef:
    """The very object."""
    return ObjectRef(kind, meta.name, meta.namespace, uid=meta.uid)


def owner_of_pod(meta: Metadata) -> ObjectRef:
    """Its deployment, statefulset, daemonset, CronJob or job; the pod itself when nobody controls it."""
    controller = _controller(meta)
    if controller is None:
        return ObjectRef("pod", meta.name, meta.namespace)
    suffix = f"-{meta.labels.get(TEMPLATE_HASH, '')}"
    if controller.kind == "ReplicaSet" and len(suffix) > 1 and controller.name.endswith(suffix):
        return ObjectRef("deployment", controller.name.removesuffix(suffix), meta.namespace)
    if controller.kind == "Job" and (scheduled := _SCHEDULED.fullmatch(controller.name)):
        return ObjectRef("cronjob", scheduled[1], meta.namespace)
    return ObjectRef(controller.kind.lower(), controller.name, meta.namespace)


def owner_of_job(meta: Metadata) -> ObjectRef:
    """Its CronJob, or the job itself."""
    controller = _controller(meta)
    if controller is not None and controller.kind == "CronJob":
        return ObjectRef("cronjob", controller.name, meta.namespace)
    return ObjectRef("job", meta.name, meta.namespace)


def is_name(text: str) -> bool:
    """Whether an object can be called that: what others write into an object is free text to the API server."""
    return _NAME.fullmatch(text) is not None


def _controller(meta: Metadata) -> OwnerReference | None:
    """The controller, unless whoever made the object has written something there that cannot be one."""
    found = meta.controller
    return found if found is not None and _KIND.fullmatch(found.kind) and is_name(found.name) else None


def is_of_job(meta: Metadata) -> bool:
    """Whether the pod is one try of a job, which alone decides what a failure of it means."""
    return meta.controller is not None and meta.controller.kind == "Job"
