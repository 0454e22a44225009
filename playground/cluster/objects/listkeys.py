"""By which key the items of a list are told apart, in strategic merge patches and in server-side apply."""

_MERGE_KEYS = {
    "containers": "name", "initContainers": "name", "ephemeralContainers": "name", "volumes": "name", "env": "name",
    "imagePullSecrets": "name", "volumeMounts": "mountPath", "volumeDevices": "devicePath", "conditions": "type",
    "ownerReferences": "uid", "taints": "key", "addresses": "type", "hostAliases": "ip", "secrets": "name",
    "topologySpreadConstraints": "topologyKey", "podIPs": "ip", "resourceClaims": "name", "podCIDRs": "",
}  # fmt: skip
_APPLY_KEYS = {
    **{name: (key,) for name, key in _MERGE_KEYS.items() if key},
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
}
_APPLY_KEYS.pop("taints")
_SETS = frozenset({"finalizers"})


def merge_key(path: tuple[str, ...]) -> str | None:
    """Return the strategic merge key of the list at *path*; None when a patch replaces the list."""
    name = path[-1]
    if name == "ports":
        return _port_key(path)
    return _MERGE_KEYS.get(name) or None


def apply_keys(path: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the keys by which server-side apply tells items apart; None when the list is owned as a whole."""
    if path[-1] == "ports":
        key = _port_key(path)
        return (key, "protocol") if key else None
    return _APPLY_KEYS.get(path[-1])


def is_set(path: tuple[str, ...]) -> bool:
    """Tell whether the list of plain values at *path* is merged value by value."""
    return path[-1] in _SETS


def _port_key(path: tuple[str, ...]) -> str | None:
    if "containers" in path or "initContainers" in path:
        return "containerPort"
    return "port" if path == ("spec", "ports") else None
