"""PersistentVolumeClaims: bound to a volume that fits, or to one made for them when their class provisions."""

from collections.abc import Iterator

from playground.cluster.controllers.events import Recorder
from playground.cluster.kobject import Key, Object, is_dying, key_of
from playground.cluster.nodes.quantity import amount
from playground.cluster.resources import PVCS, PVS, STORAGECLASSES, Resource
from playground.cluster.state import ClusterState
from playground.cluster.store import Change

COMPONENT = "persistentvolume-controller"


class VolumeController:
    def __init__(self, state: ClusterState, recorder: Recorder) -> None:
        self._state = state
        self._recorder = recorder

    def concerns(self, resource: Resource, change: Change) -> Iterator[Key]:
        if resource is PVCS:
            if change.type == "DELETED":
                self._release(change.object)
            else:
                yield key_of(change.object)
        elif resource in {PVS, STORAGECLASSES} and change.type == "ADDED":
            yield from (
                key_of(each) for each in self._state.store.each(PVCS) if each["status"].get("phase") == "Pending"
            )

    def reconcile(self, key: Key) -> float | None:
        claim = self._state.find(PVCS, *key)
        if claim is None or is_dying(claim) or claim.get("status", {}).get("phase") == "Bound":
            return None
        volume = self._fitting(claim) or self._provisioned(claim)
        if volume is None:
            self._tell_pending(claim)
            return None
        self._bind(claim, volume)
        return None

    def _fitting(self, claim: Object) -> Object | None:
        spec = claim["spec"]
        wanted = amount(spec["resources"]["requests"]["storage"])
        fitting = [
            volume
            for volume in self._state.store.items(PVS)
            if (spec.get("volumeName") in {None, "", volume["metadata"]["name"]})
            and (
                _claims(volume, claim)
                or (
                    volume["status"].get("phase") == "Available"
                    and not volume["spec"].get("claimRef")
                    and volume["spec"].get("storageClassName", "") == (spec.get("storageClassName") or "")
                    and amount(volume["spec"]["capacity"]["storage"]) >= wanted
                    and set(spec.get("accessModes") or ()) <= set(volume["spec"].get("accessModes") or ())
                )
            )
        ]
        return min(fitting, key=lambda volume: amount(volume["spec"]["capacity"]["storage"]), default=None)

    def _provisioned(self, claim: Object) -> Object | None:
        class_name = claim["spec"].get("storageClassName")
        found = self._state.find(STORAGECLASSES, "", class_name) if class_name else None
        if found is None or found["provisioner"] == "kubernetes.io/no-provisioner":
            return None
        return self._state.create(
            PVS,
            {
                "metadata": {
                    "name": f"pvc-{claim['metadata']['uid']}",
                    "annotations": {"pv.kubernetes.io/provisioned-by": found["provisioner"]},
                },
                "spec": {
                    "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
                    "accessModes": claim["spec"].get("accessModes") or ["ReadWriteOnce"],
                    "storageClassName": class_name,
                    "persistentVolumeReclaimPolicy": found.get("reclaimPolicy") or "Delete",
                    "csi": {"driver": found["provisioner"], "volumeHandle": claim["metadata"]["uid"]},
                },
            },
        )

    def _bind(self, claim: Object, volume: Object) -> None:
        metadata = claim["metadata"]
        reference = {
            "kind": "PersistentVolumeClaim",
            "apiVersion": "v1",
            "namespace": metadata["namespace"],
            "name": metadata["name"],
            "uid": metadata["uid"],
        }
        self._state.update(
            PVS,
            {
                **volume,
                "spec": {**volume["spec"], "claimRef": reference},
                "status": {**volume.get("status", {}), "phase": "Bound"},
            },
        )
        self._state.update(
            PVCS,
            {
                **claim,
                "spec": {**claim["spec"], "volumeName": volume["metadata"]["name"]},
                "status": {
                    "phase": "Bound",
                    "accessModes": volume["spec"]["accessModes"],
                    "capacity": volume["spec"]["capacity"],
                },
            },
        )

    def _tell_pending(self, claim: Object) -> None:
        class_name = claim["spec"].get("storageClassName")
        if class_name and self._state.find(STORAGECLASSES, "", class_name) is None:
            told = f'storageclass.storage.k8s.io "{class_name}" not found'
            self._recorder.warning(claim, "ProvisioningFailed", told, COMPONENT)
        else:
            told = "no persistent volumes available for this claim and no storage class is set"
            self._recorder.normal(claim, "FailedBinding", told, COMPONENT)

    def _release(self, claim: Object) -> None:
        volume = self._state.find(PVS, "", claim["spec"].get("volumeName", ""))
        if volume is None:
            return
        if volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
            self._state.delete_quietly(PVS, volume)
        else:
            self._state.set_status(PVS, volume, {"phase": "Released"})


def _claims(volume: Object, claim: Object) -> bool:
    reference = volume["spec"].get("claimRef") or {}
    metadata = claim["metadata"]
    return (reference.get("namespace"), reference.get("name")) == (metadata["namespace"], metadata["name"])
