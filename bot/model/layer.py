"""Layer: what one layer of permission answers, and why."""

import msgspec

KUBERNETES = "Kubernetes: "
"""How the name of a layer that the API server answers for begins."""


class Layer(msgspec.Struct, frozen=True):
    """One answer of several that must all be yes."""

    name: str
    """What was asked: "Channel", "Kubernetes: patch deployments", "Policy"."""
    allowed: bool
    reason: str
    is_known: bool = True
    """False: the layer could not be asked, which is a no for now."""
    is_namespaced: bool = True
    """False: it speaks of what is in no namespace."""
