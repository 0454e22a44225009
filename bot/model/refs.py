"""ObjectRef: which object, on which cluster."""

import msgspec


class ObjectRef(msgspec.Struct, frozen=True, omit_defaults=True):
    """One object; equal refs mean the same object name, `uid` pins the very object."""

    kind: str
    """kubectl's singular, lower case: "deployment"."""
    name: str
    namespace: str = ""
    """Empty for objects that belong to no namespace."""
    cluster: str = "main"
    uid: str = ""
    """Empty for an object that does not exist yet."""

    def __str__(self) -> str:
        """`deployment/instance-worker`: how an object is named in text."""
        return f"{self.kind}/{self.name}"

    @property
    def full(self) -> str:
        """`deployment/instance-worker -n saasodoo`: the name with its namespace."""
        return f"{self} -n {self.namespace}" if self.namespace else str(self)
