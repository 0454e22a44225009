"""image_pull: the kubelet cannot get a container's image. Its two reasons alternate and are one fault."""

from datetime import datetime, timedelta

from bot.model.kube.pods import WatchedPod
from bot.model.symptom import AT_ONCE, Fault, Symptom
from bot.spec import Watcher
from bot.watchers.containers import begun, containers, symptom

HOPELESS = frozenset({"InvalidImageName", "ErrImageNeverPull", "ImagePullBackOff"})
"""Wrong as it stands, or tried more than once."""
PASSING = frozenset({"ErrImagePull", "RegistryUnavailable", "ImageInspectError", "SignatureValidationFailed"})
"""May be over at the next try."""
PATIENCE = timedelta(seconds=15)
"""A registry that asks for a pause, or a kubelet that pulls too much at once, is well again by then."""


def symptoms(pod: WatchedPod, now: datetime) -> list[Symptom]:
    """Containers whose image cannot be had."""
    found = []
    for status in containers(pod):
        waiting = status.state.waiting
        if waiting is None or waiting.reason not in HOPELESS | PASSING:
            continue
        ripe_at = AT_ONCE if waiting.reason in HOPELESS else (begun(pod) or now) + PATIENCE
        found.append(
            symptom(Fault.IMAGE_PULL, pod, status, ripe_at=ripe_at, reason=waiting.reason, message=waiting.message)
        )
    return found


WATCHER = Watcher(
    name="image_pull",
    summary="The image of a container cannot be pulled.",
    kind=WatchedPod,
    symptoms=symptoms,
    tells=(Fault.IMAGE_PULL,),
)
