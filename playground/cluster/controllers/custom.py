"""CustomResourceDefinitions: serves their kinds as soon as they are stored, and stops when they go."""

from collections.abc import Iterator

from playground.cluster.clock import stamp
from playground.cluster.kobject import Key, Object, is_dying, key_of
from playground.cluster.resources import CRDS, Resource
from playground.cluster.state import ClusterState
from playground.cluster.store import Change


class CustomResources:
    def __init__(self, state: ClusterState) -> None:
        self._state = state

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is CRDS:
            if change.type == "DELETED":
                for served in resources_of(change.object):
                    self._retire(served)
            else:
                yield key_of(change.object)

    def reconcile(self, key: Key) -> float | None:
        definition = self._state.find(CRDS, *key)
        if definition is None or is_dying(definition):
            return None
        for served in resources_of(definition):
            self._state.catalogue.add(served)
        spec, now = definition["spec"], stamp(self._state.clock.now())
        if not definition.get("status", {}).get("conditions"):
            self._state.set_status(
                CRDS,
                definition,
                {
                    "acceptedNames": spec["names"],
                    "storedVersions": [each["name"] for each in spec["versions"] if each["storage"]],
                    "conditions": [
                        {
                            "type": "NamesAccepted",
                            "status": "True",
                            "reason": "NoConflicts",
                            "message": "no conflicts found",
                            "lastTransitionTime": now,
                        },
                        {
                            "type": "Established",
                            "status": "True",
                            "reason": "InitialNamesAccepted",
                            "message": "the initial names have been accepted",
                            "lastTransitionTime": now,
                        },
                    ],
                },
            )
        return None

    def _retire(self, gone: Resource) -> None:
        served = self._state.catalogue.find(gone.group, gone.version, gone.plural)
        if served is not None:
            for obj in self._state.store.items(served):
                self._state.delete_quietly(served, obj)
            self._state.catalogue.drop(served)


def resources_of(definition: Object) -> list[Resource]:
    """Return one resource per served version."""
    spec = definition["spec"]
    names = spec["names"]
    return [
        Resource(
            spec["group"],
            version["name"],
            names["plural"],
            names["kind"],
            namespaced=spec["scope"] == "Namespaced",
            short_names=tuple(names.get("shortNames") or ()),
            categories=tuple(names.get("categories") or ()),
            subresources=tuple(version.get("subresources") or ()),
            printer_columns=tuple(version.get("additionalPrinterColumns") or ()),
            custom=True,
        )
        for version in spec["versions"]
        if version.get("served")
    ]
