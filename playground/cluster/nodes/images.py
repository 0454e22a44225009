"""Which images cannot be had, and what a registry and a kubelet say then."""

import re

_NAME = re.compile(r"[a-z0-9.:_/@-]+", re.ASCII)
_MISSING = {"missing", "nosuch", "nonexistent", "notfound", "gone", "typo"}
_PRIVATE = {"private", "denied", "unauthorized"}


class Unpullable(Exception):
    """The message is the one that stands in state.waiting.message."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def pull(image: str, pull_policy: str) -> None:
    """Check that *image* can be had (raises Unpullable in the words of containerd and the kubelet)."""
    if not _NAME.fullmatch(image) or "//" in image:
        told = f'couldn\'t parse image name "{image}": invalid reference format'
        raise Unpullable("InvalidImageName", f'Failed to apply default image tag "{image}": {told}')
    words = set(re.split(r"[-._:/]", image.lower()))
    full = reference(image)
    if pull_policy == "Never" and words & _MISSING:
        raise Unpullable("ErrImageNeverPull", f'Container image "{image}" is not present with pull policy of Never')
    if words & _MISSING:
        raise Unpullable("ErrImagePull", _resolve(full, "NotFound", "not found"))
    if words & _PRIVATE:
        refused = "unexpected status from HEAD request to https://{}/v2/{}/manifests/{}: 401 Unauthorized".format(
            *_parts(full)
        )
        raise Unpullable("ErrImagePull", _resolve(full, "Unknown", refused, detail=""))
    if "invalid" in words or "unreachable" in words:
        host = full.split("/")[0]
        refused = f'failed to do request: Head "https://{host}/v2/": dial tcp: lookup {host}: no such host'
        raise Unpullable("ErrImagePull", _resolve(full, "Unknown", refused, detail=""))


def reference(image: str) -> str:
    """Complete an image name with its registry and tag."""
    first, slash, _ = image.partition("/")
    if not slash:
        image = f"docker.io/library/{image}"
    elif not ("." in first or ":" in first or first == "localhost"):
        image = f"docker.io/{image}"
    return image if ":" in image.rsplit("/", 1)[-1] or "@" in image else f"{image}:latest"


def _parts(full: str) -> tuple[str, str, str]:
    host, _, rest = full.partition("/")
    name, _, tag = rest.rpartition(":")
    return host, name, tag


def _resolve(full: str, code: str, why: str, detail: str | None = None) -> str:
    shown = f"{full}: {why}" if detail is None else why
    told = f'failed to pull and unpack image "{full}": failed to resolve reference "{full}": {shown}'
    return f"rpc error: code = {code} desc = {told}" if code == "NotFound" else told
